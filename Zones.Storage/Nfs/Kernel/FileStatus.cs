using System.Runtime.InteropServices;

namespace Zones.Storage.Nfs;

/// <summary>struct statx.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct FileStatus
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint LinkCount;
    public uint Uid;
    public uint Gid;
    public ushort Mode;
    private readonly ushort _pad0;
    public ulong Inode;
    public ulong Size;

    /// <summary>In units of 512 bytes.</summary>
    public ulong Blocks;
    public ulong AttributesMask;
    public StatxTime Accessed;
    public StatxTime Born;
    public StatxTime Changed;
    public StatxTime Modified;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public uint OnMajor;
    public uint OnMinor;

    public readonly int Type => Mode & FileType.Mask;

    public readonly bool IsDirectory => Type == FileType.Directory;

    public readonly bool IsRegular => Type == FileType.Regular;

    public readonly ulong FileSystem => ((ulong)OnMajor << 32) | OnMinor;

    public readonly bool IsSameFileAs(in FileStatus other) => Inode == other.Inode && OnMajor == other.OnMajor && OnMinor == other.OnMinor;
}

/// <summary>struct statx_timestamp.</summary>
internal struct StatxTime : IEquatable<StatxTime>
{
    public long Seconds;
    public uint Nanoseconds;
    private readonly int _pad;

    public readonly bool Equals(StatxTime other) => Seconds == other.Seconds && Nanoseconds == other.Nanoseconds;

    public override readonly bool Equals(object? obj) => obj is StatxTime other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Seconds, Nanoseconds);
}

/// <summary>struct timespec, with the values by which utimensat(2) means "now" and "leave it".</summary>
internal struct Timespec(long seconds, long nanoseconds)
{
    public long Seconds = seconds;
    public long Nanoseconds = nanoseconds;

    public static Timespec Now => new(0, (1 << 30) - 1);

    public static Timespec Omit => new(0, (1 << 30) - 2);
}

/// <summary>The type in a mode (inode(7)).</summary>
internal static class FileType
{
    public const int Mask = 0xf000, Socket = 0xc000, SymbolicLink = 0xa000, Regular = 0x8000, Block = 0x6000, Directory = 0x4000, Character = 0x2000, Fifo = 0x1000;
}
