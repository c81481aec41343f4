using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Zones.Network.Firewall.Nftables;

/// <summary>struct nfgenmsg: what follows the netlink header in every message of netfilter.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NftHeader(byte family, ushort resource = 0)
{
    public readonly byte Family = family;
    private readonly byte _version;
    private readonly ushort _resource = BinaryPrimitives.ReverseEndianness(resource);
}
