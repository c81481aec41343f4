using System.Buffers.Binary;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Rpc;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>Records out of segments, whatever happens to these on their way and in the capture.</summary>
public sealed class ReassemblyTests
{
    private readonly PacketDecoder _decoder = new();
    private readonly Conversation _connection;

    public ReassemblyTests() => _connection = new Conversation(_decoder);

    [Fact]
    public void A_record_may_come_byte_by_byte()
    {
        byte[] record = Frames.Record(Lookup(1, "bin"));
        _connection.Call(0, [], flags: 2);
        DecodedPacket[] packets = [.. record.Select((one, at) => _connection.Call((uint)at + 1, [one]))];
        Assert.All(packets[..^1], packet => Assert.Empty(packet.Messages));
        Assert.StartsWith("NFS C LOOKUP3 FH=", Assert.Single(packets[^1].Summaries));
        Assert.EndsWith(" bin", Assert.Single(packets[^1].Summaries));
    }

    [Fact]
    public void One_segment_may_end_several_records_and_begin_another()
    {
        byte[] stream = [.. Frames.Record(Lookup(1, "a")), .. Frames.Record(Lookup(2, "b")), .. Frames.Record(Lookup(3, "c"))];
        DecodedPacket first = _connection.Call(100, stream[..^10]);
        Assert.Equal(["a", "b"], first.Summaries.Select(Last));
        Assert.Equal(["c"], _connection.Call(100 + (uint)stream.Length - 10, stream[^10..]).Summaries.Select(Last));
    }

    [Fact]
    public void A_record_may_be_in_several_fragments()
    {
        byte[] message = Lookup(1, "bin");
        byte[] stream = [.. Mark(20), .. message[..20], .. Mark(0), .. Mark(12), .. message[20..32], .. Frames.Record(message[32..])];
        _connection.Call(0, [], flags: 2);
        Assert.Empty(_connection.Call(1, stream[..30]).Messages);
        Assert.Equal("bin", Last(_connection.Call(31, stream[30..]).Summaries.Single()));
    }

    [Fact]
    public void Segments_may_come_in_any_order_and_twice_and_overlap()
    {
        byte[] stream = [.. Frames.Record(Lookup(1, "one")), .. Frames.Record(Lookup(2, "two"))];
        _connection.Call(uint.MaxValue - 20, [], flags: 2); // the numbers pass zero on the way
        uint at = uint.MaxValue - 19;
        Assert.Empty(_connection.Call(unchecked(at + 60), stream[60..100]).Messages);
        Assert.Empty(_connection.Call(unchecked(at + 100), stream[100..]).Messages);
        Assert.Empty(_connection.Call(unchecked(at + 60), stream[60..100]).Messages);
        Assert.Empty(_connection.Call(at, stream[..40]).Messages);
        DecodedPacket repeated = _connection.Call(at, stream[..40]);
        Assert.Empty(repeated.Messages);
        Assert.EndsWith("(retransmit)", Assert.Single(repeated.Summaries));
        Assert.Equal(["one", "two"], _connection.Call(unchecked(at + 20), stream[20..70]).Summaries.Select(Last));
        Assert.All(_decoder.Statistics.Procedures, one => Assert.Equal((2, 0), (one.Calls, one.Retransmissions)));
    }

    [Fact]
    public void A_capture_may_begin_in_the_middle_of_a_record()
    {
        byte[] record = Frames.Record(Lookup(1, "lost"));
        Assert.Empty(_connection.Call(5000, record[50..]).Messages);
        uint at = 5000 + (uint)record.Length - 50;
        Assert.Equal("found", Last(_connection.Call(at, Frames.Record(Lookup(2, "found"))).Summaries.Single()));
    }

    [Fact]
    public void What_the_capture_lost_costs_the_records_it_was_in()
    {
        byte[] first = Frames.Record(Reply(1, new byte[3000]));
        byte[] second = Frames.Record(Reply(2, new byte[10]));
        _connection.Call(0, [], flags: 2);
        _connection.Call(1, [.. Frames.Record(Read(1)), .. Frames.Record(Read(2))]);
        _connection.Reply(0, [], flags: 0x12);
        _connection.Reply(1, first[..1000]);
        Assert.Empty(_connection.Reply(2001, first[2000..]).Messages);

        // The client has it all: what is missing will not come any more.
        byte[] acknowledgement = Frames.Tcp(Conversation.Client, Conversation.Server);
        BinaryPrimitives.WriteUInt32BigEndian(acknowledgement.AsSpan(8), (uint)first.Length + 1);
        _connection.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 6, acknowledgement)));
        string[] lines = [.. _connection.Reply((uint)first.Length + 1, second).Summaries];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("NFS R READ3 OK (3000 bytes)", lines[0]);
        Assert.StartsWith("NFS R READ3 OK (10 bytes)", lines[1]);
    }

    [Fact]
    public void Packets_cut_by_the_capture_show_what_is_there()
    {
        _connection.Call(0, [], flags: 2);
        _connection.Reply(0, [], flags: 0x12);
        _connection.Call(1, Frames.Record(Read(1)));
        byte[] reply = Frames.Record(Reply(1, new byte[5000]));
        Assert.StartsWith("NFS R READ3 OK (5000 bytes)", Assert.Single(_connection.Reply(1, reply, kept: 160).Summaries));
        byte[] call = Frames.Record(Lookup(2, "a-long-name-of-a-file"));
        DecodedPacket cut = _connection.Call(1 + (uint)Frames.Record(Read(1)).Length, call, kept: 54 + call.Length - 12);
        Assert.EndsWith("(cut short)", Assert.Single(cut.Summaries));
        Assert.Equal("next", Last(_connection.Call(1 + (uint)(Frames.Record(Read(1)).Length + call.Length), Frames.Record(Lookup(3, "next"))).Summaries.Single()));
    }

    [Fact]
    public void Calls_that_are_sent_again_are_marked_and_counted_once()
    {
        byte[] call = Lookup(7, "bin");
        Assert.Equal("bin", Last(Udp(call, true).Summaries.Single()));
        DecodedPacket again = Udp(call, true);
        Assert.EndsWith("bin (retransmit)", Assert.Single(again.Summaries));
        Assert.Equal(1, again.Messages[0].Earlier);
        DecodedPacket reply = Udp(Failure(7, Nfsstat3.NFS3ERR_NOENT), false);
        Assert.Equal("NFS R LOOKUP3 NFS3ERR_NOENT (2.000 ms)", Assert.Single(reply.Summaries));
        Assert.EndsWith("(retransmit)", Assert.Single(Udp(Failure(7, Nfsstat3.NFS3ERR_NOENT), false).Summaries));
        Udp(Lookup(8, "unanswered"), true);
        RpcProcedureStatistics lookup = Assert.Single(_decoder.Statistics.Procedures);
        Assert.Equal((2, 1, 1, 1), (lookup.Calls, lookup.Answered, lookup.Unanswered, lookup.Retransmissions));
        Assert.Equal((2_000_000, 2_000_000, 2_000_000), (lookup.Minimum, lookup.Maximum, lookup.Total));
    }

    [Fact]
    public void Refusals_say_why()
    {
        Udp(Lookup(1, "a"), true);
        Assert.StartsWith("RPC R (#1) XID=1 Program unavailable", Assert.Single(Udp([.. Frames.RpcReply(1)[..20], 0, 0, 0, 1], false).Summaries));
        Udp(Lookup(2, "a"), true);
        Assert.StartsWith("RPC R (#3) XID=2 Denied: AUTH_TOOWEAK", Assert.Single(Udp([0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5], false).Summaries));
        Assert.Equal("RPC C XID=3 PROG=100021 (NLM) VERS=4 PROC=2", Assert.Single(Udp(Frames.RpcCall(3, 100021, 4, 2), true).Summaries));
    }

    [Fact]
    public void NFS_over_UDP_in_fragments_is_put_together_in_any_order()
    {
        Udp(Read(1), true);
        byte[] datagram = Frames.Udp(2049, 1023, Reply(1, new byte[4000]));
        byte[][] parts = [datagram[..1480], datagram[1480..2960], datagram[2960..]];
        DecodedPacket[] packets = [.. new[] { 2, 0, 1 }.Select(part => _connection.Send(Frames.Ethernet(Frames.IPv4,
            Frames.Ip4("10.7.0.3", "10.7.0.2", 17, parts[part], fragment: (ushort)((part * 185) | (part < 2 ? 0x2000 : 0))))))];
        Assert.StartsWith("UDP IP fragment ID=1 Offset=2960 MF=0", Assert.Single(packets[0].Summaries));
        Assert.StartsWith("UDP IP fragment ID=1 Offset=0 MF=1", Assert.Single(packets[1].Summaries));
        Assert.StartsWith("NFS R READ3 OK (4000 bytes)", Assert.Single(packets[2].Summaries));
    }

    [Fact]
    public void Memory_is_bounded_whatever_records_and_connections_claim()
    {
        byte[] huge = [.. Mark(15 << 20), .. Frames.RpcCall(1, 100003, 3, 7)];
        byte[] more = new byte[60_000];
        for (int connection = 0; connection < 12_000; connection++)
        {
            string client = $"10.8.{connection / 250}.{connection % 250}";
            for (int segment = 0; segment < (connection < 40 ? 60 : 2); segment++)
            {
                byte[] data = segment == 0 ? huge : more;
                byte[] tcp = Frames.Tcp(1000, 2049, data);
                BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), segment == 0 ? 1 : (uint)(1 + huge.Length + ((segment - 1) * more.Length)));
                _connection.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4(client, "10.7.0.3", 6, tcp)));
            }
        }

        Assert.InRange(_decoder.Streams.Known, 1, 8192);
        Assert.InRange(_decoder.Streams.Held, 1, 68 << 20);
    }

    [Fact]
    public void Segments_of_one_byte_count_for_what_they_cost()
    {
        byte[] syn = Frames.Tcp(1000, 2049);
        syn[13] = 2;
        _connection.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 6, syn)));
        for (uint sequence = 10; sequence < 410; sequence += 2)
        {
            byte[] segment = Frames.Tcp(1000, 2049, 0);
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
            _connection.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 6, segment)));
        }

        Assert.True(_decoder.Streams.Held >= 200 * 64, $"{_decoder.Streams.Held} bytes");
    }

    [Fact]
    public void Connections_that_only_begin_are_forgotten_too()
    {
        byte[] syn = Frames.Tcp(1000, 2049);
        syn[13] = 2;
        for (int connection = 0; connection < 10_000; connection++)
        {
            _connection.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4($"10.8.{connection / 250}.{connection % 250}", "10.7.0.3", 6, syn)));
        }

        Assert.InRange(_decoder.Streams.Known, 1, 8192);
    }

    private DecodedPacket Udp(byte[] message, bool isCall) => _connection.Send(Frames.Ethernet(Frames.IPv4, isCall
        ? Frames.Ip4("10.7.0.2", "10.7.0.3", 17, Frames.Udp(1023, 2049, message))
        : Frames.Ip4("10.7.0.3", "10.7.0.2", 17, Frames.Udp(2049, 1023, message))));

    private static string Last(string line) => line.Split(' ')[^1];

    private static byte[] Mark(int length) => [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];

    private static byte[] Lookup(uint xid, string name) => [.. Frames.RpcCall(xid, 100003, 3, 3), .. Xdr(new Lookup3Args(new Diropargs3(new NfsFh3(new byte[] { 1, 2, 3, 4 }), name)))];

    private static byte[] Read(uint xid) => [.. Frames.RpcCall(xid, 100003, 3, 6), .. Xdr(new Read3Args(new NfsFh3(new byte[] { 1, 2, 3, 4 }), 0, 8192))];

    private static byte[] Reply(uint xid, byte[] data) => [.. Frames.RpcReply(xid), .. Xdr(Read3Res.WithResok(new Read3Resok(default, (uint)data.Length, false, data)))];

    private static byte[] Failure(uint xid, Nfsstat3 status) => [.. Frames.RpcReply(xid), .. Xdr(Lookup3Res.WithResfail(status, default))];

    private static byte[] Xdr<T>(T value)
        where T : IXdr<T>
    {
        System.Buffers.ArrayBufferWriter<byte> buffer = new();
        XdrWriter writer = new(buffer);
        value.Encode(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
