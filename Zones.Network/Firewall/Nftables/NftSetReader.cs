using Zones.Network.Netlink;
using static Zones.Network.Firewall.Nftables.NftNumbers;

namespace Zones.Network.Firewall.Nftables;

/// <summary>A set's declaration as the kernel gives it.</summary>
internal static class NftSetReader
{
    private const int PartBits = 6;

    private static readonly NftType[] Known =
        [NftType.Ip4, NftType.Ip6, NftType.Ether, NftType.EtherType, NftType.Protocol, NftType.Port, NftType.IcmpType, NftType.InterfaceName];

    public static NftSet Read(NetlinkReader reader)
    {
        string name = "";
        uint flags = 0, key = 0, data = 0;
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case SET_NAME:
                    name = reader.Text();
                    break;
                case SET_FLAGS:
                    flags = reader.AsBigEndian<uint>();
                    break;
                case SET_KEY_TYPE:
                    key = reader.AsBigEndian<uint>();
                    break;
                case SET_DATA_TYPE:
                    data = reader.AsBigEndian<uint>();
                    break;
            }
        }

        NftSetKind kind = (flags & SET_MAP) == 0 ? NftSetKind.Set : data == TYPE_VERDICT ? NftSetKind.VerdictMap : NftSetKind.Map;
        return new(name, Parts(key), kind, kind == NftSetKind.Map ? Parts(data) : null);
    }

    /// <summary>A type of somebody else's is kept by its number, with no length to print it by.</summary>
    private static NftType[] Parts(uint number)
    {
        List<NftType> parts = [];
        for (; number != 0; number >>= PartBits)
        {
            uint part = number & ((1 << PartBits) - 1);
            parts.Insert(0, Array.Find(Known, type => type.Number == part) ?? new(part, 0, Convert.ToHexString));
        }

        return [.. parts];
    }
}
