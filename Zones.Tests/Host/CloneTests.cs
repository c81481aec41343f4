using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>A zone made from a zone.</summary>
public class CloneTests
{
    [Fact]
    public async Task A_clone_has_the_files_of_its_source_under_ids_of_its_own_and_both_go_their_own_way()
    {
        await using TestHost test = new();
        Zone source = await test.RunningAsync(TestHost.Spec("source") with { Attr = new() { ["tenant"] = "acme" }, Hostname = "original", DependsOn = ["db"] });
        await source.ExecAsync(["sh", "-c", "echo kept >/srv/file && chown 33:33 /srv/file && echo 0123456789abcdef0123456789abcdef >/etc/machine-id && mkdir -p /var/lib/a/b && ln /srv/file /var/lib/a/b/second"]);
        await source.HaltAsync();

        Zone clone = await source.CloneAsync("clone");
        (ZoneInfo old, ZoneInfo made) = (await source.InfoAsync(), await clone.InfoAsync());
        Assert.Equal(ZoneState.Installed, made.State);
        Assert.NotEqual(old.Uuid, made.Uuid);
        Assert.NotEqual(old.IdBase, made.IdBase);
        Assert.Equal(old.Spec with { Zone = "clone", Hostname = null }, made.Spec);

        await clone.BootAsync();
        await source.BootAsync();
        ExecResult seen = await clone.ExecAsync(["sh", "-c", "cat /srv/file; stat -c '%u %g %h' /srv/file; stat -c %u /etc/passwd; cat /etc/hostname; hostname 2>/dev/null || uname -n; wc -c </etc/machine-id"]);
        Assert.Equal((0, "kept\n33 33 2\n0\nclone\nclone\n0\n"), (seen.ExitCode, seen.StandardOutput));
        await clone.ExecAsync(["sh", "-c", "echo changed >/srv/file"]);
        Assert.Equal("kept\n", (await source.ExecAsync(["cat", "/srv/file"])).StandardOutput);
        Assert.All(FileTree.Of(Path.Combine(made.Zonepath, "root")), path => Assert.InRange(FileStat.Owner(path).User, made.IdBase!.Value, made.IdBase!.Value + 65_535));
    }

    [Fact]
    public async Task A_whole_zone_is_cloned_with_its_layer()
    {
        await using TestHost test = new();
        using TemporaryDirectory root = new();
        await SmallRoot.MakeAsync(root.Path);
        ZoneSpec spec = TestHost.Spec("source") with { Root = ZoneRoot.Directory(root.Path) with { Type = RootType.Whole } };
        Zone source = await test.RunningAsync(spec);
        Assert.Equal(0, (await source.ExecAsync(["sh", "-c", "echo mine >/etc/own && perl -e 'unlink q(/usr/bin/uniq) or die'"])).ExitCode);
        await source.HaltAsync();
        Zone clone = await source.CloneAsync("clone");
        await clone.BootAsync();
        Assert.Equal("mine\ngone\n", (await clone.ExecAsync(["sh", "-c", "cat /etc/own; test -e /usr/bin/uniq || echo gone"])).StandardOutput);
    }

    [Fact]
    public async Task A_zone_that_is_configured_is_installed_by_a_clone_with_its_own_spec()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec("source"));
        Zone clone = await test.Host.CreateAsync(TestHost.Spec("clone") with { MaxProcesses = 50, Security = new() { UserNamespace = false } });
        await test.Host.CloneAsync("clone", "source");
        Assert.Equal((ZoneState.Installed, 50, null), ((await clone.InfoAsync()).State, (await clone.InfoAsync()).Spec.MaxProcesses, (await clone.InfoAsync()).IdBase));
        await clone.BootAsync();
        Assert.Equal("0\n", (await clone.ExecAsync(["stat", "-c", "%u", "/etc/passwd"])).StandardOutput);
    }

    [Fact]
    public async Task What_cannot_be_cloned_is_said_and_leaves_nothing()
    {
        await using TestHost test = new();
        Zone source = await test.Host.CreateAsync(TestHost.Spec("source"));
        ZoneStateException state = await Assert.ThrowsAsync<ZoneStateException>(() => source.CloneAsync("clone"));
        Assert.Equal("source: is configured, and a zone is cloned from one that is installed and halted; install it first", state.Message);
        await source.InstallAsync();
        await source.BootAsync();
        state = await Assert.ThrowsAsync<ZoneStateException>(() => source.CloneAsync("clone"));
        Assert.Equal("source: is running, and a zone is cloned from one that is installed and halted; halt it first", state.Message);
        await source.HaltAsync();
        await Assert.ThrowsAsync<ZoneException>(() => source.CloneAsync("source"));
        await Assert.ThrowsAsync<ZoneSpecException>(() => source.CloneAsync("a/b"));
        await Assert.ThrowsAsync<ZoneNotFoundException>(() => test.Host.CloneAsync("clone", "nobody"));

        await test.Host.CreateAsync(TestHost.Spec("other") with { Root = ZoneRoot.Host() with { Inherit = ["/usr"] } });
        ZoneSpecException root = await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.CloneAsync("other", "source"));
        Assert.StartsWith("root: is not that of source", root.Message, StringComparison.Ordinal);
        Assert.Equal(["other", "source"], (await test.Host.ListAsync()).Select(zone => zone.Name));
        Assert.Equal(ZoneState.Configured, (await test.Host.InfoAsync("other")).State);
        await Scenes.AssertRightAsync(test, "other");
    }

    [Fact]
    public async Task Two_zones_cloned_from_each_other_wait_for_nobody()
    {
        await using TestHost test = new();
        Zone a = await test.InstalledAsync(TestHost.Spec("a")), b = await test.InstalledAsync(TestHost.Spec("b"));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => n % 2 == 0 ? a.CloneAsync($"from-a{n}") : b.CloneAsync($"from-b{n}")));
        await Task.WhenAll(Assert.ThrowsAsync<ZoneStateException>(() => test.Host.CloneAsync("a", "b")), Assert.ThrowsAsync<ZoneStateException>(() => test.Host.CloneAsync("b", "a")));
        Assert.Equal(8, (await test.Host.ListAsync()).Select(zone => zone.IdBase).Distinct().Count());
    }
}
