namespace Zones.Domains.Network;

/// <summary>QEMU's own network for a domain that has no link of its own: a small router inside QEMU, at which the host's loopback answers.</summary>
internal static class UserNetwork
{
    /// <summary>The router, which is the host's 127.0.0.1 too.</summary>
    public const string Gateway = "10.0.2.2";

    /// <summary>The link, as the domain's kernel is told of it.</summary>
    public static readonly GuestLink Link = new("eth0", "") { Addresses = ["10.0.2.15/24"], Routers = [Gateway] };

    /// <summary>For QEMU.</summary>
    public static readonly string[] Devices = ["-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net"];
}
