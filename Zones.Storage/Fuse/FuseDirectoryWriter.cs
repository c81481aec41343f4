using System.Runtime.InteropServices;

namespace Zones.Storage.Fuse;

/// <summary>Writes directory entries as the kernel reads them: struct fuse_dirent, or struct fuse_direntplus with attributes before
/// it; each is padded to 8 bytes.</summary>
/// <param name="buffer">Where they go; never more than the kernel asked for.</param>
internal ref struct FuseDirectoryWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What an entry takes.</summary>
    public static unsafe int SizeOf(int nameLength, bool plus) =>
        (plus ? sizeof(FuseEntry) : 0) + ((sizeof(Head) + nameLength + 7) & ~7);

    /// <summary>Whether another entry fits.</summary>
    public readonly bool Fits(int nameLength, bool plus) => Length + SizeOf(nameLength, plus) <= _buffer.Length;

    /// <summary>Writes an entry that fits.</summary>
    /// <param name="inode">Its inode number.</param>
    /// <param name="cookie">Where the listing goes on after it.</param>
    /// <param name="type">DT_* of readdir(3), 0 when it is not known.</param>
    /// <param name="name">Its name, without NUL.</param>
    public void Add(ulong inode, ulong cookie, uint type, ReadOnlySpan<byte> name)
    {
        Head head = new() { Inode = inode, Cookie = cookie, NameLength = (uint)name.Length, Type = type };
        int padded = SizeOf(name.Length, plus: false);
        Span<byte> place = _buffer.Slice(Length, padded);
        place[^8..].Clear();
        MemoryMarshal.Write(place, in head);
        name.CopyTo(place[Marshal.SizeOf<Head>()..]);
        Length += padded;
    }

    /// <summary>Writes an entry with its attributes; a node of 0 leaves them out.</summary>
    public unsafe void Add(in FuseEntry entry, ulong inode, ulong cookie, uint type, ReadOnlySpan<byte> name)
    {
        MemoryMarshal.Write(_buffer[Length..], in entry);
        Length += sizeof(FuseEntry);
        Add(inode, cookie, type, name);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public ulong Inode;
        public ulong Cookie;
        public uint NameLength;
        public uint Type;
    }
}
