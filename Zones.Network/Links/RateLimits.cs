using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using static Zones.Network.Links.RouteNumbers;

namespace Zones.Network.Links;

/// <summary>Messages that limit how much goes over a zone's link a second, both ways, outside of the zone (tc(8)). What goes to the zone
/// leaves the host's end, where a token bucket holds it back. What the zone sends arrives there, where nothing can be queued; so all of it
/// is sent on over an ifb link, which has a token bucket too, and from which it goes on as if it had just arrived.</summary>
internal static class RateLimits
{
    private const ushort TCA_KIND = 1, TCA_OPTIONS = 2;
    private const uint TC_H_ROOT = 0xFFFFFFFF, TC_H_INGRESS = 0xFFFFFFF1, IngressHandle = 0xFFFF0000, RootHandle = 0x10000;

    private const ushort TCA_TBF_PARMS = 1, TCA_TBF_RATE64 = 4, TCA_TBF_BURST = 6;
    private const byte TC_LINKLAYER_ETHERNET = 1;
    private const uint LargestFrame = 65_535 + 64; // the largest MTU, and headers

    private const ushort TCA_U32_SEL = 5, TCA_U32_ACT = 7, TCA_ACT_KIND = 1, TCA_ACT_OPTIONS = 2, TCA_MIRRED_PARMS = 2;
    private const byte TC_U32_TERMINAL = 1;
    private const int TC_ACT_STOLEN = 4, TCA_EGRESS_REDIR = 1;
    private const uint FirstPriority = 1 << 16, EveryFrame = 0x0300; // htons(ETH_P_ALL)

    /// <summary>Limits what leaves a link, or changes the limit: to <paramref name="bits"/> a second.</summary>
    /// <param name="batch">What to append to.</param>
    /// <param name="link">The link's index.</param>
    /// <param name="bits">Bits a second, with Ethernet's headers; at least 8.</param>
    /// <param name="label">For errors.</param>
    public static void LimitRate(this NetlinkBatch batch, int link, long bits, string label)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 8);
        ulong rate = (ulong)bits / 8;
        uint burst = Burst(rate);
        batch.Queue(link, TC_H_ROOT, RootHandle, "tbf", NetlinkFlags.Create | NetlinkFlags.Replace, label);
        using (batch.Nest(TCA_OPTIONS))
        {
            batch.Attribute(TCA_TBF_PARMS, new TokenBucket
            {
                Rate = new() { LinkLayer = TC_LINKLAYER_ETHERNET, BytesPerSecond = (uint)Math.Min(rate, uint.MaxValue) },
                Limit = Limit(rate, burst),
            });
            batch.Attribute(TCA_TBF_BURST, burst);
            if (rate >= uint.MaxValue)
            {
                batch.Attribute(TCA_TBF_RATE64, rate);
            }
        }
    }

    /// <summary>Sends all that arrives on a link over an ifb link, from which it goes on as if it had arrived. For a link where that is not so yet.</summary>
    /// <param name="batch">What to append to.</param>
    /// <param name="link">The link's index.</param>
    /// <param name="ifb">The index of an ifb link that is up and serves no other.</param>
    /// <param name="label">For errors.</param>
    public static void RedirectArrivals(this NetlinkBatch batch, int link, int ifb, string label)
    {
        batch.Queue(link, TC_H_INGRESS, IngressHandle, "ingress", NetlinkFlags.CreateNew, label);
        batch.Begin(RTM_NEWTFILTER, NetlinkFlags.CreateNew, label);
        batch.Struct(new QueueHeader { Link = link, Parent = IngressHandle, Info = FirstPriority | EveryFrame });
        batch.Attribute(TCA_KIND, "u32");
        using (batch.Nest(TCA_OPTIONS))
        {
            // One key that compares no bit, and so matches every frame.
            batch.Attribute(TCA_U32_SEL, new Selector { Flags = TC_U32_TERMINAL, Keys = 1 });
            using (batch.Nest(TCA_U32_ACT))
            using (batch.Nest(1 /* the first action */))
            {
                batch.Attribute(TCA_ACT_KIND, "mirred");
                using (batch.Nest(TCA_ACT_OPTIONS))
                {
                    batch.Attribute(TCA_MIRRED_PARMS, new Redirect { Action = TC_ACT_STOLEN, Direction = TCA_EGRESS_REDIR, Link = ifb });
                }
            }
        }
    }

    private static void Queue(this NetlinkBatch batch, int link, uint parent, uint handle, string kind, NetlinkFlags flags, string label)
    {
        batch.Begin(RTM_NEWQDISC, flags, label);
        batch.Struct(new QueueHeader { Link = link, Handle = handle, Parent = parent });
        batch.Attribute(TCA_KIND, kind);
    }

    /// <summary>Bytes that may go at once: 10 ms worth, so that the kernel's timer is no limit of its own, and at least one packet of the
    /// largest MTU (the kernel cuts up what its own segmentation joined, and drops any other that is longer).</summary>
    private static uint Burst(ulong rate) => (uint)Math.Clamp(rate / 100, LargestFrame, 64 << 20);

    /// <summary>Bytes that may wait, beyond a burst: 50 ms worth, before senders are to notice that they are too quick.</summary>
    private static uint Limit(ulong rate, uint burst) => burst + (uint)Math.Clamp(rate / 20, LargestFrame, 1 << 30);

    /// <summary>struct tc_ratespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RateSpec
    {
        public byte CellLog, LinkLayer;
        public ushort Overhead;
        public short CellAlign;
        public ushort SmallestPacket;
        public uint BytesPerSecond;
    }

    /// <summary>struct tc_tbf_qopt.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TokenBucket
    {
        public RateSpec Rate, Peak;
        public uint Limit, Buffer, Mtu;
    }

    /// <summary>struct tc_u32_sel with one struct tc_u32_key.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Selector
    {
        public byte Flags, OffsetShift, Keys;
    }

    /// <summary>struct tc_mirred.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Redirect
    {
        public uint Index, Capabilities;
        public int Action, References, Bindings, Direction;
        public int Link;
    }
}
