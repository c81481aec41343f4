namespace Zones.Storage.Fuse;

/// <summary>What the kernel asks (enum fuse_opcode of linux/fuse.h); what is not here is answered with ENOSYS or EROFS.</summary>
internal enum FuseOpcode : uint
{
    /// <summary>A name in a directory; answered with <see cref="FuseEntry"/>. Node 0 means "not there", to be remembered.</summary>
    Lookup = 1,

    /// <summary>The kernel gives back references of one node; never answered.</summary>
    Forget = 2,

    GetAttributes = 3,

    SetAttributes = 4,

    ReadLink = 5,

    SymbolicLink = 6,

    MakeNode = 8,

    MakeDirectory = 9,

    Unlink = 10,

    RemoveDirectory = 11,

    Rename = 12,

    Link = 13,

    Open = 14,

    Read = 15,

    Write = 16,

    StatFileSystem = 17,

    Release = 18,

    SetExtendedAttribute = 21,

    RemoveExtendedAttribute = 24,

    Flush = 25,

    /// <summary>The first of all: versions and what either side can do.</summary>
    Init = 26,

    OpenDirectory = 27,

    ReadDirectory = 28,

    ReleaseDirectory = 29,

    Access = 34,

    Create = 35,

    /// <summary>A request that was read already is not wanted any more; never answered itself.</summary>
    Interrupt = 36,

    Destroy = 38,

    /// <summary><see cref="Forget"/> for many nodes at once; never answered.</summary>
    BatchForget = 42,

    FAllocate = 43,

    ReadDirectoryPlus = 44,

    Rename2 = 45,
}
