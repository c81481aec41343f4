using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>The process that copies, moves, detaches or attaches a zone killed at one system call after the other: after each death the zone is as
/// before, incomplete, or done, and its files are there whole unless it is incomplete.</summary>
public sealed class PlacesDeathTests : IDisposable
{
    /// <summary>The calls that change something that others see.</summary>
    private static readonly string[] s_calls = ["mkdir", "mkdirat", "rename", "renameat2", "unlink", "unlinkat", "fsync", "syncfs", "linkat", "symlinkat", "write"];

    /// <summary>The catalogue's, and those that a copy makes once or more for each of its files, hundreds in all.</summary>
    private static readonly string[] s_sampled = ["pwrite64", "fchown", "utimensat", "copy_file_range"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task Clone() => SweepAsync(70, _ => ["clone", "copy", "z1"], async test =>
    {
        await AssertWholeAsync(test, "z1");
        if ((await test.Host.ListAsync()).FirstOrDefault(zone => zone.Name == "copy") is { } copy)
        {
            await Scenes.AssertRightAsync(test, "copy");
            Assert.Contains(copy.State, (ZoneState[])[ZoneState.Configured, ZoneState.Incomplete, ZoneState.Installed]);
            if (copy.State == ZoneState.Installed)
            {
                await AssertWholeAsync(test, "copy");
            }

            await test.Host.DeleteAsync("copy", force: true);
            Assert.False(Directory.Exists(copy.Zonepath), "a part of the copy is left");
        }
    });

    [Fact]
    public Task Move() => SweepAsync(10, _ => ["move", "z1", _directory.Path + "/z1"], test => AssertMovedAsync(test, _directory.Path + "/z1"));

    [Fact]
    public async Task Move_to_another_file_system()
    {
        using TemporaryMount mount = new("64m");
        string place = mount.Path + "/z1";
        await SweepAsync(120, _ => ["move", "z1", place], test => AssertMovedAsync(test, place));
    }

    [Fact]
    public Task Detach() => SweepAsync(11, _ => ["detach", "z1"], async test =>
    {
        ZoneInfo info = await test.Host.InfoAsync("z1");
        Assert.Contains(info.State, (ZoneState[])[ZoneState.Configured, ZoneState.Installed]);
        Assert.Equal(info.State == ZoneState.Configured, File.Exists(info.Zonepath + ".manifest"));
        if (info.State == ZoneState.Configured)
        {
            await test.Host.AttachAsync("z1");
        }

        await AssertWholeAsync(test, "z1");
    });

    [Fact]
    public Task Attach_with_other_ids() => SweepAsync(
        150,
        async test =>
        {
            await test.Host.DetachAsync("z1");
            await test.InstalledAsync(TestHost.Spec("taker"));
            return ["attach", "z1"];
        },
        async test =>
        {
            ZoneInfo info = await test.Host.InfoAsync("z1");
            Assert.Contains(info.State, (ZoneState[])[ZoneState.Configured, ZoneState.Installed]);
            Assert.Equal(info.State == ZoneState.Configured, File.Exists(info.Zonepath + ".manifest"));
            Assert.Equal(["root"], Directory.GetFileSystemEntries(info.Zonepath).Select(Path.GetFileName));
            if (info.State == ZoneState.Configured)
            {
                await test.Host.AttachAsync("z1");
            }

            await AssertWholeAsync(test, "z1");
            await test.Host.DeleteAsync("taker", force: true);
        });

    [Fact]
    public Task Mark() => SweepAsync(5, _ => ["mark", "z1", "unavailable"], async test =>
    {
        if ((await test.Host.InfoAsync("z1")).State == ZoneState.Unavailable)
        {
            await test.Host.MarkAsync("z1", ZoneState.Installed);
        }

        await AssertWholeAsync(test, "z1");
    });

    private static Task SweepAsync(int least, Func<TestHost, string[]> verb, Func<TestHost, Task> check) => SweepAsync(least, test => Task.FromResult(verb(test)), check);

    /// <param name="least">How many steps there are at least.</param>
    /// <param name="prepare">Goes on from an installed zone that has files of its own.</param>
    /// <param name="check">What must hold after a death, and what brings the zone back to installed.</param>
    private static async Task SweepAsync(int least, Func<TestHost, Task<string[]>> prepare, Func<TestHost, Task> check)
    {
        await using TestHost test = new();
        KillSweep sweep = new(s_calls, s_sampled);
        while (!sweep.IsOver)
        {
            Zone zone = await test.InstalledAsync(TestHost.Spec());
            string root = (await zone.InfoAsync()).Zonepath + "/root";
            await File.WriteAllTextAsync(root + "/srv/file", "mine");
            await File.WriteAllBytesAsync(root + "/var/lib/data", new byte[200_000]);
            string[] words = await prepare(test);
            await new ZoneCli(test.State).RunKilledAsync(sweep, words);
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            await Scenes.AssertRightAsync(test, "z1");
            await check(test);
            await test.Host.DeleteAsync("z1", force: true);
        }

        Assert.InRange(sweep.Kills, least, int.MaxValue);
    }

    private static async Task AssertMovedAsync(TestHost test, string place)
    {
        ZoneInfo info = await test.Host.InfoAsync("z1");
        string derived = Path.Combine(test.State, "zones", "z1");
        Assert.Contains(info.Zonepath, (string[])[place, derived]);
        Assert.Equal(info.Zonepath == place ? place : null, info.Spec.Zonepath);
        Assert.False(Directory.Exists(info.Zonepath == place ? derived : place), $"is at {info.Zonepath}, and something is left at the other place");
        await AssertWholeAsync(test, "z1");
    }

    private static async Task AssertWholeAsync(TestHost test, string name)
    {
        ZoneInfo info = await test.Host.InfoAsync(name);
        Assert.Equal(ZoneState.Installed, info.State);
        Assert.Equal("mine", await File.ReadAllTextAsync(info.Zonepath + "/root/srv/file"));
        Assert.Equal(200_000, new FileInfo(info.Zonepath + "/root/var/lib/data").Length);
        Assert.Equal(info.IdBase, FileStat.Owner(info.Zonepath + "/root/etc/passwd").User);
    }
}
