using Zones.Network.Netlink;

namespace Zones.Network.Links;

/// <summary>How a bridge behaves; null leaves a property as it is, and when the bridge is made, as the kernel has it.</summary>
internal sealed record BridgeOptions
{
    private const ushort IFLA_BR_FORWARD_DELAY = 1, IFLA_BR_STP_STATE = 5, IFLA_BR_MCAST_SNOOPING = 23, IFLA_BR_NF_CALL_IPTABLES = 36, IFLA_BR_NF_CALL_IP6TABLES = 37, IFLA_BR_MULTI_BOOLOPT = 46;
    private const uint NoReservedLearning = 1; // 1 << BR_BOOLOPT_NO_LL_LEARN

    /// <summary>As bridges of zones are. Nobody asks who listens to what (no querier), so multicast goes everywhere in any case, yet to keep
    /// book of it takes the kernel a while for each port whenever one comes up. And no rule of the bridge family sees a frame to a reserved
    /// address, so none may say where a MAC address is.</summary>
    public static readonly BridgeOptions OfZones = new() { MulticastSnooping = false, LearnFromReserved = false };

    /// <summary>Hundredths of a second until a new port forwards; the kernel's 1500 apply with STP only.</summary>
    public uint? ForwardDelay { get; init; }

    /// <summary>The spanning tree protocol; off by default.</summary>
    public bool? Stp { get; init; }

    /// <summary>Whether multicast goes only where somebody asked for it; on by default.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether a frame to an address that bridges keep to themselves (01:80:C2:00:00:00 to 0F; IEEE 802.1Q, 8.6.3) says where its
    /// sender is; on by default. Before Linux 5.0 it always does.</summary>
    public bool? LearnFromReserved { get; init; }

    /// <summary>Whether bridged packets pass the hooks of the ip and ip6 families too. Needs br_netfilter.</summary>
    public bool? FilterIp { get; init; }

    /// <summary>Reads <see cref="FilterIp"/> of a bridge; true when it is on for both families.</summary>
    internal static bool FiltersIp(NetlinkReader data)
    {
        int on = 0;
        while (data.Next())
        {
            on += data.Type is IFLA_BR_NF_CALL_IPTABLES or IFLA_BR_NF_CALL_IP6TABLES ? data.As<byte>() : 0;
        }

        return on == 2;
    }

    internal void Write(NetlinkBatch batch)
    {
        if (ForwardDelay is { } delay)
        {
            batch.Attribute(IFLA_BR_FORWARD_DELAY, delay);
        }

        if (Stp is { } stp)
        {
            batch.Attribute(IFLA_BR_STP_STATE, stp ? 1u : 0);
        }

        Byte(batch, IFLA_BR_MCAST_SNOOPING, MulticastSnooping);
        if (LearnFromReserved is { } learn)
        {
            batch.Attribute(IFLA_BR_MULTI_BOOLOPT, new BooleanOptions(learn ? 0 : NoReservedLearning, NoReservedLearning));
        }

        Byte(batch, IFLA_BR_NF_CALL_IPTABLES, FilterIp);
        Byte(batch, IFLA_BR_NF_CALL_IP6TABLES, FilterIp);
    }

    private static void Byte(NetlinkBatch batch, ushort type, bool? value)
    {
        if (value is { } on)
        {
            batch.Attribute(type, on ? (byte)1 : (byte)0);
        }
    }

    /// <summary>struct br_boolopt_multi.</summary>
    private readonly record struct BooleanOptions(uint Value, uint Mask);
}
