using System.Net;
using System.Text;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Filters;

namespace Zones.Tests.Network.Snoop.Filters;

public class FilterParserTests
{
    [Theory]
    [InlineData("hots 10.7.0.1", 1, "filter, column 1: 'hots' is neither an address nor a host that is known, nor a word of a filter; did you mean 'host'?")]
    [InlineData("tcp adn port 80", 5, "filter, column 5: 'adn' stands where and, or is expected; did you mean 'and'?")]
    [InlineData("tcp and", 8, "filter, column 8: the filter ends where a condition such as 'host 10.7.0.1' or 'port 80' is expected")]
    [InlineData("", 1, "filter, column 1: the filter ends where a condition such as 'host 10.7.0.1' or 'port 80' is expected")]
    [InlineData("(tcp or udp", 1, "filter, column 1: this parenthesis is not closed")]
    [InlineData("tcp)", 4, "filter, column 4: this parenthesis was not opened")]
    [InlineData("port", 5, "filter, column 5: the filter ends where a port is expected")]
    [InlineData("port 65536", 6, "filter, column 6: '65536' is not a port: a number from 0 to 65535 or a name of /etc/services")]
    [InlineData("port dmain", 6, "filter, column 6: 'dmain' is not a port: a number from 0 to 65535 or a name of /etc/services; did you mean 'domain'?")]
    [InlineData("portrange 90-80", 11, "filter, column 11: '90-80' begins after its end")]
    [InlineData("net 10.7.0.1/16", 5, "filter, column 5: '10.7.0.1/16' has bits set behind its first 16")]
    [InlineData("net 10.7.0.0/33", 5, "filter, column 5: '10.7.0.0/33' is not a prefix such as 10.7.0.0/16 or fd00::/8")]
    [InlineData("ether host 10.7.0.1", 12, "filter, column 12: '10.7.0.1' is not an Ethernet address such as 0:16:3e:12:34:56")]
    [InlineData("vlan 4096", 6, "filter, column 6: '4096' stands where a VLAN number from 0 to 4095 is expected")]
    [InlineData("greater x", 9, "filter, column 9: 'x' stands where a number of bytes from 0 to 4294967295 is expected")]
    [InlineData("rpc nsf", 5, "filter, column 5: 'nsf' is not an RPC program: a number, or rpcbind, portmap, pmap, rstat, rusers, nfs, nis, mount, mountd, ypbind, rwall, rquota, nlm, status, bootparams, nfs_acl; did you mean 'nfs'?")]
    [InlineData("rpc nfs,three", 5, "filter, column 5: 'three' is not the number of a version")]
    [InlineData("tcp & udp", 5, "filter, column 5: '&' stands alone; '&&' is meant?")]
    [InlineData("tcp[13] = 2", 4, "filter, column 4: '[' has no meaning in a filter")]
    [InlineData("ip6 host 10.7.0.1", 10, "filter, column 10: '10.7.0.1' has no address that goes with 'ip6'")]
    [InlineData("host and", 6, "filter, column 6: 'and' stands where an address or a host's name is expected")]
    [InlineData("icmp port 80", 11, "filter, column 11: 'icmp' has no port")]
    public void A_wrong_filter_is_refused_with_its_column_and_what_was_meant(string text, int column, string message)
    {
        FilterException e = Assert.Throws<FilterException>(() => PacketFilter.Parse(text, _ => []));
        Assert.Equal((column, message), (e.Column, e.Message));
    }

    [Theory]
    [InlineData("from 10.7.0.1 to 10.7.0.2", "src host 10.7.0.1 and dst host 10.7.0.2")]
    [InlineData("10.7.0.1", "host 10.7.0.1")]
    [InlineData("host 10.7.0.1 port 80", "host 10.7.0.1 and port 80")]
    [InlineData("nfs", "rpc 100003")]
    [InlineData("rpc mount", "rpc 100005")]
    [InlineData("port 80 or 443", "port 80 or port 443")]
    [InlineData("tcp port (80 or 443)", "tcp port 80 or tcp port 443")]
    [InlineData("not host 10.7.0.1 and 10.7.0.2", "(not host 10.7.0.1) and host 10.7.0.2")]
    [InlineData("host web1", "host 10.7.0.9 or host fd00::9")]
    [InlineData("ip6 host web1", "ip6 host fd00::9")]
    [InlineData("tcp || udp && !icmp", "((tcp or udp) and (not icmp))")]
    public void Different_words_ask_for_the_same(string one, string other) =>
        Assert.Equal(PacketFilter.Parse(one, Names).Compile(LinkType.Ethernet, 1), PacketFilter.Parse(other, Names).Compile(LinkType.Ethernet, 1));

    [Fact]
    public void Nonsense_is_refused_and_never_breaks_anything()
    {
        string[] words = ["host", "port", "and", "or", "not", "(", ")", "tcp", "src", "dst", "10.7.0.1", "80", "net", "10/8", "rpc", "nfs,3", "vlan", "ether", "proto", "!", "&&", "8-9", "less", "::1", "\0", "é", "broadcast"];
        Random random = new(7);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            StringBuilder text = new();
            for (int word = random.Next(12); word >= 0; word--)
            {
                text.Append(words[random.Next(words.Length)]).Append(random.Next(4) == 0 ? "" : " ");
            }

            try
            {
                PacketFilter.Parse(text.ToString(), _ => []).Compile(LinkType.Ethernet, 1);
                accepted++;
            }
            catch (FilterException e)
            {
                Assert.InRange(e.Column, 1, text.Length + 1);
            }
        }

        Assert.InRange(accepted, 100, 19_900);
    }

    [Fact]
    public void Neither_depth_nor_length_overflows()
    {
        string deep = new('(', 4_000);
        Assert.Contains("levels of parentheses", Assert.Throws<FilterException>(() => PacketFilter.Parse(deep)).Message, StringComparison.Ordinal);
        Assert.Contains("words", Assert.Throws<FilterException>(() => PacketFilter.Parse(string.Join(" or ", Enumerable.Repeat("tcp", 100_000)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_longer_than_the_kernel_takes_is_refused_by_its_length()
    {
        PacketFilter filter = PacketFilter.Parse(string.Join(" or ", Enumerable.Range(1, 1000).Select(i => $"host 10.7.{i / 250}.{i % 250}")));
        Assert.Contains("the kernel takes 4096", Assert.Throws<ZoneException>(() => filter.CompileForSocket(LinkType.Ethernet, 1)).Message, StringComparison.Ordinal);
        byte[] frame = Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.3.9", "10.9.9.9", 1, new byte[8]));
        Assert.True(filter.CreateMatcher().Matches(new CapturedPacket(0, frame, frame.Length, LinkType.Ethernet)));
    }

    private static IReadOnlyList<IPAddress> Names(string name) => name == "web1" ? [IPAddress.Parse("10.7.0.9"), IPAddress.Parse("fd00::9")] : [];
}
