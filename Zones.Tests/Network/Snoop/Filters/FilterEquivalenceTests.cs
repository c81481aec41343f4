using Zones.Network.Snoop;
using Zones.Network.Snoop.Filters;

namespace Zones.Tests.Network.Snoop.Filters;

/// <summary>A filter answers as libpcap's does, be it the kernel's program or this process that answers.</summary>
public class FilterEquivalenceTests
{
    private const uint Keep = 262144;

    private static readonly string[] s_primitives =
    [
        "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "broadcast", "multicast", "ether broadcast", "ip multicast", "ip6 multicast",
        "host 10.7.0.1", "src host 10.7.0.2", "dst host 192.168.0.1", "src 10.7.0.1", "dst fd00::2", "host fd00::1", "ip host 10.7.0.1", "arp host 10.7.0.2", "rarp src host 10.7.0.1",
        "ip6 host fe80::1", "src or dst host 10.7.1.1", "src and dst host 10.7.0.1", "net 10.7.0.0/16", "net 10.7", "net 10", "src net 10.0.0.0/9", "dst net 192.168.0.0/24", "net fd00::/8",
        "dst net 2001:db8:1::/48", "net 0.0.0.0/0", "net ::/0", "port 80", "src port 53", "dst port 2049", "tcp port 443", "udp port 111", "tcp src port 22", "udp dst port 65535",
        "portrange 22-80", "tcp portrange 8079-8080", "src portrange 100-500", "dst portrange 0-65535", "ether host 02:16:3e:00:00:01", "ether src 2:16:3e:0:0:2", "ether dst ff:ff:ff:ff:ff:ff",
        "ip proto 47", "ip6 proto 58", "ip proto \\icmp", "ether proto 0x88cc", "greater 100", "less 100", "greater 0", "less 60", "port nfs",
    ];

    public static TheoryData<string> Expressions { get; } =
    [
        .. s_primitives, "port 80 or 443", "host 10.7.0.1 and 192.168.0.1", "not port 80", "not tcp and not udp", "tcp and (port 80 or port 443)", "host 10.7.0.1 && !port 22", "tcp or udp and port 53",
        "port 53 and tcp or udp", "not (host 10.7.0.1 or arp)", "not not ip", "src host 10.7.0.1 or dst host 10.7.0.2 and not icmp", "(ip or ip6) and greater 80",
        "tcp dst port (80 or 443)", "((((arp))))",
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void A_filter_answers_as_that_of_tcpdump(string expression)
    {
        // What libpcap writes with a backslash, because a keyword would be read there, needs none here.
        PacketFilter filter = PacketFilter.Parse(expression.Replace("\\", "", StringComparison.Ordinal));
        Compare(filter, expression, Corpus.Untagged);
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Over_a_vlan_a_filter_answers_as_that_of_tcpdump_behind_the_word_vlan(string expression)
    {
        string vlan = expression.Replace("\\", "", StringComparison.Ordinal);
        Compare(PacketFilter.Parse($"vlan and ({vlan})"), $"vlan and ({expression})", [.. Corpus.Untagged.Select(frame => Frames.Tag(frame, 7))]);
        Compare(PacketFilter.Parse($"vlan 7 and ({vlan})"), $"vlan 7 and ({expression})", [.. Corpus.Untagged.Select((frame, i) => Frames.Tag(frame, (ushort)(0x2000 | (i % 2 * 7))))]);
        Compare(PacketFilter.Parse($"vlan 5 and vlan 7 and ({vlan})"), $"vlan 5 and vlan 7 and ({expression})", [.. Corpus.Untagged.Select(frame => Frames.Tag(Frames.Tag(frame, 7), 5, 0x88A8))]);
    }

    [Fact]
    public void Filters_made_at_random_answer_as_those_of_tcpdump()
    {
        Random random = new(4);
        for (int i = 0; i < 150; i++)
        {
            string expression = Any(random, 4);
            Compare(PacketFilter.Parse(expression.Replace("\\", "", StringComparison.Ordinal)), expression, Corpus.Untagged);
        }
    }

    [Fact]
    public void On_packets_cut_anywhere_kernel_and_process_answer_alike()
    {
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            string expression = (i % 3 == 0 ? "vlan or " : "") + Any(random, 3).Replace("\\", "", StringComparison.Ordinal);
            PacketFilter filter = PacketFilter.Parse(expression);
            PacketBpf program = new(filter.Compile(LinkType.Ethernet, Keep));
            FilterMatcher matcher = filter.CreateMatcher();
            for (int j = 0; j < 40; j++)
            {
                byte[] frame = Corpus.Untagged[random.Next(Corpus.Untagged.Count)];
                frame = random.Next(3) switch { 0 => frame, 1 => Frames.Tag(frame, 9), _ => Frames.Tag(Frames.Tag(frame, 9), 8) };
                for (int length = 0; length < Math.Min(frame.Length, 90); length++)
                {
                    bool kernel = program.Run(frame.AsSpan(0, length), frame.Length) != 0;
                    Assert.True(kernel == matcher.Matches(Packet(frame.AsMemory(0, length), frame.Length)), $"{expression}: {length} of {Convert.ToHexString(frame)}");
                }
            }
        }
    }

    [Fact]
    public void A_socket_that_is_shown_frames_without_their_tag_answers_as_a_file_with_it()
    {
        Random random = new(6);
        for (int i = 0; i < 100; i++)
        {
            string expression = (i % 2 == 0 ? "vlan 7 or " : "not vlan 7 and ") + Any(random, 3).Replace("\\", "", StringComparison.Ordinal);
            PacketFilter filter = PacketFilter.Parse(expression);
            byte[] program = filter.CompileForSocket(LinkType.Ethernet, Keep);
            FilterMatcher matcher = filter.CreateMatcher();
            foreach (byte[] frame in Corpus.Untagged)
            {
                ushort tag = (ushort)(7 + random.Next(2));
                byte[] inner = random.Next(2) == 0 ? frame : Frames.Tag(frame, 7);
                Same(matcher, new PacketBpf(program), inner, inner);
                Same(matcher, new PacketBpf(program) { TagTakenOut = tag }, inner, Frames.Tag(inner, tag));
            }

            void Same(FilterMatcher file, PacketBpf socket, byte[] shown, byte[] whole) =>
                Assert.True((socket.Run(shown, shown.Length) != 0) == file.Matches(Packet(whole, whole.Length)), $"{expression}: {Convert.ToHexString(whole)}");
        }
    }

    [Fact]
    public void A_socket_of_all_links_filters_ethernet_and_lets_others_through()
    {
        byte[] program = PacketFilter.Parse("arp").CompileForSocket(null, Keep);
        byte[] arp = Frames.Ethernet(Frames.Arp, Frames.ArpBody("10.7.0.1", "10.7.0.2")), ip = Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.1", "10.7.0.2", 1, new byte[20]));
        Assert.Equal([Keep, 0u, Keep, 0u, Keep], (uint[])
        [
            new PacketBpf(program).Run(arp, 60), new PacketBpf(program).Run(ip, 60), new PacketBpf(program) { HardwareType = 772 }.Run(arp, 60),
            new PacketBpf(program) { HardwareType = 772 }.Run(ip, 60), new PacketBpf(program) { HardwareType = 0xFFFE }.Run(ip[14..], 60),
        ]);
    }

    [Theory]
    [InlineData(LinkType.Raw, "RAW", 0)]
    [InlineData(LinkType.LinuxCooked, "LINUX_SLL", 16)]
    [InlineData(LinkType.LinuxCooked2, "LINUX_SLL2", 20)]
    public void Other_links_answer_as_tcpdump(LinkType type, string name, int header)
    {
        string[] expressions = ["ip", "ip6", "tcp port 80 or udp", "host 10.7.0.1", "net fd00::/8 and not port 443", "greater 80", "not host fd00::1"];
        foreach (string expression in expressions)
        {
            PacketBpf theirs = PacketBpf.Parse(Tools.Run("tcpdump", "-y", name, "-ddd", expression));
            PacketFilter filter = PacketFilter.Parse(expression);
            PacketBpf ours = new(filter.Compile(type, Keep));
            FilterMatcher matcher = filter.CreateMatcher();
            foreach (byte[] frame in Corpus.Untagged.Where(frame => frame[12] is 0x08 or 0x86 && frame[13] is 0 or 0xDD))
            {
                byte[] start = new byte[header];
                frame.AsSpan(12, Math.Min(2, header)).CopyTo(start.AsSpan(type == LinkType.LinuxCooked ? 14 : 0));
                byte[] packet = [.. start, .. frame[14..]];
                bool expected = theirs.Run(packet, packet.Length) != 0;
                Assert.True(expected == (ours.Run(packet, packet.Length) != 0) && expected == matcher.Matches(new CapturedPacket(0, packet, packet.Length, type)), $"{expression}: {Convert.ToHexString(packet)}");
            }
        }
    }

    private static void Compare(PacketFilter filter, string expression, IReadOnlyList<byte[]> frames)
    {
        // -O: its optimizer refuses filters that match nothing.
        PacketBpf theirs = PacketBpf.Parse(Tools.Run("tcpdump", "-y", "EN10MB", "-O", "-ddd", expression));
        PacketBpf ours = new(filter.Compile(LinkType.Ethernet, Keep));
        FilterMatcher matcher = filter.CreateMatcher();
        foreach (byte[] frame in frames)
        {
            bool expected = theirs.Run(frame, frame.Length) != 0;
            Assert.True(expected == (ours.Run(frame, frame.Length) != 0), $"compiled, {filter}: {Convert.ToHexString(frame)} is {expected} to tcpdump");
            Assert.True(expected == matcher.Matches(Packet(frame, frame.Length)), $"evaluated, {filter}: {Convert.ToHexString(frame)} is {expected} to tcpdump");
        }
    }

    private static string Any(Random random, int depth) => depth == 0 ? s_primitives[random.Next(s_primitives.Length)] : random.Next(5) switch
    {
        0 => s_primitives[random.Next(s_primitives.Length)],
        1 => $"not ({Any(random, depth - 1)})",
        2 => $"({Any(random, depth - 1)}) or {Any(random, depth - 1)}",
        _ => $"{Any(random, depth - 1)} and ({Any(random, depth - 1)})",
    };

    private static CapturedPacket Packet(ReadOnlyMemory<byte> data, int length) => new(0, data, length, LinkType.Ethernet);
}
