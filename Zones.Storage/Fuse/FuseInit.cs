using System.Runtime.InteropServices;

namespace Zones.Storage.Fuse;

/// <summary>struct fuse_init_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInitRequest
{
    public uint Major;
    public uint Minor;

    /// <summary>The most that the kernel reads ahead, bytes.</summary>
    public uint MaxReadAhead;

    public uint Flags;

    /// <summary>Flags 32 to 63, when <see cref="FuseFeatures.MoreFlags"/> is set.</summary>
    public uint MoreFlags;

    public readonly FuseFeatures Features
    {
        get
        {
            FuseFeatures low = (FuseFeatures)Flags;
            return low.HasFlag(FuseFeatures.MoreFlags) ? low | (FuseFeatures)((ulong)MoreFlags << 32) : low;
        }
    }
}

/// <summary>struct fuse_init_out, 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInitReply
{
    public uint Major;
    public uint Minor;
    public uint MaxReadAhead;
    public uint Flags;

    /// <summary>The most readahead requests under way at once.</summary>
    public ushort MaxBackground;

    /// <summary>From how many of them on the kernel calls the device congested.</summary>
    public ushort CongestionThreshold;

    public uint MaxWrite;

    /// <summary>Granularity of times, nanoseconds.</summary>
    public uint TimeGranularity;

    /// <summary>The most pages of one request.</summary>
    public ushort MaxPages;

    public ushort MapAlignment;
    public uint MoreFlags;
    private unsafe fixed uint _unused[7];
}

/// <summary>What either side can do (FUSE_* flags of INIT).</summary>
[Flags]
internal enum FuseFeatures : ulong
{
    /// <summary>Reads of one file may overtake each other.</summary>
    AsyncRead = 1 << 0,

    /// <summary>Cached pages are dropped when size or modification time changed.</summary>
    AutoInvalidate = 1 << 12,

    /// <summary>Listings bring nodes and attributes along. With FUSE_READDIRPLUS_AUTO the kernel would often leave that out, and then
    /// look up each name by itself: find(1) over 160,000 files took 14 s that way and 9 s without.</summary>
    ReadDirectoryPlus = 1 << 13,

    /// <summary>ENOSYS to OPEN means "no open needed, ever", with pages kept.</summary>
    NoOpen = 1 << 17,

    /// <summary>Lookups and listings of one directory at the same time.</summary>
    ParallelDirectoryOperations = 1 << 18,

    MaxPages = 1 << 22,

    CacheSymbolicLinks = 1 << 23,

    /// <summary>ENOSYS to OPENDIR means "no open needed, ever", with listings cached.</summary>
    NoOpenDirectory = 1 << 24,

    /// <summary>FUSE_INIT_EXT: the flags go on in a second word.</summary>
    MoreFlags = 1 << 30,

    /// <summary>A server that took over may have all unanswered requests sent again (Linux 6.9).</summary>
    Resend = 1UL << 39,

    /// <summary>Mounts may be idmapped (Linux 6.12); needs default_permissions.</summary>
    AllowIdmap = 1UL << 40,
}
