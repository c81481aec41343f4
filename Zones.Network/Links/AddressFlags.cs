namespace Zones.Network.Links;

/// <summary>IFA_F_* of linux/if_addr.h, those that matter here.</summary>
[Flags]
internal enum AddressFlags : uint
{
    None = 0,

    /// <summary>IFA_F_NODAD: usable at once, without asking the link whether another has it. For addresses that a ledger gives out.</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>IFA_F_DADFAILED: another has it.</summary>
    Duplicate = 0x08,

    /// <summary>IFA_F_TENTATIVE: not usable yet, as long as the link is asked whether another has it.</summary>
    Tentative = 0x40,

    /// <summary>IFA_F_PERMANENT: somebody configured it, and it does not expire.</summary>
    Permanent = 0x80,

    /// <summary>IFA_F_NOPREFIXROUTE: without a route to its prefix.</summary>
    NoPrefixRoute = 0x200,
}
