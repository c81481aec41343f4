using Zones.Tests.Consoles;
using Zones.Tests.Copying;
using Zones.Tests.Recovery;
using static Zones.Tests.Served.ServeSweep;

namespace Zones.Tests.Served;

/// <summary>The serving process killed at one system call after the other while somebody is in a zone by it, or moves files: nobody stays inside, no half a file
/// has a file's name, and whoever comes next does the same.</summary>
public sealed class SessionDeathTests : IDisposable
{
    private static readonly ExecRequest s_command = new(["sh", "-c", "cat; echo said"]) { StandardInput = "heard\n" };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task Exec() => SweepAsync(RunningAsync, host => host.ExecAsync("z1", s_command), async host =>
    {
        await AssertNobodyIsInsideAsync(host);
        Assert.Equal("heard\nsaid\n", (await host.ExecAsync("z1", s_command)).StandardOutput);
    });

    [Fact]
    public Task Exec_on_a_terminal() => SweepAsync(
        RunningAsync,
        async host =>
        {
            await using ZoneProcess process = await host.StartAsync("z1", new ExecRequest(["sh", "-c", "read line; echo said $line"]) { Io = ExecIo.Terminal });
            await process.Terminal!.WriteAsync("hello\n"u8.ToArray());
            await new StreamReader(process.Terminal).ReadToEndAsync();
            await process.WaitAsync();
        },
        AssertNobodyIsInsideAsync);

    /// <summary>Whoever comes next may type.</summary>
    [Fact]
    public Task Console() => SweepAsync(
        host => RunningAsync(host, Scenes.Script("echo up; while read line; do echo got $line; done") with { Console = true }),
        async host =>
        {
            await using ZoneConsole console = await host.OpenConsoleAsync("z1");
            await console.Input!.WriteAsync("hello\n"u8.ToArray());
            using StreamReader shown = new(console.Output);
            while (await shown.ReadLineAsync() is { } line && line != "got hello")
            {
            }
        },
        async host =>
        {
            await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(await host.GetAsync("z1"));
            Assert.Null(screen.Console.Writer);
            await screen.TypeAsync("again\n");
            await screen.SeesAsync("got again");
        });

    [Fact]
    public Task Copy_in()
    {
        _directory.File("tree/a", new string('a', 100_000));
        _directory.File("tree/sub/b", "b");
        return SweepAsync(RunningAsync, host => host.CopyInAsync("z1", _directory.Path + "/tree", "/srv"), async host =>
        {
            await AssertNobodyIsInsideAsync(host);
            Zone zone = await host.GetAsync("z1");
            string files = await zone.ShellAsync("find /srv -type f ! -path '*/.zone-cp-*' -printf '%f %s\\n'");
            Assert.Empty(files.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except(["a 100000", "b 1"]));
            await host.CopyInAsync("z1", _directory.Path + "/tree", "/srv");
            Assert.Equal("100000\n1", await zone.ShellAsync("stat -c %s /srv/tree/a /srv/tree/sub/b"));
        });
    }

    [Fact]
    public Task Copy_out()
    {
        string place = _directory.Path + "/place";
        return SweepAsync(
            WithTreeAsync,
            host => host.CopyOutAsync("z1", "/srv/tree", place),
            async host =>
            {
                await AssertNobodyIsInsideAsync(host);
                foreach (string file in Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/.zone-cp-", StringComparison.Ordinal)))
                {
                    Assert.Equal(Path.GetFileName(file) == "a" ? 100_000 : 2, new FileInfo(file).Length);
                }

                foreach (string entry in Directory.GetDirectories(_directory.Path))
                {
                    Directory.Delete(entry, recursive: true);
                }

                await host.CopyOutAsync("z1", "/srv/tree", place);
                Assert.Equal((100_000, "b\n"), (new FileInfo(place + "/a").Length, await File.ReadAllTextAsync(place + "/sub/b")));
                Directory.Delete(place, recursive: true);
            });
    }

    [Fact]
    public async Task Copy_in_of_an_archive()
    {
        byte[] packed = await ArchiveTests.TarAsync(["-c", "-C", TestHost.BinDirectory, "zoned"]);
        await SweepAsync(
            RunningAsync,
            host => host.CopyInAsync("z1", new MemoryStream(packed), "/srv"),
            async host =>
            {
                await AssertNobodyIsInsideAsync(host);
                Assert.Contains(
                    (await host.ExecAsync("z1", new ExecRequest(["sh", "-c", "ls -A /srv | grep -v '^[.]zone-cp-'; test ! -e /srv/zoned || stat -c %s /srv/zoned"]))).StandardOutput,
                    (string[])["", $"zoned\n{new FileInfo(TestHost.BinDirectory + "/zoned").Length}\n"]);
            });
    }

    [Fact]
    public Task Copy_out_as_an_archive() => SweepAsync(WithTreeAsync, host => host.CopyOutAsync("z1", "/srv/tree", Stream.Null), async host =>
    {
        await AssertNobodyIsInsideAsync(host);
        Assert.Equal(2, (await host.CopyOutAsync("z1", "/srv/tree", Stream.Null)).Files);
    });

    private static async Task WithTreeAsync(IZoneHost host)
    {
        await RunningAsync(host);
        await (await host.GetAsync("z1")).ShellAsync("mkdir -p /srv/tree/sub; head -c 100000 /dev/zero >/srv/tree/a; echo b >/srv/tree/sub/b");
    }

    private static Task AssertNobodyIsInsideAsync(IZoneHost host) =>
        Eventually.TrueAsync(async () => (await host.StatAsync("z1")).Processes == 1, "a process of the dead server's client is left inside");
}
