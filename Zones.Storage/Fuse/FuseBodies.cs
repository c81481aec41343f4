using System.Runtime.InteropServices;

namespace Zones.Storage.Fuse;

/// <summary>struct fuse_read_in, for READ, READDIR and READDIRPLUS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseReadRequest
{
    public ulong Handle;

    /// <summary>In a directory: the cookie of the last entry that was taken, 0 for the start.</summary>
    public ulong Offset;

    /// <summary>The most bytes of the answer.</summary>
    public uint Size;
}

/// <summary>struct fuse_forget_one, also what follows the header of a single FORGET behind the node.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseForget
{
    public ulong Node;

    /// <summary>How many answers that named the node are given back.</summary>
    public ulong References;
}

/// <summary>struct fuse_kstatfs, an answer to STATFS, 80 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseFileSystem
{
    /// <summary>Blocks of <see cref="BlockSize"/> bytes.</summary>
    public ulong Blocks;
    public ulong FreeBlocks;
    public ulong AvailableBlocks;
    public ulong Files;
    public ulong FreeFiles;
    public uint BlockSize;
    public uint NameLength;
    public uint FragmentSize;
    private unsafe fixed uint _reserved[7];
}

/// <summary>struct fuse_open_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseOpenReply
{
    /// <summary>Comes back with each read.</summary>
    public ulong Handle;

    /// <summary>FOPEN_*.</summary>
    public uint Flags;
    private readonly uint _padding;
}
