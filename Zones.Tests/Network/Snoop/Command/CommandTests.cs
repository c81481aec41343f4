using System.Diagnostics;
using System.Text.Json.Nodes;
using Zones.Tests.Network.Snoop.Decode;
using Zones.Tests.Network.Support;
using Zones.Tests.Support;

namespace Zones.Tests.Network.Snoop.Command;

/// <summary><c>zone snoop</c> as a process.</summary>
public sealed class CommandTests(NfsTraffic traffic) : IClassFixture<NfsTraffic>
{
    private readonly ZoneCli _zone = new("/nonexistent");

    [Fact]
    public async Task A_file_is_shown_a_line_a_packet_with_numbers_and_times()
    {
        string[] lines = (await _zone.OkAsync("snoop", "-i", traffic.Path, "-r")).TrimEnd('\n').Split('\n');
        Assert.Matches(@"^  1   0\.00000 127\.0\.0\.1 -> 127\.0\.0\.1  TCP D=\d+ S=\d+ Syn Seq=\d+ Len=0 Win=\d+ Options=<mss ", lines[0]);
        Assert.Contains(lines, line => line.Contains("127.0.0.1 -> 127.0.0.1  NFS C LOOKUP3 FH=") && line.EndsWith(" file", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(@" no\x1b[31m\x0asuch", StringComparison.Ordinal));
        Assert.Equal(Recording.Decode(traffic.Path).Sum(packet => packet.Summaries.Count()), lines.Length);
    }

    [Fact]
    public async Task Times_are_told_as_one_wants()
    {
        string[] relative = Times(await _zone.OkAsync("snoop", "-i", traffic.Path, "-t", "r"));
        Assert.Equal("0.00000", relative[0]);
        Assert.Equal(relative.Order(StringComparer.Ordinal), relative);
        Assert.All(Times(await _zone.OkAsync("snoop", "-i", traffic.Path, "-t", "a")), time => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{5}$", time));
        Assert.Equal(Times(await _zone.OkAsync("snoop", "-i", traffic.Path)), Times(await _zone.OkAsync("snoop", "-i", traffic.Path, "-t", "d")));
    }

    [Fact]
    public async Task Filters_and_counts_choose()
    {
        string[] lines = (await _zone.OkAsync("snoop", "-i", traffic.Path, "-c", "3", "rpc", "nfs")).TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("NFS C NULL3", lines[0]);
        Assert.DoesNotMatch("^  1 ", lines[0]);
        Assert.Equal("", await _zone.OkAsync("snoop", "-i", traffic.Path, "port", "1"));
    }

    [Fact]
    public async Task Packets_are_JSON_one_a_line()
    {
        JsonNode[] packets = [.. (await _zone.OkAsync("snoop", "-i", traffic.Path, "--format", "json")).TrimEnd('\n').Split('\n').Select(Json.Parse)];
        Assert.Equal(Enumerable.Range(1, packets.Length), packets.Select(packet => packet["number"]!.GetValue<int>()));
        JsonNode lookup = packets.SelectMany(packet => packet["layers"]!.AsArray()).First(layer => layer!["layer"]!.ToString() == "NFS" && layer["file-name"] is not null)!;
        Assert.Equal("file", lookup["file-name"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]+$", lookup["file-handle"]!.GetValue<string>());
    }

    [Fact]
    public async Task Response_times_stand_at_the_end()
    {
        string[] lines = (await _zone.OkAsync("snoop", "-i", traffic.Path, "--srt", "-q")).TrimEnd('\n').Split('\n');
        Assert.StartsWith("PROGRAM  VERSION  PROCEDURE", lines[0]);
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["NFS", "3", "WRITE", "2", _, _, _, _, "0", "0"]);
        JsonNode times = Json.Parse(await _zone.OkAsync("snoop", "-i", traffic.Path, "--srt", "-q", "--format", "json"));
        Assert.Equal(2, times["service-response-times"]!.AsArray().Single(one => one!["procedure-name"]!.ToString() == "WRITE")!["calls"]!.GetValue<int>());
    }

    [Fact]
    public async Task Layers_and_blocks_are_shown()
    {
        Assert.Contains("NFS:  ----- Sun NFS -----\nNFS:\nNFS:  Procedure = 3 (Look up file name)\n", await _zone.OkAsync("snoop", "-v", "-i", traffic.Path));
        string layers = await _zone.OkAsync("snoop", "-V", "-r", "-i", traffic.Path);
        Assert.Contains("________________________________\n", layers);
        Assert.Matches(@"127\.0\.0\.1  RPC C XID=\d+ PROG=100003 \(NFS\) VERS=3 PROC=3\n", layers);
    }

    [Fact]
    public async Task What_is_written_is_what_was_read()
    {
        using TemporaryDirectory directory = new();
        string copy = Path.Combine(directory.Path, "copy.pcapng");
        Assert.Equal("", await _zone.OkAsync("snoop", "-i", traffic.Path, "-o", copy));
        Assert.Equal(Recording.Read(traffic.Path).Select(packet => (packet.Time, Convert.ToHexString(packet.Data.Span))), Recording.Read(copy).Select(packet => (packet.Time, Convert.ToHexString(packet.Data.Span))));
        Assert.Equal(await _zone.OkAsync("snoop", "-i", traffic.Path), await _zone.OkAsync("snoop", "-i", copy));
    }

    [Fact]
    public async Task A_file_cut_short_shows_what_is_there_and_says_so()
    {
        using TemporaryDirectory directory = new();
        string cut = Path.Combine(directory.Path, "cut.pcap");
        byte[] bytes = await File.ReadAllBytesAsync(traffic.Path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cut, bytes[..5000], TestContext.Current.CancellationToken);
        CommandResult result = await _zone.RunAsync("snoop", "-i", cut, "--srt");
        Assert.Equal(1, result.Code);
        Assert.Contains("cut short", result.Complaint());
        Assert.Contains("NFS C NULL3", result.Output);
        Assert.Contains("PROGRAM  VERSION", result.Output);
    }

    [Theory]
    [InlineData(2, "-t: 'x' is not a way to tell time; allowed are r, a and d", "snoop", "-i", "f", "-t", "x")]
    [InlineData(2, "-c: 'many' is not a whole number", "snoop", "-i", "f", "-c", "many")]
    [InlineData(2, "-c: '0' is not a whole number from 1 to ", "snoop", "-i", "f", "-c", "0")]
    [InlineData(2, "-v shows everything and -V a line for each layer", "snoop", "-i", "f", "-v", "-V")]
    [InlineData(2, "name a zone (web1), a link", "snoop")]
    [InlineData(2, "'-x' is not an option of zone snoop", "snoop", "-x")]
    [InlineData(1, "/nonexistent/file: ", "snoop", "-i", "/nonexistent/file")]
    [InlineData(2, "filter, column ", "snoop", "-i", "/dev/null", "prot", "5")]
    [InlineData(2, "-i reads a capture file, and lo is a link; name it without -i", "snoop", "-i", "lo")]
    [InlineData(1, "nolink0: neither a zone nor a link of this host; 'zone list -c' shows the zones, 'ip link' the links", "snoop", "nolink0")]
    [InlineData(1, "web1/net0: there is no zone named web1; 'zone list -c' shows those that are", "snoop", "web1/net0")]
    public async Task What_cannot_be_meant_is_refused_in_a_line(int code, string complaint, params string[] arguments) =>
        Assert.StartsWith($"zone: {complaint}", await _zone.FailAsync(code, arguments));

    [Fact]
    public async Task A_link_is_shown_live_until_enough_is_seen()
    {
        using NetworkNamespace space = new();
        space.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        space.Run("ip", "link", "set", "v0", "up", "arp", "off", "addrgenmode", "none");
        space.Run("ip", "link", "set", "v1", "up", "arp", "off", "addrgenmode", "none");
        space.Run("ip", "address", "add", "10.7.0.1/24", "dev", "v0");
        using PacketSender sender = PacketSender.Open(space, "v1");
        using Process snoop = space.Start(ZoneCli.Path, "snoop", "--state", "/nonexistent", "-c", "2", "v0", "arp", "and", "host", "v0");
        Task<string> output = snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        // It is not told when the capture has begun.
        await Eventually.TrueAsync(() =>
        {
            sender.Send([Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.5", "10.7.0.1", 17, Frames.Udp(1, 2)))]);
            sender.Send([Frames.Ethernet(Frames.Arp, Frames.ArpBody("10.7.0.5", "10.7.0.1"), Frames.All)]);
            return snoop.HasExited;
        });
        Assert.Equal("10.7.0.5 -> (broadcast)  ARP C Who is 10.7.0.1, v0 ?\n10.7.0.5 -> (broadcast)  ARP C Who is 10.7.0.1, v0 ?\n", await output);
        Assert.Equal(0, snoop.ExitCode);
    }

    [Fact]
    public async Task A_zones_own_links_are_shown_by_its_name_and_theirs()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("web1"));
        ZoneCli zone = new(test.State);
        Assert.StartsWith("zone: nolink0: ", await zone.FailAsync(1, "snoop", "web1/nolink0"));
        using Process snoop = zone.Start("snoop", "-r", "-c", "1", "web1/lo", "udp", "port", "9");
        Task<string> output = snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () =>
        {
            await zone.RunAsync("exec", "web1", "--", "/bin/bash", "-c", "echo hello > /dev/udp/127.0.0.1/9");
            return snoop.HasExited;
        });
        Assert.Matches(@"^127\.0\.0\.1 -> 127\.0\.0\.1  UDP D=9 S=\d+ LEN=14\n$", await output);
    }

    [Fact]
    public async Task A_zone_that_halts_ends_its_capture_and_says_so()
    {
        await using TestHost test = new();
        Zone web = await test.RunningAsync(TestHost.Spec("web1"));
        ZoneCli zone = new(test.State);
        using Process snoop = zone.Start("snoop", "-r", "web1", "udp", "port", "9");
        Task<string?> line = snoop.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        await Eventually.TrueAsync(async () =>
        {
            await zone.RunAsync("exec", "web1", "--", "/bin/bash", "-c", "echo hello > /dev/udp/127.0.0.1/9");
            return line.IsCompleted;
        });
        await web.HaltAsync(TestContext.Current.CancellationToken);
        Assert.Equal("zone: the zone halted; the capture ends\n", await snoop.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await snoop.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, snoop.ExitCode);
    }

    [Fact]
    public async Task A_signal_ends_a_capture_whose_figures_and_file_are_whole()
    {
        using NetworkNamespace space = new();
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "live.pcap");
        space.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        space.Run("ip", "link", "set", "v0", "up", "arp", "off", "addrgenmode", "none");
        space.Run("ip", "link", "set", "v1", "up", "arp", "off", "addrgenmode", "none");
        using PacketSender sender = PacketSender.Open(space, "v1");
        using Process snoop = space.Start(ZoneCli.Path, "snoop", "--state", "/nonexistent", "--srt", "-o", file, "v0", "udp");
        Task<string> output = snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() =>
        {
            sender.Send([Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.5", "10.7.0.1", 17, Frames.Udp(1, 2049, Frames.RpcCall(1, 100003, 3, 0))))]);
            return File.Exists(file) && Recording.Read(file).Count > 0;
        });
        Assert.Equal(0, Mono.Unix.Native.Syscall.kill(snoop.Id, Mono.Unix.Native.Signum.SIGTERM)); // SIGINT is ignored in what a shell has put into the background
        await snoop.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, snoop.ExitCode);
        Assert.Matches(@"NFS +3  NULL +1 .* \d+ +1\n$", await output);
        Assert.NotEmpty(Recording.Read(file));
    }

    private static string[] Times(string output) => [.. output.TrimEnd('\n').Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
}
