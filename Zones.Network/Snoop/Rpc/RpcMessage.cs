using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>A remote procedure call or reply that ends in a packet.</summary>
public sealed class RpcMessage
{
    /// <summary>The transaction id, by which a reply belongs to a call.</summary>
    public required uint Xid { get; init; }

    /// <summary>Whether it is a reply.</summary>
    public required bool IsReply { get; init; }

    /// <summary>What is, or was, asked for; null for a reply whose call was not seen.</summary>
    public required RpcProcedure? Call { get; init; }

    /// <summary>Whether the same was sent before on this connection.</summary>
    public bool IsRetransmitted { get; init; }

    /// <summary>The number of the packet with the call that this answers, or that this repeats; null when there is none.</summary>
    public long? Earlier { get; init; }

    /// <summary>From the call, the first of them, to this reply, in nanoseconds; null for calls, and for replies whose call was not seen.</summary>
    public long? Latency { get; init; }

    /// <summary>The head of the message.</summary>
    public required Layer Head { get; init; }

    /// <summary>Its arguments or results; null where they are not taken apart.</summary>
    public required Layer? Body { get; init; }

    /// <summary>It in a line.</summary>
    public string Summary
    {
        get
        {
            string mark = IsRetransmitted ? " (retransmit)" : "";
            string latency = Latency is { } time && !IsRetransmitted ? $" ({Milliseconds(time)} ms)" : "";
            return (Body ?? Head).Summary + mark + latency;
        }
    }

    /// <summary>Nanoseconds as milliseconds, to the microsecond.</summary>
    /// <param name="nanoseconds">A time.</param>
    public static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
}
