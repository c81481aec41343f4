namespace Zones.Domains.Microvm;

/// <summary>QEMU's own network for a domain that has no link of its own: a small router inside QEMU, at which the host's loopback answers.</summary>
internal static class UserNetwork
{
    /// <summary>The domain's address.</summary>
    public const string Address = "10.0.2.15/24";

    /// <summary>The router, which is the host's 127.0.0.1 too.</summary>
    public const string Gateway = "10.0.2.2";
}
