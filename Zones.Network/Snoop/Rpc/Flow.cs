using System.Net;

namespace Zones.Network.Snoop.Rpc;

/// <summary>What carries a flow.</summary>
internal enum Transports : byte
{
    Tcp = 6,
    Udp = 17,
}

/// <summary>One direction between two ports.</summary>
internal readonly record struct Flow(IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort, Transports Transport)
{
    /// <summary>The other direction.</summary>
    public Flow Reverse => new(Destination, DestinationPort, Source, SourcePort, Transport);
}
