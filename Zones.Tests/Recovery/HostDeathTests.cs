using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>The process that works on several zones at once, or sits in one, killed at one system call after the other: no zone is in a state between, and
/// who does the same again finishes it.</summary>
public sealed class HostDeathTests : IDisposable
{
    /// <summary>The calls that change something that others see.</summary>
    private static readonly string[] s_calls =
    [
        "sendmsg", "recvmsg", "connect", "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat2", "symlinkat", "fchownat", "open_tree", "ftruncate", "pidfd_send_signal",
    ];

    /// <summary>Of the catalogue, and of files.</summary>
    private static readonly string[] s_writes = ["pwrite64", "write"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>A set with a zone that is changed, one that is made and one that is in it no more. Twelve steps where nothing is in the way: the removal of the lock, one write of
    /// the plan, and ten of the catalogue's writes, of which the tenth is the 23rd. How many there are is a matter of which of SQLite's pages hold the rows: with 22 there is
    /// a step less.</summary>
    [Fact]
    public Task Apply()
    {
        _directory.File("z1.yaml", "zone: z1\nmax-processes: 50\n");
        _directory.File("z2.yaml", "zone: z2\n");
        return SweepAsync(
            10,
            ["apply", "-f", _directory.Path, "--prune", "-y"],
            async host => await host.ApplyAsync(await host.PlanAsync(new([TestHost.Spec(), TestHost.Spec("z3")]) { Set = _directory.Path })),
            async host =>
            {
                ApplyPlan rest = await host.PlanAsync(new([TestHost.Spec() with { MaxProcesses = 50 }, TestHost.Spec("z2")]) { Set = _directory.Path + "/", Prune = true });
                Assert.Empty((await host.ApplyAsync(rest)).Failures);
                Assert.Equal(["z1", "z2"], (await host.ListAsync()).Select(zone => zone.Name));
                Assert.Equal(50, (await host.InfoAsync("z1")).Spec.MaxProcesses);
            });
    }

    [Fact]
    public Task Autoboot() => SweepAsync(20, ["autoboot"], DependentAsync, async host => Assert.Equal(["z2", "z1"], (await host.AutobootAsync()).Done));

    [Fact]
    public Task Autoshutdown() => SweepAsync(
        20,
        ["autoboot", "--stop"],
        async host =>
        {
            await DependentAsync(host);
            await host.AutobootAsync();
        },
        async host =>
        {
            Assert.Empty((await host.AutoshutdownAsync()).Failed);
            Assert.All(await host.ListAsync(), zone => Assert.Equal(ZoneState.Installed, zone.State));
        });

    /// <summary>A file is there whole or not at all, and nobody is left inside.</summary>
    [Fact]
    public Task Copy_into_a_zone()
    {
        _directory.File("tree/a", new string('a', 100_000));
        _directory.File("tree/sub/b", "b");
        return SweepAsync(20, ["cp", _directory.Path + "/tree", "z1:/srv"], RunningAsync, async host =>
        {
            Zone zone = await host.GetAsync("z1");
            await Eventually.TrueAsync(async () => (await zone.StatAsync()).Processes == 1, "a process of the copy is left inside");
            Assert.Equal("", await zone.ShellAsync("cd /srv; for file in $(find tree -type f 2>/dev/null); do case $(stat -c '%n %s' $file) in 'tree/a 100000'|'tree/sub/b 1'|*/.zone-cp-*) ;; *) stat -c '%n %s' $file ;; esac; done"));
        });
    }

    [Fact]
    public Task Copy_out_of_a_zone()
    {
        string place = _directory.Path + "/place";
        return SweepAsync(
            15,
            ["cp", "z1:/srv/tree", place],
            async host =>
            {
                await RunningAsync(host);
                await (await host.GetAsync("z1")).ShellAsync("mkdir -p /srv/tree/sub; head -c 100000 /dev/zero >/srv/tree/a; echo b >/srv/tree/sub/b");
            },
            async host =>
            {
                Zone zone = await host.GetAsync("z1");
                await Eventually.TrueAsync(async () => (await zone.StatAsync()).Processes == 1, "a process of the copy is left inside");
                foreach (string file in Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/.zone-cp-", StringComparison.Ordinal)))
                {
                    Assert.Equal(Path.GetFileName(file) == "a" ? 100_000 : 2, new FileInfo(file).Length);
                }

                foreach (string entry in Directory.GetDirectories(_directory.Path))
                {
                    Directory.Delete(entry, recursive: true);
                }
            });
    }

    /// <summary>Whoever comes next may type.</summary>
    [Fact]
    public Task Console() => SweepAsync(
        3,
        ["console", "z1"],
        async host =>
        {
            await host.CreateAsync(TestHost.Spec() with { Console = true, Init = ["/bin/sh", "-c", "echo up; while read line; do echo got $line; done"] });
            await host.InstallAsync("z1");
            await host.BootAsync("z1");
        },
        async host =>
        {
            await using Consoles.ConsoleScreen screen = await Consoles.ConsoleScreen.OpenAsync(await host.GetAsync("z1"));
            Assert.Null(screen.Console.Writer);
            await screen.TypeAsync("hello\n");
            await screen.SeesAsync("got hello");
        });

    /// <param name="least">How many steps there are at least.</param>
    /// <param name="words">Arguments of the command.</param>
    /// <param name="prepare">Brings the zones from nothing to where the command begins.</param>
    /// <param name="check">What must hold after a death.</param>
    private static async Task SweepAsync(int least, string[] words, Func<IZoneHost, Task> prepare, Func<IZoneHost, Task> check)
    {
        await using TestHost test = new();
        KillSweep sweep = new(s_calls, s_writes);
        while (!sweep.IsOver)
        {
            await prepare(test.Host);
            await new ZoneCli(test.State).RunKilledAsync(sweep, words);
            await test.ReopenAsync();
            await test.Host.RecoverAsync();

            // One that was to be asked to end, and was not, rests in shutting_down.
            foreach (ZoneInfo zone in (await test.Host.ListAsync()).Where(zone => zone.State != ZoneState.ShuttingDown))
            {
                await Scenes.AssertRightAsync(test, zone.Name);
            }

            await check(test.Host);
            foreach (ZoneInfo zone in await test.Host.ListAsync())
            {
                await Scenes.AssertRightAsync(test, zone.Name);
                await test.Host.DeleteAsync(zone.Name, force: true);
                Assert.False(Directory.Exists(zone.Zonepath), "its private files are left");
            }
        }

        Assert.InRange(sweep.Kills, least, int.MaxValue);
    }

    private static async Task RunningAsync(IZoneHost host)
    {
        await host.CreateAsync(TestHost.Spec());
        await host.InstallAsync("z1");
        await host.BootAsync("z1");
    }

    private static async Task DependentAsync(IZoneHost host)
    {
        await host.CreateAsync(TestHost.Spec() with { Autoboot = true, DependsOn = ["z2"] });
        await host.InstallAsync("z1");
        await host.CreateAsync(TestHost.Spec("z2"));
        await host.InstallAsync("z2");
    }
}
