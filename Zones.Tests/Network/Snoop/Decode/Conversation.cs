using System.Buffers.Binary;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>One TCP connection of a test's making, of which every segment can be chosen.</summary>
internal sealed class Conversation(PacketDecoder decoder)
{
    public const ushort Client = 1023, Server = 2049;

    private long _time = 1_700_000_000_000_000_000;

    /// <summary>A segment of the client's.</summary>
    public DecodedPacket Call(uint sequence, byte[] data, byte flags = 0x18, int? kept = null) => Send(Client, Server, sequence, data, flags, kept, 1);

    /// <summary>A segment of the server's.</summary>
    public DecodedPacket Reply(uint sequence, byte[] data, byte flags = 0x18, int? kept = null, uint acknowledged = 1) => Send(Server, Client, sequence, data, flags, kept, acknowledged);

    /// <summary>Takes a frame, a millisecond after the one before.</summary>
    public DecodedPacket Send(byte[] frame, int? kept = null)
    {
        _time += 1_000_000;
        int length = Math.Min(frame.Length, kept ?? int.MaxValue);
        return decoder.Decode(new CapturedPacket(_time, frame.AsMemory(0, length), frame.Length, LinkType.Ethernet));
    }

    private DecodedPacket Send(ushort from, ushort to, uint sequence, byte[] data, byte flags, int? kept, uint acknowledged)
    {
        byte[] segment = Frames.Tcp(from, to, data);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledged);
        segment[13] = flags;
        bool isCall = from == Client;
        return Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4(isCall ? "10.7.0.2" : "10.7.0.3", isCall ? "10.7.0.3" : "10.7.0.2", 6, segment)), kept);
    }
}
