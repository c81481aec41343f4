using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>A packet taken apart. It does not need the source's memory any more.</summary>
public sealed class DecodedPacket
{
    /// <summary>Which packet of its decoder, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it was seen, in nanoseconds since 1970-01-01 UTC.</summary>
    public required long Time { get; init; }

    /// <summary>Its bytes on the wire.</summary>
    public required int Length { get; init; }

    /// <summary>Its bytes in the capture.</summary>
    public required int Captured { get; init; }

    /// <summary>Who sent it: a name, else an address.</summary>
    public string Source { get; internal set => field = SourceText = value; } = "?";

    /// <summary>To whom: a name, else an address.</summary>
    public string Destination { get; internal set => field = DestinationText = value; } = "?";

    /// <summary>The VLAN that it is tagged with, the innermost; null when it is not tagged.</summary>
    public int? Vlan { get; internal set; }

    /// <summary>The protocols, the lowest first. A packet that ends several records of remote procedure calls has a <c>RPC</c> layer for each.</summary>
    public IReadOnlyList<Layer> Layers => Stack;

    /// <summary>The remote procedure calls and replies that end in this packet.</summary>
    public IReadOnlyList<Rpc.RpcMessage> Messages => Calls;

    /// <summary>What a person wants to know of it: a line for each remote procedure call or reply in it, else one.</summary>
    public IEnumerable<string> Summaries => Calls.Count > 0 ? Calls.Select(message => message.Summary) : [Stack.Count > 0 ? Stack[^1].Summary : "empty packet"];

    /// <summary>The source as snoop(1M) writes it.</summary>
    internal string SourceText { get; set; } = "?";

    /// <summary>The destination as snoop(1M) writes it.</summary>
    internal string DestinationText { get; set; } = "?";

    internal List<Layer> Stack { get; } = [];

    internal List<Rpc.RpcMessage> Calls { get; } = [];
}
