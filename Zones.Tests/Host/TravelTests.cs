using System.Diagnostics;
using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>A zone that is detached here and attached here or elsewhere.</summary>
public sealed class TravelTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_zone_is_detached_with_a_manifest_beside_its_zonepath_and_attached_again()
    {
        await using TestHost test = new();
        Zone zone = await FilledAsync(test, TestHost.Spec());
        ZoneInfo before = await zone.InfoAsync();
        string manifest = await zone.DetachAsync();
        Assert.Equal((before.Zonepath + ".manifest", ZoneState.Configured), (manifest, (await zone.InfoAsync()).State));
        Assert.Contains($"manifest: {{ version: 1, uuid: {before.Uuid}, id-base: {before.IdBase} }}\nzone: z1\n", await File.ReadAllTextAsync(manifest), StringComparison.Ordinal);
        await Scenes.AssertRightAsync(test, "z1");
        Assert.Contains("holds the files of a zone that was detached", (await Assert.ThrowsAsync<ZoneSpecException>(() => zone.InstallAsync())).Message, StringComparison.Ordinal);

        AttachReport asked = await zone.AttachAsync(new() { DryRun = true });
        Assert.Equal((0, before.IdBase, false), (asked.Problems.Count, asked.IdBase, asked.Shifts));
        Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
        await zone.AttachAsync();
        Assert.Equal(before, await zone.InfoAsync());
        Assert.False(File.Exists(manifest));
        await AssertFilledAsync(test, zone);
    }

    [Fact]
    public async Task Where_its_ids_are_taken_the_files_get_others()
    {
        await using TestHost test = new();
        Zone zone = await FilledAsync(test, TestHost.Spec());
        uint? first = (await zone.InfoAsync()).IdBase;
        await zone.DetachAsync();
        Zone other = await test.InstalledAsync(TestHost.Spec("other"));
        Assert.Equal(first, (await other.InfoAsync()).IdBase);
        Assert.True((await zone.AttachAsync(new() { DryRun = true })).Shifts);
        AttachReport report = await zone.AttachAsync();
        Assert.Equal((first, true), (report.IdBase, report.Shifts));
        Assert.NotEqual(first, (await zone.InfoAsync()).IdBase);
        Assert.Equal(["root"], Directory.GetFileSystemEntries((await zone.InfoAsync()).Zonepath).Select(Path.GetFileName));
        await AssertFilledAsync(test, zone);
    }

    [Fact]
    public async Task It_travels_to_another_host_in_an_archive()
    {
        await using TestHost test = new(), elsewhere = new();
        Zone zone = await FilledAsync(test, TestHost.Spec() with { Zonepath = _directory.Path + "/z1", MaxProcesses = 100, Attr = new() { ["a"] = "b" } });
        ZoneInfo before = await zone.InfoAsync();
        await zone.DetachAsync();
        string there = _directory.Make("there");
        await ShellAsync($"cd '{_directory.Path}' && tar --numeric-owner --xattrs --acls -cf z.tar z1 z1.manifest && tar --numeric-owner -xpf z.tar -C there");
        await elsewhere.InstalledAsync(TestHost.Spec("taken"));

        AttachOptions options = new() { Zonepath = there + "/z1" };
        AttachReport asked = await elsewhere.Host.AttachAsync("z1", options with { DryRun = true });
        Assert.True(asked.Shifts);
        Assert.Equal(["taken"], (await elsewhere.Host.ListAsync()).Select(info => info.Name));
        await elsewhere.Host.AttachAsync("z1", options);
        Zone attached = await elsewhere.Host.GetAsync("z1");
        ZoneInfo after = await attached.InfoAsync();
        Assert.Equal((before.Uuid, before.Spec with { Zonepath = there + "/z1" }), (after.Uuid, after.Spec));
        await AssertFilledAsync(elsewhere, attached);
        Directory.Delete(_directory.Path + "/z1", recursive: true);
    }

    [Fact]
    public async Task What_stands_against_an_attach_is_said_and_changes_nothing()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        string zonepath = (await zone.InfoAsync()).Zonepath, manifest = zonepath + ".manifest";
        await AssertRefusedAsync($"there is no manifest {manifest}");
        await zone.InstallAsync();
        await zone.DetachAsync();
        string text = await File.ReadAllTextAsync(manifest);

        File.Move(manifest, manifest + ".away");
        await AssertRefusedAsync($"there is no manifest {manifest}, which 'zone detach' writes");
        foreach ((string content, string why) in ((string, string)[])[("zone: z1\n", "is not a manifest"), ("[", "manifest"), (text.Replace("version: 1", "version: 2", StringComparison.Ordinal), "is not a manifest"), (text + "bogus: 1\n", "'bogus' is not a property"), (text.Replace("root:", "root: { source: /srv/none } #", StringComparison.Ordinal), "is not that of")])
        {
            await File.WriteAllTextAsync(manifest, content);
            await AssertRefusedAsync(why);
        }

        File.Delete(manifest);
        File.CreateSymbolicLink(manifest, manifest + ".away");
        await AssertRefusedAsync("is not a file of root's");
        File.Delete(manifest);
        await File.WriteAllTextAsync(manifest, text);
        File.SetUnixFileMode(manifest, (UnixFileMode)0x1B6 /* 0666 */);
        await AssertRefusedAsync("which nobody else may write");
        File.Delete(manifest);
        File.Move(manifest + ".away", manifest, overwrite: true);
        await ShellAsync($"chown 1000 '{zonepath}/root'");
        await AssertRefusedAsync("belongs to user 1000, which is not root of a zone's own ids");
        await ShellAsync($"chown 0 '{zonepath}/root'");
        await AssertRefusedAsync("belongs to user 0");
        Directory.Move(zonepath + "/root", zonepath + "/away");
        await AssertRefusedAsync("root is not there");
        Directory.Move(zonepath + "/away", zonepath + "/root");
        await ShellAsync($"chown 1048576 '{zonepath}/root'; chmod 755 '{zonepath}'");
        await AssertRefusedAsync("may be entered by others than root");
        await ShellAsync($"chmod 700 '{zonepath}'");
        await zone.AttachAsync();
        await zone.BootAsync();
        await zone.HaltAsync();
        await zone.DetachAsync();
        await zone.DeleteAsync();
        Assert.True(File.Exists(manifest) && Directory.Exists(zonepath));
        Directory.Delete(zonepath, recursive: true);
        File.Delete(manifest);

        async Task AssertRefusedAsync(string why)
        {
            ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.AttachAsync());
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
            await Scenes.AssertRightAsync(test, "z1");
        }
    }

    [Fact]
    public async Task A_manifest_that_is_in_the_way_is_not_overwritten()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        string manifest = (await zone.InfoAsync()).Zonepath + ".manifest";
        await File.WriteAllTextAsync(manifest, "precious");
        await Assert.ThrowsAsync<ZoneSpecException>(() => zone.DetachAsync());
        Assert.Equal("precious", await File.ReadAllTextAsync(manifest));
        File.Delete(manifest);
    }

    private static async Task<Zone> FilledAsync(TestHost test, ZoneSpec spec)
    {
        Zone zone = await test.RunningAsync(spec);
        await zone.ExecAsync(["sh", "-c", "echo mine >/srv/file; chown 33:44 /srv/file; cp /bin/true /srv/true; chmod 4755 /srv/true"]);
        await zone.HaltAsync();
        return zone;
    }

    private static async Task AssertFilledAsync(TestHost test, Zone zone)
    {
        await Scenes.AssertRightAsync(test, zone.Name);
        await zone.BootAsync();
        Assert.Equal("mine\n33 44 644\n0 0 4755\n", (await zone.ExecAsync(["sh", "-c", "cat /srv/file; stat -c '%u %g %a' /srv/file /srv/true"])).StandardOutput);
        await zone.HaltAsync();
    }

    private static async Task ShellAsync(string script)
    {
        using Process process = Process.Start("/bin/sh", ["-ec", script]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
