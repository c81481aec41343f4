using System.Diagnostics;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Tests.Network.Snoop.Files;
using Zones.Tests.Network.Support;
using Zones.Tests.Support;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>What tcpdump wrote of a link while something went over it.</summary>
internal sealed class Recording : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _tcpdump;
    private readonly Task<string> _ready;

    private Recording(string link, string filter, NetworkNamespace? inside)
    {
        // Room for more than the 8 packets of the default, which loses some on a busy machine.
        string[] arguments = ["-i", link, "-w", Path, "-U", "--immediate-mode", "-Z", "root", "-s", "70000", "-B", "65536", filter];
        _tcpdump = inside?.Start("tcpdump", arguments)
            ?? Process.Start(new ProcessStartInfo("tcpdump", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ready = Task.Run(() => _tcpdump.StandardError.ReadLine() ?? "");
    }

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(_directory.Path, "recording.pcap");

    /// <summary>Begins; tcpdump listens when it is done.</summary>
    public static async Task<Recording> StartAsync(string link, string filter, NetworkNamespace? inside = null)
    {
        Recording recording = new(link, filter, inside);
        string line = await recording._ready;
        Assert.Contains("listening on", line);
        return recording;
    }

    /// <summary>Ends when what was waited for is in the file.</summary>
    public async Task StopAsync(Func<IReadOnlyList<DecodedPacket>, bool> complete)
    {
        try
        {
            await Eventually.TrueAsync(() => complete(Decode(Path)), "tcpdump did not see it all");
        }
        catch (Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Decode(Path).SelectMany(packet => packet.Summaries)));
            throw;
        }

        _tcpdump.Kill();
        await _tcpdump.WaitForExitAsync();
    }

    /// <summary>The packets of a file as they are, whether it is still being written or not.</summary>
    public static List<CapturedPacket> Read(string path) => SampleFiles.Read(path).Packets;

    /// <summary>The packets of a file taken apart.</summary>
    public static List<DecodedPacket> Decode(string path, AddressNames? names = null)
    {
        PacketDecoder decoder = new(names);
        return [.. Read(path).Select(packet => decoder.Decode(packet))];
    }

    public void Dispose()
    {
        if (!_tcpdump.HasExited)
        {
            _tcpdump.Kill();
            _tcpdump.WaitForExit();
        }

        _tcpdump.Dispose();
        _directory.Dispose();
    }
}
