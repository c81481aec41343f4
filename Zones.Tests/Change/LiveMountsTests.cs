using Zones.Tests.Support;

namespace Zones.Tests.Change;

/// <summary>File systems that a running zone gets and loses.</summary>
public sealed class LiveMountsTests
{
    [Theory]
    [InlineData(RootType.Sparse, true)]
    [InlineData(RootType.Sparse, false)]
    [InlineData(RootType.Whole, true)]
    public async Task An_fs_is_seen_inside_and_gone_again(RootType type, bool userNamespace)
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Root = await RootAsync(test, type),
            Security = new() { UserNamespace = userNamespace },
        });
        int pid = (await zone.InfoAsync()).Pid!.Value;
        ZoneChange change = await zone.UpdateAsync(spec => spec with
        {
            Fs = [new ZoneFs("/srv/new/data", special), new ZoneFs("/scratch") { Type = FsType.Tmpfs, Options = ["size=1M"] }, new ZoneFs("/etc/one", $"{special}/file") { Options = ["ro"] }, new ZoneFs("/run/x/y", special)],
        });
        Assert.Empty(change.Pending);
        Assert.Equal(4, change.Applied.Count);
        Assert.Equal("xxx", await zone.ShellAsync("cat /srv/new/data/file /etc/one /run/x/y/file; echo z >/scratch/made"));
        Assert.Contains("1024", await zone.ShellAsync("awk '$5 == \"/scratch\"' /proc/self/mountinfo || true; echo 1024"), StringComparison.Ordinal);
        await zone.UpdateAsync(spec => spec with { Fs = [spec.Fs[1]] });
        Assert.False(await zone.SucceedsAsync("test -s /srv/new/data/file || test -s /etc/one || test -e /run/x/y/file"));
        Assert.Equal("z", await zone.ShellAsync("cat /scratch/made"));
        await zone.UpdateAsync(spec => spec with { Fs = [] });
        Assert.False(await zone.SucceedsAsync("test -e /scratch/made"));
        Assert.Equal(pid, (await zone.InfoAsync()).Pid);
        Assert.Equal("x", File.ReadAllText($"{special}/file"));
    }

    [Theory]
    [InlineData(RootType.Sparse)]
    [InlineData(RootType.Whole)]
    public async Task An_fs_that_was_there_from_the_boot_on_can_go(RootType type)
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Root = await RootAsync(test, type),
            Fs = [new ZoneFs("/srv/data", special), new ZoneFs("/run/here", special), new ZoneFs("/scratch") { Type = FsType.Tmpfs }],
        });
        Assert.Equal("xx", await zone.ShellAsync("cat /srv/data/file /run/here/file"));
        Assert.Empty((await zone.UpdateAsync(spec => spec with { Fs = [] })).Pending);
        Assert.False(await zone.SucceedsAsync("test -e /srv/data/file || test -e /run/here/file"));
        Assert.Empty(Mounts((await zone.InfoAsync()).Pid!.Value, "/srv/data", "/run/here", "/scratch"));
        await zone.RebootAsync();
        Assert.Empty(Mounts((await zone.InfoAsync()).Pid!.Value, "/srv/data", "/run/here", "/scratch"));
    }

    [Fact]
    public async Task One_that_is_in_use_stays_with_everything_else()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { MaxProcesses = 50, Fs = [new ZoneFs("/srv/data", special), new ZoneFs("/srv/free", special)] });
        await using ZoneProcess user = await zone.StartAsync(new ExecRequest(["sleep", "1000"]) { WorkingDirectory = "/srv/data" });
        ZoneSpec before = (await zone.InfoAsync()).Spec;
        ZoneResourceException error = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Fs = [new ZoneFs("/srv/new", special)] }));
        Assert.Matches(@"^z1: fs\[0\]\.dir: /srv/data is in use by process \d+ \(sleep\); end that first; nothing was changed \(EBUSY\)$", error.Message);
        Assert.Equal(before, (await zone.InfoAsync()).Spec);
        Assert.Equal(["/srv/data", "/srv/free"], Mounts((await zone.InfoAsync()).Pid!.Value, "/srv/data", "/srv/free", "/srv/new"));
        Assert.Equal("50", await zone.LimitAsync("pids", "pids.max"));
        user.Signal(9);
        await user.WaitAsync();
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Fs = [new ZoneFs("/srv/new", special)] });
        Assert.Equal(["/srv/new"], Mounts((await zone.InfoAsync()).Pid!.Value, "/srv/data", "/srv/free", "/srv/new"));
    }

    [Fact]
    public async Task Options_of_one_can_be_changed()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.SetUnixFileMode(special, (UnixFileMode)0x1FF);
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special) { Options = ["ro"] }] });
        Assert.False(await zone.SucceedsAsync("touch /srv/data/made"));
        ZoneChange change = await zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/data", special)] });
        Assert.Equal("- fs[0].options: [ro]", Assert.Single(change.Applied).ToString());
        await zone.ShellAsync("touch /srv/data/made");
    }

    [Fact]
    public async Task A_read_only_one_that_came_later_stays_read_only_even_for_sys_admin()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });
        await zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/data", special) { Options = ["ro"] }] });
        Assert.Equal("0", await zone.ShellAsync("stat -c %u /srv/data/file"));
        Assert.False(await zone.SucceedsAsync("touch /srv/data/made || mount -o remount,bind,rw /srv/data"));
        Assert.Contains("nodev", await zone.ShellAsync("awk '$5 == \"/srv/data\" { print $6 }' /proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.False(File.Exists($"{special}/made"));
    }

    [Fact]
    public async Task What_the_kernel_does_not_let_into_a_running_zone_waits_and_says_why()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        Directory.CreateDirectory($"{special}/in");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/a", special), new ZoneFs("/srv/r", special) { Options = ["rbind"] }] });
        foreach ((ZoneFs added, string why) in ((ZoneFs, string)[])
            [(new("/jail/proc") { Type = FsType.Proc }, "another proc|no other proc"), (new("/srv/a/in", special), "lie in each other"), (new("/run", special), "would hide")])
        {
            ZoneChange change = await test.Host.UpdateAsync("z1", (await zone.InfoAsync()).Spec with { Fs = [new ZoneFs("/srv/a", special), new ZoneFs("/srv/r", special) { Options = ["rbind"] }, added] });
            Assert.Empty(change.Applied);
            Assert.Matches(why, Assert.Single(change.Pending).Waits);
        }

        ZoneChange removed = await zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/a", special)] });
        Assert.Contains("taken away", Assert.Single(removed.Pending).Waits, StringComparison.Ordinal);
        await zone.RebootAsync();
        Assert.Equal(["/srv/a"], Mounts((await zone.InfoAsync()).Pid!.Value, "/srv/a", "/srv/r"));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/dev")]
    [InlineData("/proc/1/root/etc")]
    public async Task A_zone_that_leads_astray_gets_nothing(string link)
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync($"rmdir /srv; ln -s {link} /srv");
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/data", special)] }));
        Assert.Contains("/srv", error.Message, StringComparison.Ordinal);
        Assert.Empty((await zone.InfoAsync()).Spec.Fs);
        Assert.False(Directory.Exists("/etc/data"));
    }

    [Fact]
    public async Task Where_the_zone_has_mounted_something_itself_nothing_is_mounted()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { MaxProcesses = 50, Limitpriv = ["default", "sys_admin"], Fs = [new ZoneFs("/srv/old", special)] });
        await zone.ShellAsync("mkdir -p /srv/new; mount -t tmpfs none /srv/new; mount -t tmpfs none /srv/old");
        ZoneResourceException added = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Fs = [.. spec.Fs, new ZoneFs("/srv/new", special)] }));
        Assert.Contains("fs[1].dir: something is mounted on /srv/new inside the running zone already", added.Message, StringComparison.Ordinal);
        ZoneResourceException removed = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.UpdateAsync(spec => spec with { MaxProcesses = 20, Fs = [] }));
        Assert.Contains("fs[0].dir: something else is mounted over /srv/old", removed.Message, StringComparison.Ordinal);
        Assert.Equal("50", await zone.LimitAsync("pids", "pids.max"));
        Assert.Single((await zone.InfoAsync()).Spec.Fs);
    }

    [Fact]
    public async Task Nothing_of_the_host_is_mounted_over()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        string before = File.ReadAllText("/proc/self/mountinfo");
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.UpdateAsync(spec => spec with { Fs = [new ZoneFs("/srv/data", special)] });
        Assert.DoesNotContain("/srv/data", File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.DoesNotContain("/stage", before, StringComparison.Ordinal);
    }

    private static async Task<ZoneRoot> RootAsync(TestHost test, RootType type)
    {
        if (type != RootType.Whole)
        {
            return ZoneRoot.Host();
        }

        string directory = Directory.CreateDirectory(Path.Combine(test.State, "os")).FullName;
        await SmallRoot.MakeAsync(directory);
        return ZoneRoot.Directory(directory) with { Type = type };
    }

    private static string Special(TestHost test, string name) => Directory.CreateDirectory(Path.Combine(test.State, name)).FullName;

    private static List<string> Mounts(int pid, params string[] points) =>
        [.. File.ReadLines($"/proc/{pid}/mountinfo").Select(line => line.Split(' ')[4]).Where(points.Contains).Order(StringComparer.Ordinal)];
}
