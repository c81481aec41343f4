using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Rpc;

namespace Zones.Network.Snoop.Decode;

/// <summary>Takes packets apart, one after the other: it keeps what is needed to put fragments, records and calls together again, in bounded memory. For one thread at a time.</summary>
/// <param name="names">Names of addresses; null leaves them all as numbers.</param>
public sealed class PacketDecoder(AddressNames? names = null)
{
    private long _count;

    /// <summary>The remote procedure calls so far.</summary>
    public RpcStatistics Statistics { get; } = new();

    internal Naming Naming { get; } = new(names);

    internal FragmentTable Fragments { get; } = new();

    internal TcpStreams Streams { get; } = new();

    internal RpcCalls Calls { get; } = new();

    /// <summary>Takes a packet apart. Never throws for what is in it.</summary>
    /// <param name="packet">The packet; its data is copied.</param>
    /// <param name="number">Its number, where not every packet is decoded; null counts on.</param>
    public DecodedPacket Decode(in CapturedPacket packet, long? number = null)
    {
        _count = number ?? _count + 1;
        DecodedPacket result = new()
        {
            Number = _count,
            Time = packet.Time,
            Length = packet.OriginalLength,
            Captured = packet.Data.Length,
        };
        Dissection dissection = new(this, result, packet.Data.ToArray());
        try
        {
            dissection.Link(packet.LinkType);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // PacketDotNet throws what it happens to meet on hostile packets; what was found up to there is shown.
            result.Stack.Add(new PlainLayer("?", "malformed packet"));
        }

        return result;
    }
}
