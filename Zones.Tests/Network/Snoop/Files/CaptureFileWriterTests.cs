using Zones.Network.Snoop;
using Zones.Network.Snoop.Files;
using Zones.Tests.Network.Snoop.Filters;

namespace Zones.Tests.Network.Snoop.Files;

/// <summary>Files of ours as others read them, and theirs as we do.</summary>
public class CaptureFileWriterTests
{
    private const long Start = 1_700_000_000_000_000_001;

    [Theory]
    [InlineData("x.pcap", "nanosecond")]
    [InlineData("x.pcapng", "pcapng")]
    public void Tshark_reads_what_is_written(string name, string type)
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, name);
        Write(path);

        Assert.Contains(type, Tools.Run("capinfos", "-t", path), StringComparison.Ordinal);
        string[] lines = Tools.Run("tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            Corpus.Untagged.Select((frame, i) => $"1700000000.{i + 1:000000000}\t{frame.Length + 7}\t{frame.Length}"),
            lines.Select(line => line));
    }

    [Theory]
    [InlineData("x.pcap")]
    [InlineData("x.pcapng")]
    public void What_is_written_is_read_again(string name)
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, name);
        Write(path);
        (List<CapturedPacket> packets, string? message) = SampleFiles.Read(path);
        Assert.Null(message);
        Assert.Equal(Corpus.Untagged.Count, packets.Count);
        Assert.All(packets, (packet, i) =>
        {
            Assert.Equal((Start + i, Corpus.Untagged[i].Length + 7), (packet.Time, packet.OriginalLength));
            Assert.Equal(Corpus.Untagged[i], packet.Data.ToArray());
        });
    }

    [Theory]
    [InlineData("pcap")]
    [InlineData("nsecpcap")]
    [InlineData("pcapng")]
    public void What_wireshark_writes_is_read(string format)
    {
        using TemporaryDirectory directory = new();
        string ours = Path.Combine(directory.Path, "x.pcap"), theirs = Path.Combine(directory.Path, "theirs");
        Write(ours);
        Tools.Run("editcap", "-F", format, ours, theirs);
        (List<CapturedPacket> packets, string? message) = SampleFiles.Read(theirs);
        Assert.Null(message);
        Assert.Equal(Corpus.Untagged.Select(Convert.ToHexString), packets.Select(packet => Convert.ToHexString(packet.Data.Span)));
        Assert.Equal(format == "pcap" ? Start - 1 : Start, packets[0].Time);
    }

    [Fact]
    public void Tcpdump_reads_what_is_written_and_filters_it_as_we_do()
    {
        using TemporaryDirectory directory = new();
        string ours = Path.Combine(directory.Path, "x.pcap"), theirs = Path.Combine(directory.Path, "theirs.pcap");
        Write(ours);
        Tools.Run("tcpdump", "-r", ours, "-w", theirs, "tcp and port 80");
        Zones.Network.Snoop.Filters.FilterMatcher matcher = Zones.Network.Snoop.Filters.PacketFilter.Parse("tcp and port 80").CreateMatcher();
        Assert.Equal(
            SampleFiles.Read(ours).Packets.Where(packet => matcher.Matches(packet)).Select(packet => Convert.ToHexString(packet.Data.Span)),
            SampleFiles.Read(theirs).Packets.Select(packet => Convert.ToHexString(packet.Data.Span)));
    }

    [Fact]
    public void A_capture_without_packets_is_a_whole_file_of_its_owner()
    {
        using TemporaryDirectory directory = new();
        foreach (string name in (string[])["x.pcap", "x.pcapng"])
        {
            string path = Path.Combine(directory.Path, name);
            CaptureFileWriter.Create(path).Dispose();
            Assert.Equal("", Tools.Run("tshark", "-r", path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Links_of_several_types_need_pcapng_and_pcap_says_so()
    {
        using TemporaryDirectory directory = new();
        string pcap = Path.Combine(directory.Path, "x.pcap"), pcapng = Path.Combine(directory.Path, "x.pcapng");
        CapturedPacket ethernet = new(Start, Corpus.Untagged[0], 100, LinkType.Ethernet), raw = new(Start, Corpus.Untagged[0].AsMemory(14), 100, LinkType.Raw);
        using (CaptureFileWriter writer = CaptureFileWriter.Create(pcap))
        {
            writer.Write(ethernet);
            CaptureFileException e = Assert.Throws<CaptureFileException>(() => writer.Write(raw));
            Assert.Equal($"{pcap}: a pcap file of link type Ethernet takes no packet of Raw; name the file .pcapng", e.Message);
        }

        Assert.Single(SampleFiles.Read(pcap).Packets);
        using (CaptureFileWriter writer = CaptureFileWriter.Create(pcapng))
        {
            writer.Write(ethernet);
            writer.Write(raw);
            writer.Write(ethernet);
        }

        Assert.Equal([LinkType.Ethernet, LinkType.Raw, LinkType.Ethernet], SampleFiles.Read(pcapng).Packets.Select(packet => packet.LinkType));
        Assert.Equal(["1", "7", "1"], Tools.Run("tshark", "-n", "-r", pcapng, "-T", "fields", "-e", "frame.encap_type").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_full_disk_is_told_with_the_file_and_the_errno()
    {
        CaptureFileWriter writer = CaptureFileWriter.Create("/dev/full");
        writer.Write(new CapturedPacket(Start, new byte[60], 60, LinkType.Ethernet));
        ZoneException e = Assert.Throws<ZoneException>(writer.Flush);
        Assert.Equal("/dev/full: cannot write the capture file: ENOSPC (no space left on device)", e.Message);
        writer.Dispose();
    }

    [Fact]
    public void What_was_flushed_is_in_the_file_while_the_capture_goes_on()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "x.pcap");
        using CaptureFileWriter writer = CaptureFileWriter.Create(path);
        for (int i = 0; i < 3; i++)
        {
            writer.Write(new CapturedPacket(Start, new byte[60], 60, LinkType.Ethernet));
        }

        writer.Flush();
        (List<CapturedPacket> packets, string? message) = SampleFiles.Read(path);
        Assert.Equal((3, null), (packets.Count, message));
    }

    private static void Write(string path)
    {
        using CaptureFileWriter writer = CaptureFileWriter.Create(path);
        for (int i = 0; i < Corpus.Untagged.Count; i++)
        {
            writer.Write(new CapturedPacket(Start + i, Corpus.Untagged[i], Corpus.Untagged[i].Length + 7, LinkType.Ethernet));
        }
    }
}
