using Zones.Hosting;
using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Change;

/// <summary>Changing specs of zones in their several states.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task A_zone_that_is_not_up_has_its_new_spec_at_once()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        ZoneChange change = await zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Hostname = "other", Attr = new() { ["tenant"] = "acme" } });
        Assert.Equal(["+ hostname: other", "+ max-processes: 20", "+ attr.tenant: acme"], change.Applied.Select(one => one.ToString()));
        Assert.Empty(change.Pending);
        ZoneEvent told = Assert.Single(await test.Host.EventsAsync("changed"));
        Assert.Equal("+ hostname: other; + max-processes: 20; + attr.tenant: acme", told.Detail);
        await zone.BootAsync();
        Assert.Equal("other", await zone.ShellAsync("uname -n"));
        Assert.Empty((await zone.InfoAsync()).Pending);
    }

    [Fact]
    public async Task What_a_running_zone_cannot_take_waits_for_its_next_boot_and_is_told_until_then()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Env = new() { ["A"] = "1" } });
        ZoneChange change = await zone.UpdateAsync(spec => spec with { Hostname = "other", Env = new() { ["A"] = "2" }, BootPriority = 70, Attr = new() { ["tenant"] = "acme" }, CappedMemory = new() { Locked = DataSize.KiB(64) } });
        Assert.Equal(["boot-priority", "attr.tenant"], change.Applied.Select(one => one.Property));
        Assert.Equal(["env.A", "hostname", "capped-memory.locked"], change.Pending.Select(one => one.Property));
        Assert.All(change.Pending, one => Assert.Equal("taken at the next boot", one.Waits));
        await test.ReopenAsync();
        zone = await test.Host.GetAsync("z1");
        ZoneInfo info = await zone.InfoAsync();
        Assert.Equal(change.Pending, info.Pending);
        Assert.Equal("other", info.Spec.Hostname);

        // Commands inside are those of the zone that runs.
        Assert.Equal("z1 1", await zone.ShellAsync("echo $(uname -n) $A"));
        change = await zone.UpdateAsync(spec => spec with { Env = new() { ["A"] = "1" } });
        Assert.Equal(["hostname", "capped-memory.locked"], change.Pending.Select(one => one.Property));
        await zone.RebootAsync();
        Assert.Equal("other 1", await zone.ShellAsync("echo $(uname -n) $A"));
        Assert.Empty((await zone.InfoAsync()).Pending);
    }

    /// <summary>Rules of the firewall that name attributes took them at the zone's boot.</summary>
    [Fact]
    public void Attributes_of_a_zone_with_links_wait_for_its_next_boot()
    {
        ZoneSpec now = TestHost.Spec() with { Anet = [new Anet("net0")] };
        ZoneSpec wanted = now with { Attr = new() { ["tenant"] = "acme" }, Autoboot = true };
        LiveSpec live = LiveSpec.Of(now, wanted, Zones.Cgroups.CgroupLayout.Detect());
        Assert.True(live.InForce.Autoboot);
        PropertyChange waiting = Assert.Single(live.Pending(wanted));
        Assert.Equal("attr.tenant", waiting.Property);
        Assert.Contains("firewall", waiting.Waits, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_that_restarts_by_itself_takes_its_new_spec()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("while ! test -e /var/go; do sleep 0.05; done; rm /var/go; exit 3") with { Restart = RestartPolicy.Always });
        int before = await zone.PidAsync();
        await zone.UpdateAsync(spec => spec with { Hostname = "other" });
        await zone.ShellAsync("touch /var/go");
        await zone.UntilBootedAgainAsync(before);
        Assert.Equal("other", await zone.ShellAsync("uname -n"));
        Assert.Empty((await zone.InfoAsync()).Pending);
        await zone.HaltAsync();
    }

    [Fact]
    public async Task A_ready_zone_is_made_ready_anew()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await zone.ReadyAsync();
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Hostname = "other" });
        Assert.Equal(ZoneState.Ready, (await zone.InfoAsync()).State);
        await zone.BootAsync();
        Assert.Equal("20 other", await zone.LimitAsync("pids", "pids.max") + " " + await zone.ShellAsync("uname -n"));
        Assert.Empty((await zone.InfoAsync()).Pending);
    }

    [Theory]
    [InlineData("brand")]
    [InlineData("zonepath")]
    [InlineData("root.type")]
    [InlineData("root.source")]
    [InlineData("security.user-namespace")]
    [InlineData("security.id-base")]
    public async Task What_the_files_of_an_installed_zone_were_made_from_stays(string property)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        ZoneSpec before = (await zone.InfoAsync()).Spec;
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.UpdateAsync(Changed));
        Assert.Equal(property, error.Problems[0].Property);
        Assert.Contains("uninstall the zone first", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await zone.InfoAsync()).Spec);
        await zone.UninstallAsync();
        if (property != "brand")
        {
            await zone.UpdateAsync(Changed);
            Assert.Equal(Changed(before), (await zone.InfoAsync()).Spec);
        }

        ZoneSpec Changed(ZoneSpec spec) => property switch
        {
            "brand" => spec with { Brand = ZoneBrand.Domain },
            "zonepath" => spec with { Zonepath = Path.Combine(test.State, "elsewhere") },
            "root.type" => spec with { Root = spec.Root with { Type = RootType.Whole } },
            "root.source" => spec with { Root = ZoneRoot.Directory("/usr") },
            "security.user-namespace" => spec with { Security = new() { UserNamespace = false } },
            _ => spec with { Security = new() { IdBase = 1 << 24 } },
        };
    }

    [Fact]
    public async Task A_zone_keeps_its_name()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.UpdateAsync(spec => spec with { Zone = "z2" }));
        Assert.StartsWith("zone: 'z2': a zone keeps its name; create another one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_zonepath_of_a_configured_zone_may_be_nobodys()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("other"));
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        ZoneException error = await Assert.ThrowsAsync<ZoneException>(() => zone.UpdateAsync(spec => spec with { Zonepath = Path.Combine(test.State, "zones/other/in") }));
        Assert.Contains("is in the zonepath of other", error.Message, StringComparison.Ordinal);
        await zone.UpdateAsync(spec => spec with { Zonepath = Path.Combine(test.State, "elsewhere") });
        Assert.Equal(Path.Combine(test.State, "elsewhere"), (await zone.InfoAsync()).Zonepath);
        await zone.InstallAsync();
        Assert.True(Directory.Exists(Path.Combine(test.State, "elsewhere/root")));
    }

    [Fact]
    public async Task A_spec_that_could_not_boot_is_none_for_a_running_zone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/x", "/nonexistent")] }));
        Assert.Equal("fs[0].special", Assert.Single(error.Problems).Property);
        Assert.Empty((await zone.InfoAsync()).Spec.Fs);
        await Assert.ThrowsAsync<ZoneSpecException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = -1 }));
    }

    /// <summary>Each adds its own name; who loses the race for the lock looks again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_changes_at_once_none_is_lost(bool running)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        if (running)
        {
            await zone.BootAsync();
        }

        await using IZoneHost other = test.Open();
        Zone same = await other.GetAsync("z1");
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"n{i:D2}")];
        await Task.WhenAll(names.Select((name, i) => (i % 2 == 0 ? zone : same).UpdateAsync(spec => spec with { Attr = new(spec.Attr) { [name] = "x" }, MaxProcesses = 100 + i })));
        ZoneInfo info = await zone.InfoAsync();
        Assert.Equal(names, info.Spec.Attr.Keys);
        if (running)
        {
            Assert.Equal($"{info.Spec.MaxProcesses}", await zone.LimitAsync("pids", "pids.max"));
        }
    }

    [Fact]
    public async Task Who_has_seen_another_spec_changes_nothing()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        ZoneSpec seen = (await zone.InfoAsync()).Spec;
        await zone.UpdateAsync(spec => spec with { Hostname = "a" });
        ZoneException error = await Assert.ThrowsAsync<ZoneException>(() => test.Host.UpdateAsync("z1", seen with { Hostname = "b" }, seen));
        Assert.True(error.IsTransient);
        Assert.Equal("a", (await zone.InfoAsync()).Spec.Hostname);
        await test.Host.UpdateAsync("z1", seen with { Hostname = "b" });
        Assert.Equal("b", (await zone.InfoAsync()).Spec.Hostname);
    }
}
