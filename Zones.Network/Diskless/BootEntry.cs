using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Zones.Resources;

namespace Zones.Network.Diskless;

/// <summary>What a link is told that asks who it is: in the words of others, what bootparams(4) or dhcpd.conf(5) says of one host.</summary>
internal sealed record BootEntry
{
    /// <summary>The link's hardware address.</summary>
    public required string Mac { get; init; }

    /// <summary>Its address with the length of the prefix.</summary>
    public required string Address { get; init; }

    /// <summary>The host's address on the link: who answers, and serves the root.</summary>
    public required string Server { get; init; }

    public required string Hostname { get; init; }

    /// <summary>The default router of IPv4; null for none.</summary>
    public string? Router { get; init; }

    /// <summary>Those of IPv4.</summary>
    public string[] Resolvers { get; init; } = [];

    /// <summary>Bytes; 0 for the kernel's own.</summary>
    public int Mtu { get; init; }

    /// <summary>Where the root is, as the kernel's nfsroot= has it (Documentation/admin-guide/nfs/nfsroot.rst): SERVER:PATH,OPTIONS. Null for none.</summary>
    public string? Root { get; init; }

    /// <summary><see cref="Root"/> of an export; the server has no portmapper, so its port is told.</summary>
    public static string RootPath(NetworkRoot root) =>
        string.Create(CultureInfo.InvariantCulture, $"{root.Server.Address}:{root.Path},vers=3,proto=tcp,port={root.Server.Port},mountport={root.Server.Port},mountproto=tcp,nolock");

    /// <summary><see cref="Address"/> without the length.</summary>
    [JsonIgnore]
    public IPAddress Ip => IPAddress.Parse(Address.Split('/')[0]);

    /// <summary>The length as a mask.</summary>
    [JsonIgnore]
    public byte[] Mask
    {
        get
        {
            uint bits = uint.MaxValue << (32 - int.Parse(Address.Split('/')[1], CultureInfo.InvariantCulture));
            return [(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits];
        }
    }
}
