using System.Runtime.InteropServices;
using Zones.Network.Netlink;

namespace Zones.Network.Links;

/// <summary>A queue of a link (qdisc), and what became of the packets in it.</summary>
/// <param name="Link">The link's index.</param>
/// <param name="Kind"><c>tbf</c>, <c>ingress</c>, <c>noqueue</c>, …</param>
internal sealed record LinkQueue(int Link, string Kind)
{
    private const ushort TCA_KIND = 1, TCA_STATS2 = 7, TCA_STATS_BASIC = 1, TCA_STATS_QUEUE = 3;

    /// <summary>Bytes that went through.</summary>
    public ulong Bytes { get; init; }

    /// <summary>Packets that went through.</summary>
    public uint Packets { get; init; }

    /// <summary>Packets for which there was no room.</summary>
    public uint Dropped { get; init; }

    /// <summary>How often a packet had to wait for the rate's sake.</summary>
    public uint Overlimits { get; init; }

    internal static void Read(NetlinkMessage message, List<LinkQueue> rows)
    {
        LinkQueue queue = new(message.Header<QueueHeader>().Link, "");
        NetlinkReader reader = message.Attributes<QueueHeader>();
        while (reader.Next())
        {
            queue = reader.Type switch
            {
                TCA_KIND => queue with { Kind = reader.Text() },
                TCA_STATS2 => queue.With(reader.Nested()),
                _ => queue,
            };
        }

        rows.Add(queue);
    }

    private LinkQueue With(NetlinkReader statistics)
    {
        LinkQueue queue = this;
        while (statistics.Next())
        {
            switch (statistics.Type)
            {
                case TCA_STATS_BASIC:
                    Basic basic = statistics.As<Basic>();
                    queue = queue with { Bytes = basic.Bytes, Packets = basic.Packets };
                    break;
                case TCA_STATS_QUEUE:
                    Waiting waiting = statistics.As<Waiting>();
                    queue = queue with { Dropped = waiting.Drops, Overlimits = waiting.Overlimits };
                    break;
            }
        }

        return queue;
    }

    /// <summary>struct gnet_stats_basic.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Basic
    {
        public ulong Bytes;
        public uint Packets;
    }

    /// <summary>struct gnet_stats_queue.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Waiting
    {
        public uint Length, Backlog, Drops, Requeues, Overlimits;
    }
}
