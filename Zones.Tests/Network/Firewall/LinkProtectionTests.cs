using System.Buffers.Binary;
using System.Net.Sockets;
using Zones.Network.Firewall;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Firewall;

/// <summary>Link protection, tried from inside with raw sockets.</summary>
public sealed class LinkProtectionTests : IDisposable
{
    private const int Timeout = 20_000;

    private readonly FirewallNetwork _network = new();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData(LinkProtection.None)]
    [InlineData(LinkProtection.MacNospoof)]
    [InlineData(LinkProtection.IpNospoof)]
    [InlineData(LinkProtection.DhcpNospoof)]
    [InlineData(LinkProtection.Restricted)]
    [InlineData(LinkProtection.MacNospoof | LinkProtection.IpNospoof | LinkProtection.DhcpNospoof | LinkProtection.Restricted)]
    internal void What_a_zone_forges_gets_nowhere(LinkProtection protection)
    {
        _network.Table.Apply(new() { Zones = [FirewallNetwork.Zone("a", protection) with { Filtered = false }, FirewallNetwork.Zone("b") with { Filtered = false }] });
        foreach (string receiver in (string[])["c", "host"])
        {
            HashSet<int> arrived = Send(receiver);
            for (int i = 0; i < SpoofedFrame.All.Count; i++)
            {
                SpoofedFrame frame = SpoofedFrame.All[i];
                bool expected = (frame.Stops & protection) == 0;
                Assert.True(arrived.Contains(i) == expected, $"{frame.Name} {(expected ? "did not arrive" : "arrived")} at {receiver} with {protection}");
            }
        }
    }

    [Fact]
    public void A_zone_that_is_not_protected_is_let_be_by_the_protection_of_others()
    {
        _network.Table.Apply(new() { Zones = [FirewallNetwork.Zone("b", (LinkProtection)15) with { Filtered = false }] });
        Assert.Equal(SpoofedFrame.All.Count, Send("c").Count);
    }

    [Fact]
    public void An_advertisement_in_fragments_is_put_together_for_nobody()
    {
        const int mark = 4322;
        _network.FilterBridge();
        (byte[] first, byte[] second) = SpoofedFrame.InFragments(FirewallNetwork.Mac("b").GetAddressBytes(), FirewallNetwork.Ip6("b"), FirewallNetwork.Ip6("c"), mark);
        using Socket sender = _network["a"].Inside(() => PacketSocket.Open(FirewallNetwork.LinkInside));
        foreach ((LinkProtection protection, bool arrives) in ((LinkProtection, bool)[])[(LinkProtection.None, true), (LinkProtection.IpNospoof, false), (LinkProtection.DhcpNospoof, false)])
        {
            _network.Table.Apply(new() { Zones = [FirewallNetwork.Zone("a", protection) with { Filtered = false }], Pools = _network.Pools });
            sender.Send(first);
            Assert.Equal(arrives, Group.FrameArrives(_network["a"], _network["b"], second, mark));
        }
    }

    [Fact]
    public void A_protected_zone_still_gets_on_with_everybody()
    {
        _network.FilterBridge();
        _network.Table.Apply(new() { Zones = [.. ((string[])["a", "b"]).Select(zone => FirewallNetwork.Zone(zone, (LinkProtection)15) with { Filtered = false })], Pools = _network.Pools });
        foreach ((string from, string to) in ((string, string)[])[("a", "b"), ("b", "a"), ("a", "host"), ("host", "a"), ("a", "outside")])
        {
            foreach (System.Net.IPAddress address in (System.Net.IPAddress[])[FirewallNetwork.Ip4(to), FirewallNetwork.Ip6(to)])
            {
                using Conversation conversation = new(_network[from], _network[to], address, 80);
                conversation.Exchange();
            }
        }
    }

    /// <summary>Sends all frames from zone a, and then one that nothing stops.</summary>
    /// <returns>The numbers of those that arrived, by the mark that each carries at its end.</returns>
    private HashSet<int> Send(string receiver)
    {
        const int Mark = 0x5A4E0000, Last = 0xFFFF;
        int link = receiver == "host" ? FirewallNetwork.Bridge : FirewallNetwork.LinkInside;
        using Socket seen = _network[receiver].Inside(() => PacketSocket.Open(link));
        using Socket sender = _network["a"].Inside(() => PacketSocket.Open(FirewallNetwork.LinkInside));
        seen.ReceiveTimeout = Timeout;
        for (int i = 0; i < SpoofedFrame.All.Count; i++)
        {
            sender.Send(Marked(SpoofedFrame.All[i].Bytes, i));
        }

        sender.Send(Marked(SpoofedFrame.All[0].Bytes, Last));
        HashSet<int> arrived = [];
        byte[] frame = new byte[2048];
        while (true)
        {
            int length = seen.Receive(frame);
            int mark = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(Math.Max(length - 4, 0)));
            if (mark == (Mark | Last))
            {
                return arrived;
            }

            if ((mark & ~Last) == Mark)
            {
                arrived.Add(mark & Last);
            }
        }

        static byte[] Marked(byte[] bytes, int number)
        {
            byte[] mark = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(mark, Mark | number);
            return [.. bytes, .. mark];
        }
    }
}
