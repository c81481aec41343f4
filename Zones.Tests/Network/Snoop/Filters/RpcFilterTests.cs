using Zones.Network.Snoop;
using Zones.Network.Snoop.Filters;
using static Zones.Tests.Network.Snoop.Frames;

namespace Zones.Tests.Network.Snoop.Filters;

public class RpcFilterTests
{
    private const uint Nfs = 100003, Mount = 100005;

    [Fact]
    public void Calls_and_their_replies_are_told_by_the_program_of_the_call()
    {
        FilterMatcher matcher = PacketFilter.Parse("rpc nfs").CreateMatcher();
        Assert.True(Matches(matcher, FromClient(Udp(900, 2049, RpcCall(1, Nfs, 3, 1)))));
        Assert.False(Matches(matcher, FromClient(Udp(900, 700, RpcCall(2, Mount, 3, 1)))));
        Assert.True(Matches(matcher, FromServer(Udp(2049, 900, RpcReply(1)))));
        Assert.False(Matches(matcher, FromServer(Udp(700, 900, RpcReply(2)))));
        Assert.False(Matches(matcher, FromServer(Udp(2049, 900, RpcReply(3)))));
        Assert.False(Matches(matcher, FromServer(Udp(2049, 901, RpcReply(1)))));
        Assert.False(Matches(matcher, Ethernet(Arp, ArpBody("10.7.0.1", "10.7.0.2"))));
    }

    [Fact]
    public void Over_tcp_the_rest_of_a_message_goes_with_its_beginning()
    {
        FilterMatcher matcher = PacketFilter.Parse("nfs").CreateMatcher();
        byte[] read = Record([.. RpcReply(5), .. new byte[60_000]]);
        Assert.True(Matches(matcher, FromClient(Tcp(901, 2049, Record(RpcCall(5, Nfs, 3, 6))), 6)));
        Assert.True(Matches(matcher, FromServer(Tcp(2049, 901, read[..1448]), 6)));
        Assert.True(Matches(matcher, FromServer(Tcp(2049, 901, read[1448..2896]), 6)));
        Assert.False(Matches(matcher, FromServer(Tcp(2049, 901), 6)));
        Assert.False(Matches(matcher, FromServer(Tcp(22, 901, read[1448..2896]), 6)));
    }

    [Fact]
    public void Version_and_procedure_narrow_a_program()
    {
        FilterMatcher lookups = PacketFilter.Parse("rpc nfs,3,3").CreateMatcher();
        Assert.True(Matches(lookups, FromClient(Udp(900, 2049, RpcCall(1, Nfs, 3, 3)))));
        Assert.False(Matches(lookups, FromClient(Udp(900, 2049, RpcCall(2, Nfs, 3, 1)))));
        Assert.False(Matches(lookups, FromClient(Udp(900, 2049, RpcCall(3, Nfs, 2, 3)))));
        Assert.True(Matches(lookups, FromServer(Udp(2049, 900, RpcReply(1)))));
        Assert.False(Matches(lookups, FromServer(Udp(2049, 900, RpcReply(2)))));
    }

    [Fact]
    public void The_replies_of_one_server_are_found_although_only_its_packets_are_wanted()
    {
        PacketFilter filter = PacketFilter.Parse("rpc nfs and src host 10.7.0.2");
        FilterMatcher matcher = filter.CreateMatcher();
        PacketBpf kernel = new(filter.CompileForSocket(LinkType.Ethernet, 100));
        byte[] call = FromClient(Udp(900, 2049, RpcCall(1, Nfs, 3, 1))), reply = FromServer(Udp(2049, 900, RpcReply(1)));
        Assert.Equal((100u, 100u), (kernel.Run(call, call.Length), kernel.Run(reply, reply.Length)));
        Assert.False(Matches(matcher, call));
        Assert.True(Matches(matcher, reply));
    }

    [Theory]
    [InlineData("not rpc nfs")]
    [InlineData("not (rpc nfs or arp)")]
    [InlineData("rpc mount or port 22")]
    [InlineData("arp and not rpc nfs")]
    public void The_kernel_loses_nothing_that_is_wanted(string expression)
    {
        PacketFilter filter = PacketFilter.Parse(expression);
        Assert.False(filter.IsExactInKernel);
        PacketBpf kernel = new(filter.CompileForSocket(LinkType.Ethernet, 100));
        FilterMatcher matcher = filter.CreateMatcher();
        byte[][] calls = [FromClient(Udp(900, 2049, RpcCall(1, Nfs, 3, 1))), FromClient(Udp(900, 700, RpcCall(2, Mount, 3, 1))), FromServer(Udp(2049, 900, RpcReply(1)))];
        foreach (byte[] frame in Corpus.Untagged.Concat(calls))
        {
            Assert.True(!Matches(matcher, frame) || kernel.Run(frame, frame.Length) == 100, Convert.ToHexString(frame));
        }
    }

    [Fact]
    public void A_flood_of_calls_takes_no_more_memory_than_its_bound()
    {
        BoundedTable<int, string> table = new(3);
        foreach (int key in (int[])[1, 2, 3, 1, 4])
        {
            table.Set(key, $"{key}");
        }

        Assert.Equal([false, true, true, true], Enumerable.Range(1, 4).Select(key => table.TryGet(key, out _)));
    }

    private static byte[] FromClient(byte[] body, byte protocol = 17) => Ethernet(IPv4, Ip4("10.7.0.1", "10.7.0.2", protocol, body));

    private static byte[] FromServer(byte[] body, byte protocol = 17) => Ethernet(IPv4, Ip4("10.7.0.2", "10.7.0.1", protocol, body));

    private static bool Matches(FilterMatcher matcher, byte[] frame) => matcher.Matches(new CapturedPacket(0, frame, frame.Length, LinkType.Ethernet));
}
