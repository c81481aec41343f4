using System.Runtime.InteropServices;

namespace Zones.Storage.Fuse;

/// <summary>struct fuse_attr: what stat(2) tells, 88 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseAttributes
{
    public ulong Inode;
    public ulong Size;

    /// <summary>Of 512 bytes.</summary>
    public ulong Blocks;

    /// <summary>Seconds since 1970.</summary>
    public ulong AccessTime;
    public ulong ModificationTime;
    public ulong ChangeTime;
    public uint AccessNanoseconds;
    public uint ModificationNanoseconds;
    public uint ChangeNanoseconds;

    /// <summary>With the file's type (inode(7)).</summary>
    public uint Mode;
    public uint Links;
    public uint User;
    public uint Group;
    public uint Device;
    public uint BlockSize;
    public uint Flags;

    /// <summary>DT_* of readdir(3).</summary>
    public readonly uint DirectoryType => Mode >> 12;
}

/// <summary>struct fuse_entry_out: an answer to LOOKUP, 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseEntry
{
    /// <summary>0: not there.</summary>
    public ulong Node;
    public ulong Generation;

    /// <summary>How long the name may be trusted, seconds.</summary>
    public ulong EntryValid;
    public ulong AttributesValid;
    public uint EntryValidNanoseconds;
    public uint AttributesValidNanoseconds;
    public FuseAttributes Attributes;
}

/// <summary>struct fuse_attr_out: an answer to GETATTR, 104 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseAttributesReply
{
    /// <summary>Seconds.</summary>
    public ulong Valid;
    public uint ValidNanoseconds;
    private readonly uint _reserved;
    public FuseAttributes Attributes;
}
