using System.Buffers.Binary;

namespace Zones.Interop;

/// <summary>Reads the records that getdents64(2) wrote (struct linux_dirent64).</summary>
/// <param name="records">As many bytes as the call returned.</param>
internal ref struct DirectoryEntries(ReadOnlySpan<byte> records)
{
    private const int Header = 19;

    private ReadOnlySpan<byte> _rest = records;
    private ReadOnlySpan<byte> _current;

    public readonly ulong Inode => BinaryPrimitives.ReadUInt64LittleEndian(_current);

    /// <summary>Where lseek(2) goes on after this entry.</summary>
    public readonly ulong Next => BinaryPrimitives.ReadUInt64LittleEndian(_current[8..]);

    /// <summary>DT_ of readdir(3): 0 unknown, 4 directory.</summary>
    public readonly byte Type => _current[18];

    public readonly ReadOnlySpan<byte> Name => _current[Header..(Header + _current[Header..].IndexOf((byte)0))];

    /// <summary>The name with its NUL.</summary>
    public readonly ReadOnlySpan<byte> TerminatedName => _current[Header..(Header + _current[Header..].IndexOf((byte)0) + 1)];

    public readonly bool IsDotOrDotDot => _current[Header] == '.' && (_current[Header + 1] == 0 || (_current[Header + 1] == '.' && _current[Header + 2] == 0));

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[16..]);
        _current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
