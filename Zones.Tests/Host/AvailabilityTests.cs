using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>unavailable: entered when something that a zone needs is not there, left when it is there again.</summary>
public sealed class AvailabilityTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>What is taken away and put back.</summary>
    public static TheoryData<string> Needs => ["root", "fs", "zonepath", "files"];

    [Theory]
    [MemberData(nameof(Needs))]
    public async Task A_zone_is_unavailable_from_a_boot_that_misses_something_until_the_next_verb_that_finds_it(string need)
    {
        await using TestHost test = new();
        (Zone zone, string path) = await InstalledAsync(test, need);
        Directory.Move(path, path + ".away");
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.BootAsync());
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
        Assert.Contains(await test.Host.EventsAsync("state"), e => (e.From, e.To) == (ZoneState.Installed, ZoneState.Unavailable) && e.Detail == error.Problems[0].ToString());
        foreach (Func<Task> verb in (Func<Task>[])[() => zone.BootAsync(), () => zone.ReadyAsync(), () => zone.HaltAsync(), () => zone.DetachAsync(), () => zone.CloneAsync("clone")])
        {
            ZoneStateException refused = await Assert.ThrowsAsync<ZoneStateException>(verb);
            Assert.Equal(ZoneState.Unavailable, refused.State);
        }

        Assert.Contains(error.Problems[0].Message, (await Assert.ThrowsAsync<ZoneStateException>(() => zone.BootAsync())).Message, StringComparison.Ordinal);

        // What needs none of it is not told of it.
        Assert.Contains("uninstall it first", (await Assert.ThrowsAsync<ZoneStateException>(() => zone.DeleteAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("already installed", (await Assert.ThrowsAsync<ZoneStateException>(() => zone.InstallAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, (await Assert.ThrowsAsync<ZoneSpecException>(() => zone.MarkAsync(ZoneState.Installed))).Message);
        Directory.Move(path + ".away", path);
        await zone.BootAsync();
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
        Assert.Contains(await test.Host.EventsAsync("state"), e => (e.From, e.To) == (ZoneState.Unavailable, ZoneState.Installed) && e.Detail == "what was missing is there again");
    }

    [Fact]
    public async Task Recovery_and_autoboot_find_what_is_missing_and_what_came_back()
    {
        await using TestHost test = new();
        (Zone zone, string path) = await InstalledAsync(test, "fs");
        Directory.Move(path, path + ".away");
        await test.Host.RecoverAsync();
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
        Directory.Move(path + ".away", path);
        await test.Host.RecoverAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);

        Directory.Move(path, path + ".away");
        AutobootReport report = await test.Host.AutobootAsync();
        Assert.Equal("z1", Assert.Single(report.Failed).Zone);
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
        Directory.Move(path + ".away", path);
        Assert.Equal(["z1"], (await test.Host.AutobootAsync()).Done);
    }

    [Fact]
    public async Task A_device_that_is_gone_makes_a_zone_unavailable()
    {
        string node = $"/dev/zones-test-{Guid.NewGuid():N}";
        await using TestHost test = new();
        MakeNode(node);
        try
        {
            Zone zone = await test.InstalledAsync(TestHost.Spec() with { Device = [new(node)] });
            File.Delete(node);
            await Assert.ThrowsAsync<ZoneSpecException>(() => zone.ReadyAsync());
            Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
            MakeNode(node);
            await zone.AttachAsync();
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        }
        finally
        {
            File.Delete(node);
        }
    }

    [Fact]
    public async Task What_is_marked_by_hand_stays_until_it_is_marked_otherwise()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await zone.MarkAsync(ZoneState.Unavailable);
        await test.Host.RecoverAsync();
        await Assert.ThrowsAsync<ZoneStateException>(() => zone.BootAsync());
        await zone.MarkAsync(ZoneState.Installed);
        await zone.BootAsync();
        await zone.HaltAsync();
        await zone.MarkAsync(ZoneState.Incomplete);
        await Assert.ThrowsAsync<ZoneStateException>(() => zone.BootAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => zone.MarkAsync(ZoneState.Running));
        await zone.UninstallAsync();
        await zone.InstallAsync();
    }

    [Fact]
    public async Task What_somebody_has_to_correct_does_not_make_a_zone_unavailable()
    {
        await using TestHost test = new();
        using TemporaryDirectory program = new();
        string path = program.File("profile.json", """{ "defaultAction": "SCMP_ACT_ALLOW" }""");
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Security = new() { Seccomp = path } });
        File.WriteAllText(path, "{");
        await Assert.ThrowsAsync<ZoneSpecException>(() => zone.BootAsync());
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    private async Task<(Zone Zone, string Path)> InstalledAsync(TestHost test, string need)
    {
        string root = _directory.Make("root"), data = _directory.Make("data");
        await SmallRoot.MakeAsync(root);
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Root = ZoneRoot.Directory(root), Fs = [new("/data", data)], Autoboot = true });
        string zonepath = (await zone.InfoAsync()).Zonepath;
        return (zone, need switch { "root" => root, "fs" => data, "zonepath" => zonepath, _ => zonepath + "/root" });
    }

    private static unsafe void MakeNode(string path)
    {
        const uint characterDevice = 0x2000, readWrite = 0x1B6, nullDevice = 0x103;
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            Assert.Equal(0, Wire.Kernel.Call(Wire.Linux.Mknodat, Wire.Linux.AT_FDCWD, (long)name, characterDevice | readWrite, nullDevice));
        }
    }
}
