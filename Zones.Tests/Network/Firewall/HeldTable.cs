using Zones.Network.Firewall.Nftables;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>A table of nf_tables that a program has to itself (NFT_TABLE_F_OWNER).</summary>
internal static class HeldTable
{
    /// <summary>Makes one of the inet family.</summary>
    /// <returns>What holds it, until it is disposed of.</returns>
    public static NetlinkSocket Hold(NetworkNamespace place, string name)
    {
        const uint Owner = 2;
        NetlinkSocket other = place.Open(NetlinkProtocol.Netfilter);
        NetlinkBatch batch = new();
        batch.Begin(NftNumbers.NFNL_MSG_BATCH_BEGIN, NetlinkFlags.None, "begin", acknowledge: false);
        batch.Struct(new NftHeader(0, NftNumbers.NFNL_SUBSYS_NFTABLES));
        batch.Begin(NftNumbers.NEWTABLE, NetlinkFlags.Create, "hold the table", acknowledge: false);
        batch.Struct(new NftHeader(NftNumbers.NFPROTO_INET));
        batch.Attribute(NftNumbers.TABLE_NAME, name);
        batch.AttributeBigEndian(NftNumbers.TABLE_FLAGS, Owner);
        batch.Begin(NftNumbers.NFNL_MSG_BATCH_END, NetlinkFlags.None, "end", acknowledge: false);
        batch.Struct(new NftHeader(0, NftNumbers.NFNL_SUBSYS_NFTABLES));
        other.Execute(batch);
        return other;
    }
}
