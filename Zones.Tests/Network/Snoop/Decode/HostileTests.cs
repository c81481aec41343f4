using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Print;
using Zones.Tests.Rpc.Fuzz;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>Packets come from anybody: none of them may end, halt or swell a capture.</summary>
public sealed class HostileTests(NfsTraffic traffic) : IClassFixture<NfsTraffic>
{
    private static readonly LinkType[] s_types = [LinkType.Ethernet, LinkType.LinuxCooked, LinkType.LinuxCooked2, LinkType.Raw, LinkType.Null, (LinkType)9999];

    [Fact]
    public void A_packet_may_be_cut_at_every_byte()
    {
        PacketDecoder decoder = new(new AddressNames());
        foreach (CapturedPacket packet in Corpus())
        {
            for (int length = 0; length <= Math.Min(packet.Data.Length, 400); length++)
            {
                Show(decoder.Decode(packet with { Data = packet.Data[..length] }));
            }
        }
    }

    [Fact]
    public void A_packet_may_be_changed_in_any_way()
    {
        FuzzBudget budget = new(20_000);
        Mutator mutator = new(budget.Seed);
        CapturedPacket[] corpus = [.. Corpus()];
        PacketDecoder decoder = new(new AddressNames());
        while (budget.Next())
        {
            CapturedPacket packet = corpus[mutator.Random.Next(corpus.Length)];
            byte[] changed = mutator.Mutate(packet.Data.Span[..Math.Min(packet.Data.Length, 2000)], corpus[mutator.Random.Next(corpus.Length)].Data.Span);
            Show(decoder.Decode(packet with { Data = changed, OriginalLength = changed.Length }));
        }
    }

    [Fact]
    public void A_packet_may_be_anything()
    {
        FuzzBudget budget = new(20_000);
        Random random = new(budget.Seed);
        PacketDecoder decoder = new();
        while (budget.Next())
        {
            byte[] packet = new byte[random.Next(200)];
            random.NextBytes(packet);
            if (packet.Length > 13 && random.Next(2) == 0)
            {
                (packet[12], packet[13]) = random.Next(5) switch { 0 => ((byte)8, (byte)6), 1 => ((byte)0x86, (byte)0xdd), 2 => ((byte)0x81, (byte)0), _ => ((byte)8, (byte)0) };
            }

            Show(decoder.Decode(new CapturedPacket(random.NextInt64(long.MinValue, long.MaxValue), packet, packet.Length, s_types[random.Next(s_types.Length)])));
        }
    }

    [Fact]
    public void A_listing_may_say_that_it_never_ends()
    {
        Conversation conversation = new(new PacketDecoder());
        byte[] call = [.. Frames.RpcCall(1, 100003, 3, 17), 0, 0, 0, 0, .. new byte[24]];
        conversation.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 17, Frames.Udp(1023, 2049, call))));
        byte[] reply = [.. Frames.RpcReply(1), .. new byte[16], .. Enumerable.Repeat<byte[]>([0, 0, 0, 1, .. new byte[8], 0xff, 0xff, 0xff, 0xff], 50).SelectMany(entry => entry)];
        Assert.StartsWith("NFS R READDIRPLUS3 OK (malformed)", conversation.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.3", "10.7.0.2", 17, Frames.Udp(2049, 1023, reply)))).Summaries.Single());
    }

    [Fact]
    public void A_query_may_have_more_questions_than_anybody_asks()
    {
        byte[] question = [0xC0, 12, 0, 1, 0, 1];
        byte[] query = [0, 1, 1, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, .. Enumerable.Repeat<byte[]>([1, (byte)'a'], 100).SelectMany(label => label), 0, 0, 1, 0, 1, .. Enumerable.Repeat(question, 10_000).SelectMany(one => one)];
        Conversation conversation = new(new PacketDecoder());
        Assert.Equal("DNS (cut short or malformed)", conversation.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 17, Frames.Udp(1023, 53, query)))).Summaries.Single());
    }

    private IEnumerable<CapturedPacket> Corpus() => Recording.Read(traffic.Path)
        .Concat(LinkTests.Samples.Select(frame => new CapturedPacket(1, frame, frame.Length, LinkType.Ethernet)));

    private static void Show(DecodedPacket packet)
    {
        Assert.NotEmpty(PacketLines.Summary(packet, "", numbered: true).ToArray());
        Assert.NotEmpty(PacketLines.Layers(packet, "", numbered: true).ToArray());
        _ = PacketLines.Verbose(packet).Count();
        Assert.NotEmpty(PacketTree.Make(packet).ToJsonString());
    }
}
