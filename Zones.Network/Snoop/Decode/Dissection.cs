using PacketDotNet.Utils;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>The walk through one packet, from its link layer up; a file for each storey.</summary>
/// <param name="decoder">What is kept between packets.</param>
/// <param name="result">Gets the layers.</param>
/// <param name="bytes">What was captured; layers keep parts of it.</param>
internal sealed partial class Dissection(PacketDecoder decoder, DecodedPacket result, byte[] bytes)
{
    /// <summary>VLAN tags and tunnels deeper than this are some attack.</summary>
    private const int MaxDepth = 8;

    private int _depth;

    private Naming Naming => decoder.Naming;

    private void Add(Layer layer) => result.Stack.Add(layer);

    private void AddCutShort(string protocol) => Add(new PlainLayer(protocol, $"{protocol} (cut short)"));

    /// <summary>The captured bytes from an offset on, as PacketDotNet wants them.</summary>
    private ByteArraySegment Segment(int offset, int end) => new(bytes, offset, end - offset, end);
}
