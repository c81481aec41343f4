namespace Zones.Network.Netlink;

/// <summary>nlmsg_flags of a request (netlink(7)). NLM_F_REQUEST and NLM_F_ACK are set by <see cref="NetlinkBatch.Begin"/>.</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,

    /// <summary>NLM_F_ECHO: what was made comes back, with the numbers that the kernel chose.</summary>
    Echo = 8,

    /// <summary>NLM_F_REPLACE: change what is there already.</summary>
    Replace = 0x100,

    /// <summary>NLM_F_EXCL: fail when it is there already.</summary>
    Exclusive = 0x200,

    /// <summary>NLM_F_CREATE.</summary>
    Create = 0x400,

    /// <summary>NLM_F_APPEND.</summary>
    Append = 0x800,

    /// <summary>NLM_F_ROOT | NLM_F_MATCH: all there are; for requests that only read.</summary>
    Dump = 0x300,

    /// <summary>Make it, and fail when it is there already.</summary>
    CreateNew = Create | Exclusive,
}
