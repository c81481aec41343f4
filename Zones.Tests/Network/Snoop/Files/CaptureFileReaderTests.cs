using System.Buffers.Binary;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Files;

namespace Zones.Tests.Network.Snoop.Files;

public class CaptureFileReaderTests
{
    private const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D;

    private static readonly byte[] s_frame = Frames.Ethernet(Frames.Arp, Frames.ArpBody("10.7.0.1", "10.7.0.2"));

    [Theory]
    [InlineData(false, Microseconds, 1_700_000_000_123_456_000)]
    [InlineData(true, Microseconds, 1_700_000_000_123_456_000)]
    [InlineData(false, Nanoseconds, 1_700_000_000_000_123_456)]
    [InlineData(true, Nanoseconds, 1_700_000_000_000_123_456)]
    public void Pcap_is_read_in_both_byte_orders_and_resolutions(bool big, uint magic, long time)
    {
        (List<CapturedPacket> packets, string? message) = Read(new SampleFiles(big).Pcap(magic, (1_700_000_000, 123_456, s_frame, 99), (1_700_000_001, 0, s_frame[..20], 42)));
        Assert.Null(message);
        Assert.Equal([(time, 99, LinkType.Ethernet), (1_700_000_001_000_000_000, 42, LinkType.Ethernet)], packets.Select(packet => (packet.Time, packet.OriginalLength, packet.LinkType)));
        Assert.Equal(s_frame, packets[0].Data.ToArray());
        Assert.Equal(s_frame[..20], packets[1].Data.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pcapng_is_read_in_both_byte_orders_with_several_interfaces_and_resolutions(bool big)
    {
        SampleFiles make = new(big);
        byte[] offset = big ? [0, 0, 0, 0, 0, 0, 0, 100] : [100, 0, 0, 0, 0, 0, 0, 0];
        byte[] file =
        [
            .. make.Section(make.Option(4, "editor"u8.ToArray())),
            .. make.Interface(1, 0, make.Option(2, "eth0"u8.ToArray())),
            .. make.Interface(101, 30, [.. make.Option(9, 9), .. make.Option(0)]),
            .. make.Interface(1, 0, [.. make.Option(9, 0x80 | 10), .. make.Option(14, offset)]),
            .. make.Block(0x0BAD, new byte[300_000]),
            .. make.Enhanced(0, 1_700_000_000_123_456, s_frame, 99, make.Option(1, "a comment"u8.ToArray())),
            .. make.Enhanced(1, 1_700_000_000_123_456_789, s_frame[14..], 28),
            .. make.Enhanced(2, (1000UL << 10) + 512, s_frame, 42),
            .. make.Simple(s_frame, (uint)s_frame.Length),
            .. make.Block(5, new byte[20]),
            .. new SampleFiles(!big).Section(),
            .. new SampleFiles(!big).Interface(276, 0),
            .. new SampleFiles(!big).Enhanced(0, 1_000_000, s_frame, 42),
        ];
        (List<CapturedPacket> packets, string? message) = Read(file);
        Assert.Null(message);
        Assert.Equal(
            [
                (1_700_000_000_123_456_000, 99, LinkType.Ethernet), (1_700_000_000_123_456_789, 28, LinkType.Raw), (1_100_500_000_000, 42, LinkType.Ethernet),
                (0, 42, LinkType.Ethernet), (1_000_000_000, 42, LinkType.LinuxCooked2),
            ],
            packets.Select(packet => (packet.Time, packet.OriginalLength, packet.LinkType)));
        Assert.Equal(s_frame, packets[3].Data.ToArray());
    }

    [Fact]
    public void A_simple_packet_is_as_long_as_its_interface_keeps()
    {
        SampleFiles make = new(false);
        (List<CapturedPacket> packets, _) = Read([.. make.Section(), .. make.Interface(1, 18), .. make.Simple(s_frame[..18], 42)]);
        Assert.Equal((18, 42), (packets[0].Data.Length, packets[0].OriginalLength));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_anywhere_gives_the_packets_before_and_says_so_once(bool ng)
    {
        SampleFiles make = new(false);
        byte[][] parts = ng
            ? [[.. make.Section(), .. make.Interface(1, 0)], make.Enhanced(0, 1, s_frame, 42), make.Enhanced(0, 2, s_frame, 42), make.Block(99, new byte[40]), make.Enhanced(0, 3, s_frame, 42)]
            : [make.Pcap(Nanoseconds), .. Enumerable.Range(0, 4).Select(_ => make.Pcap(Nanoseconds, (1, 1, s_frame, 42))[24..])];
        byte[] whole = [.. parts.SelectMany(part => part)];
        int[] ends = [.. parts.Select((_, i) => parts[..(i + 1)].Sum(part => part.Length))];
        bool[] packet = [.. parts.Select((_, i) => i > 0 && !(ng && i == 3))];
        for (int length = 0; length <= whole.Length; length++)
        {
            (List<CapturedPacket> packets, string? message) = Read(whole[..length]);
            Assert.Equal(ends.Where((end, i) => packet[i] && end <= length).Count(), packets.Count);
            bool clean = ends.Contains(length) || (ng && length == make.Section().Length);
            Assert.True(clean == message is null, $"{length}: {message}");
            Assert.True(message is null || message.Contains("cut short", StringComparison.Ordinal) || message.Contains("no capture file", StringComparison.Ordinal), message);
        }
    }

    [Fact]
    public void Hostile_lengths_are_refused_with_their_place()
    {
        SampleFiles make = new(false);
        byte[] pcap = [.. make.Pcap(Microseconds, (1, 1, s_frame, 42)), .. make.Word(1), .. make.Word(1), .. make.Word(0x7FFF_FFFF), .. make.Word(42)];
        Assert.EndsWith($"a packet of 2147483647 bytes, at most 262144 can be, at byte {24 + 16 + 42}", Read(pcap).Message, StringComparison.Ordinal);
        byte[] start = [.. make.Section(), .. make.Interface(1, 0)];
        Assert.Contains("at most 1048576 are read", Read([.. start, .. make.Word(6), .. make.Word(0xFFFF_FFF0)]).Message, StringComparison.Ordinal);
        Assert.Contains("cut short", Read([.. start, .. make.Word(99), .. make.Word(0xFFFF_FFF0)]).Message, StringComparison.Ordinal);
        Assert.Contains("a block of 8 bytes", Read([.. start, .. make.Word(6), .. make.Word(8)]).Message, StringComparison.Ordinal);
        Assert.Contains("interface 7, of which 1 are described", Read([.. start, .. make.Enhanced(7, 0, s_frame, 42)]).Message, StringComparison.Ordinal);
        Assert.Contains("description that cannot be", Read([.. start, .. make.Interface(1, 0, make.Option(9, 200))]).Message, StringComparison.Ordinal);
        Assert.Contains("neither pcap nor pcapng", Read("#!/bin/sh\n"u8.ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_in_a_file_it_is_read_or_refused_within_a_bound_of_memory()
    {
        SampleFiles make = new(true), other = new(false);
        byte[][] samples =
        [
            make.Pcap(Nanoseconds, (1, 1, s_frame, 42), (2, 2, s_frame, 42)),
            [.. other.Section(other.Option(2, 1, 2, 3)), .. other.Interface(1, 0, other.Option(9, 6)), .. other.Enhanced(0, 1, s_frame, 42), .. other.Simple(s_frame, 42), .. other.Enhanced(0, 2, s_frame, 42)],
        ];
        Random random = new(8);
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "fuzz");
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int rounds = 3000;
        for (int i = 0; i < rounds; i++)
        {
            byte[] file = [.. samples[i % samples.Length]];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(file.Length - 3);
                if (random.Next(2) == 0)
                {
                    file[at] = (byte)random.Next(256);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at & ~3), (uint)random.NextInt64(1L << random.Next(1, 33)));
                }
            }

            File.WriteAllBytes(path, file);
            SampleFiles.Read(path);
        }

        // Each opens a buffer of 64 KiB, and grows it to at most 1 MiB.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / rounds, 0, 1_500_000);
    }

    [Fact]
    public async Task A_pipe_is_read_as_it_fills_and_a_wait_for_it_can_be_cancelled()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "pipe");
        Tools.Run("mkfifo", path);
        byte[] file = new SampleFiles(false).Pcap(Nanoseconds, (1, 1, s_frame, 42), (2, 2, s_frame, 42));
        Task<FileStream> opening = Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0));
        using CaptureFileReader reader = CaptureFileReader.Open(path);
        using (FileStream writer = await opening)
        {
            writer.Write(file.AsSpan(0, file.Length - 5));
            Assert.True(reader.TryRead(out CapturedPacket packet));
            Assert.Equal(1_000_000_001, packet.Time);

            using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(50));
            Assert.False(reader.TryRead(out _, cancel.Token));

            writer.Write(file.AsSpan(file.Length - 5));
            Assert.True(reader.TryRead(out packet));
            Assert.Equal(s_frame, packet.Data.ToArray());
        }

        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_with_the_errno()
    {
        ZoneException e = Assert.Throws<ZoneException>(() => CaptureFileReader.Open("/nowhere/x.pcap"));
        Assert.Equal("/nowhere/x.pcap: cannot read the capture file: ENOENT (no such file or directory)", e.Message);
    }

    private static (List<CapturedPacket> Packets, string? Message) Read(byte[] file)
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "sample");
        File.WriteAllBytes(path, file);
        return SampleFiles.Read(path);
    }
}
