using System.Diagnostics;
using Mono.Unix.Native;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Files;
using Zones.Tests.Network.Snoop.Files;
using Zones.Tests.Support;

namespace Zones.Tests.Network.Snoop.Command;

/// <summary>Files that <c>zone snoop</c> reads and writes, and what may be wrong with them.</summary>
public sealed class CommandFileTests : IDisposable
{
    private readonly ZoneCli _zone = new("/nonexistent");
    private readonly TemporaryDirectory _directory = new();
    private readonly string _file;
    private readonly byte[] _frame = Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.5", "10.7.0.1", 17, Frames.Udp(1, 2, new byte[100])));

    public CommandFileTests()
    {
        _file = Path("a.pcap");
        using CaptureFileWriter writer = CaptureFileWriter.Create(_file);
        writer.Write(new CapturedPacket(1, _frame, _frame.Length, LinkType.Ethernet));
        writer.Write(new CapturedPacket(2, _frame, _frame.Length, LinkType.Ethernet));
    }

    [Fact]
    public async Task The_file_that_is_read_is_not_emptied_by_writing_it()
    {
        File.CreateSymbolicLink(Path("link.pcap"), _file);
        byte[] before = await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken);
        foreach (string name in new[] { _file, Path("link.pcap"), Path("./a.pcap") })
        {
            Assert.Equal($"zone: -o: {name} is the file that is read; write to another", await _zone.FailAsync(2, "snoop", "-i", _file, "-o", name));
        }

        CommandResult piped = await _zone.ShellAsync($"zone snoop -i - -o '{_file}' < '{_file}'");
        Assert.Equal((2, $"zone: -o: {_file} is the file that is read; write to another"), (piped.Code, piped.Complaint()));
        Assert.Equal(before, await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Packets_of_a_file_are_kept_as_short_as_those_of_a_link()
    {
        Assert.Equal("", await _zone.OkAsync("snoop", "-i", _file, "-s", "60", "-o", Path("short.pcap"), "udp", "port", "2"));
        Assert.Equal([(60, _frame.Length), (60, _frame.Length)], SampleFiles.Read(Path("short.pcap")).Packets.Select(packet => (packet.Data.Length, packet.OriginalLength)));
    }

    [Theory]
    [InlineData(2, "-o writes packets to a capture file and shows none, so there is nothing for --format", "-o", "new.pcap", "--format", "json")]
    [InlineData(2, "--srt: standard output cannot have the table and the packets", "-o", "-", "--srt")]
    [InlineData(1, "/dev/full: cannot write the capture file: ENOSPC", "-o", "/dev/full")]
    [InlineData(1, "/: cannot write the capture file: EISDIR", "-o", "/")]
    [InlineData(1, "/: cannot read the capture file: EISDIR", "-i", "/")]
    [InlineData(1, "/dev/zero: not a capture file", "-i", "/dev/zero")]
    public async Task Files_that_cannot_be_are_refused_in_a_line(int code, string complaint, params string[] arguments) =>
        Assert.StartsWith($"zone: {complaint}", await _zone.FailAsync(code, ["snoop", .. arguments[0] == "-i" ? Array.Empty<string>() : ["-i", _file], .. arguments]));

    [Fact]
    public async Task A_reader_that_has_seen_enough_is_no_error()
    {
        using (CaptureFileWriter writer = CaptureFileWriter.Create(Path("long.pcap")))
        {
            for (int i = 0; i < 20_000; i++)
            {
                writer.Write(new CapturedPacket(i, _frame, _frame.Length, LinkType.Ethernet));
            }
        }

        foreach (string output in new[] { "-o -", "" })
        {
            CommandResult result = await _zone.ShellAsync($"{{ zone snoop -i '{Path("long.pcap")}' {output}; echo $? >&2; }} | head -c 10");
            Assert.Equal("0\n", result.Error);
        }
    }

    [Theory]
    [InlineData(Signum.SIGINT, "-i", "fifo")]
    [InlineData(Signum.SIGTERM, "-i", "fifo")]
    [InlineData(Signum.SIGINT, "-i", "a.pcap", "-o", "fifo")]
    [InlineData(Signum.SIGTERM, "-i", "a.pcap", "-o", "fifo")]
    public async Task A_named_pipe_that_nobody_else_opens_is_waited_for_until_a_signal(Signum signal, params string[] arguments)
    {
        Assert.Equal(0, Syscall.mkfifo(Path("fifo"), FilePermissions.S_IRUSR | FilePermissions.S_IWUSR));
        using Process snoop = _zone.Start(["snoop", .. arguments.Select(word => word.StartsWith('-') ? word : Path(word))]);

        // When it waits is not told; the signal ends it at any time.
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        Assert.Equal(0, Syscall.kill(snoop.Id, signal));
        await snoop.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal("", await snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", await snoop.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_named_pipe_is_read_when_somebody_writes_it()
    {
        Assert.Equal(0, Syscall.mkfifo(Path("fifo"), FilePermissions.S_IRUSR | FilePermissions.S_IWUSR));
        using Process snoop = _zone.Start("snoop", "-r", "-i", Path("fifo"));
        await using (FileStream pipe = new(Path("fifo"), FileMode.Open, FileAccess.Write))
        {
            await pipe.WriteAsync(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, (await snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Count(c => c == '\n'));
        await snoop.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, snoop.ExitCode);
    }

    [Theory]
    [InlineData("\u001b[31m\u009b\u007f", @"\x1b[31m\x9b\x7f")]
    [InlineData("abc\u202efdp\u2066\u2028", @"abc\u202efdp\u2066\u2028")]
    public async Task Names_of_others_give_a_terminal_no_orders(string name, string shown)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        byte[] xdr = [0, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, (byte)bytes.Length, .. bytes, .. new byte[-bytes.Length & 3]];
        byte[] lookup = Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.5", "10.7.0.1", 17, Frames.Udp(1, 2049, [.. Frames.RpcCall(1, 100003, 3, 3), .. xdr])));
        using (CaptureFileWriter writer = CaptureFileWriter.Create(Path("names.pcap")))
        {
            writer.Write(new CapturedPacket(1, lookup, lookup.Length, LinkType.Ethernet));
        }

        Assert.EndsWith($" {shown}\n", await _zone.OkAsync("snoop", "-i", Path("names.pcap")));
        Assert.Contains($"File name = {shown}\n", await _zone.OkAsync("snoop", "-v", "-i", Path("names.pcap")));
    }

    public void Dispose() => _directory.Dispose();

    private string Path(string name) => System.IO.Path.Combine(_directory.Path, name);
}
