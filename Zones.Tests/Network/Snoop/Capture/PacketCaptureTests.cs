using System.Diagnostics;
using Zones.Interop;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Files;
using Zones.Network.Snoop.Filters;
using Zones.Tests.Network.Snoop.Files;
using Zones.Tests.Network.Support;
using static Zones.Tests.Network.Snoop.Frames;

namespace Zones.Tests.Network.Snoop.Capture;

/// <summary>Captures on links of namespaces that the tests made. Frames are sent on <c>west</c> and captured where they arrive, on <c>east</c>.</summary>
public sealed partial class PacketCaptureTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly PacketSender _sender;

    public PacketCaptureTests()
    {
        // Else the kernel says something of its own as soon as a link is up.
        _network.Run("bash", "-c", "echo 1 | tee /proc/sys/net/ipv6/conf/{all,default}/disable_ipv6");
        _network.Run("ip", "link", "add", "name", "west", "type", "veth", "peer", "name", "east");

        // The one that is opened second has its carrier at once; the other hears of it by and by, and drops what it is to send until then.
        _network.Run("ip", "link", "set", "east", "up");
        _network.Run("ip", "link", "set", "west", "up");
        _sender = PacketSender.Open(_network, "west");
    }

    [Fact]
    public void Frames_arrive_as_they_were_sent_with_times_in_nanoseconds()
    {
        using PacketCapture capture = Open("east");
        long before = Now();
        byte[][] frames = [Probe(1), Probe(2), Ethernet(Arp, ArpBody("10.7.0.1", "10.7.0.2"))];
        _sender.Send(frames);
        List<CapturedPacket> packets = Take(capture, frames.Length);
        Assert.Equal(frames.Select(Convert.ToHexString), packets.Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.All(packets, packet => Assert.InRange(packet.Time, before, Now()));
        Assert.Equal(packets.Select(packet => packet.Time).Order(), packets.Select(packet => packet.Time));
        Assert.All(packets, packet => Assert.Equal((LinkType.Ethernet, packet.Data.Length), (packet.LinkType, packet.OriginalLength)));
        Assert.Equal(new CaptureStatistics(3, 0, 0), capture.Statistics);
    }

    [Fact]
    public void The_kernel_takes_only_what_the_filter_wants_from_the_first_packet_on()
    {
        using PacketCapture capture = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("udp port 53") });
        _sender.Send([Probe(1), Query(), Probe(2), Query()]);
        Assert.Equal(Repeat(Query(), 2), Take(capture, 2).Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal(2, capture.Statistics.Received);
    }

    [Fact]
    public void A_vlan_tag_is_put_back_whether_the_kernel_took_it_out_or_not()
    {
        byte[][] frames = [Tag(Query(), 7), Tag(Query(), 0x6008), Query(), Tag(Tag(Query(), 9), 7, 0x88A8)];
        using PacketCapture capture = Open("east");
        using PacketCapture seven = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("vlan 7 and udp port 53") });
        using PacketCapture none = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("udp and not vlan") });
        using PacketCapture sent = Open("west");
        _sender.Send(frames);
        Assert.Equal(frames.Select(Convert.ToHexString), Take(capture, 4).Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal(frames.Select(Convert.ToHexString), Take(sent, 4).Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal([Convert.ToHexString(frames[0]), Convert.ToHexString(frames[3])], Take(seven, 2).Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal([Convert.ToHexString(frames[2])], Take(none, 1).Select(packet => Convert.ToHexString(packet.Data.Span)));
    }

    [Fact]
    public void No_more_is_kept_of_a_packet_than_asked_for()
    {
        using PacketCapture capture = Open("east", new CaptureOptions { SnapLength = 40 });
        byte[] tagged = Tag(Probe(2), 5);
        _sender.Send([Probe(1), tagged]);
        List<CapturedPacket> packets = Take(capture, 2);
        Assert.Equal([Convert.ToHexString(Probe(1).AsSpan(0, 40)), Convert.ToHexString(tagged.AsSpan(0, 40))], packets.Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal([Probe(1).Length, tagged.Length], packets.Select(packet => packet.OriginalLength));
    }

    [Fact]
    public void Under_load_what_was_received_and_what_was_dropped_is_what_was_sent()
    {
        const int sent = 60_000;
        using PacketCapture capture = Open("east", new CaptureOptions { Ring = DataSize.MiB(1), Filter = PacketFilter.Parse("udp port 53") });
        byte[] frame = Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", 17, Udp(53, 53, new byte[900])));
        for (int i = 0; i < sent; i += 100)
        {
            _sender.Send([.. Enumerable.Repeat(frame, 100)]);
        }

        // Nobody has read yet, so the ring of 1 MiB is full.
        CaptureStatistics statistics = capture.Statistics;
        Assert.Equal(sent, statistics.Received + statistics.Dropped);
        Assert.InRange(statistics.Received, 500, 1200);
        Assert.InRange(statistics.RingFull, 1, sent);
        Assert.Equal(statistics.Dropped, capture.Drops);
        Assert.Equal(statistics.Received, Take(capture, (int)statistics.Received).Count);

        // It goes on when there is room again.
        _sender.Send([Query()]);
        Assert.Equal(Convert.ToHexString(Query()), Convert.ToHexString(Take(capture, 1)[0].Data.Span));
    }

    [Fact]
    public void While_it_is_read_the_ring_goes_round_without_loss()
    {
        const int rounds = 300, batch = 100;
        using PacketCapture capture = Open("east", new CaptureOptions { Ring = DataSize.MiB(1), Filter = PacketFilter.Parse("udp") });
        int next = 0;
        for (int i = 0; i < rounds; i++)
        {
            _sender.Send([.. Enumerable.Range(i * batch, batch).Select(number => Numbered(number, 40 + (number % 1200)))]);
            while (i % 4 == 3 && next < (i + 1) * batch)
            {
                Assert.True(capture.TryRead(out CapturedPacket packet));
                Assert.Equal(Numbered(next, 40 + (next % 1200)), packet.Data.ToArray());
                next++;
            }
        }

        Assert.Equal((rounds * batch, new CaptureStatistics(rounds * batch, 0, 0)), (next, capture.Statistics));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_taken_up_again()
    {
        using PacketCapture capture = Open("east");
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(50));
        Assert.False(await Task.Run(() => capture.TryRead(out _, cancel.Token)));
        _sender.Send([Probe(1)]);
        Assert.Single(Take(capture, 1));
        Assert.False(capture.TryRead(out _, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Rpc_is_finished_in_this_process()
    {
        using PacketCapture capture = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("rpc nfs") });
        using PacketCapture headers = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("rpc nfs"), SnapLength = 42 });
        byte[] call = Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", 17, Udp(900, 2049, RpcCall(1, 100003, 3, 1)))), reply = Ethernet(IPv4, Ip4("10.7.0.2", "10.7.0.1", 17, Udp(2049, 900, RpcReply(1))));
        _sender.Send([Query(), call, Probe(1), reply]);
        Assert.Equal([Convert.ToHexString(call), Convert.ToHexString(reply)], Take(capture, 2).Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal([(42, call.Length), (42, reply.Length)], Take(headers, 2).Select(packet => (packet.Data.Length, packet.OriginalLength)));
    }

    [Fact]
    public async Task What_is_captured_and_written_is_what_tcpdump_writes_of_the_same_packets()
    {
        using TemporaryDirectory directory = new();
        string ours = Path.Combine(directory.Path, "ours.pcap"), theirs = Path.Combine(directory.Path, "theirs.pcap");
        using Process tcpdump = _network.Start("tcpdump", "-Z", "root", "-i", "east", "--time-stamp-precision=nano", "-U", "-w", theirs, "-c", "200", "udp");
        while (!(await tcpdump.StandardError.ReadLineAsync())!.Contains("listening on", StringComparison.Ordinal))
        {
        }

        using (PacketCapture capture = Open("east", new CaptureOptions { Filter = PacketFilter.Parse("udp") }))
        using (CaptureFileWriter writer = CaptureFileWriter.Create(ours))
        {
            _sender.Send([.. Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? Tag(Numbered(i, 100), 3) : Numbered(i, 60 + i))]);
            for (int i = 0; i < 200; i++)
            {
                Assert.True(capture.TryRead(out CapturedPacket packet));
                writer.Write(packet);
            }
        }

        await tcpdump.WaitForExitAsync();
        List<CapturedPacket> left = SampleFiles.Read(ours).Packets, right = SampleFiles.Read(theirs).Packets;
        Assert.Equal(right.Select(packet => Convert.ToHexString(packet.Data.Span)), left.Select(packet => Convert.ToHexString(packet.Data.Span)));
    }

    [Fact]
    public void Memory_of_a_capture_that_was_closed_cannot_be_read()
    {
        PacketCapture capture = Open("east");
        _sender.Send([Probe(1)]);
        Assert.True(capture.TryRead(out CapturedPacket packet));
        capture.Dispose();
        Assert.Throws<ObjectDisposedException>(() => packet.Data.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => capture.TryRead(out _));
        capture.Dispose();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _network.Dispose();
    }

    private PacketCapture Open(string? link, CaptureOptions? options = null) => PacketCapture.Open(_network.Descriptor, link, options);

    private static List<CapturedPacket> Take(PacketCapture capture, int count)
    {
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(30));
        List<CapturedPacket> packets = [];
        while (packets.Count < count && capture.TryRead(out CapturedPacket packet, cancel.Token))
        {
            packets.Add(packet with { Data = packet.Data.ToArray() });
        }

        Assert.Equal(count, packets.Count);
        return packets;
    }

    private static string[] Repeat(byte[] frame, int count) => [.. Enumerable.Repeat(Convert.ToHexString(frame), count)];

    private static long Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static byte[] Probe(byte number) => Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", 1, [8, 0, 0, 0, 0, 1, 0, number, .. new byte[20]]));

    private static byte[] Query() => Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", 17, Udp(900, 53)));

    private static byte[] Numbered(int number, int length) => Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", 17, Udp(900, 53, [.. BitConverter.GetBytes(number), .. new byte[length]])));
}
