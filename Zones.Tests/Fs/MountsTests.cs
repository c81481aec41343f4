using Zones.Tests.Support;

namespace Zones.Tests.Fs;

/// <summary>The <c>fs</c> property on real mounts.</summary>
public class MountsTests
{
    [Fact]
    public async Task A_bind_shows_the_host_s_files_and_takes_the_zone_s()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/from-host", "x");
        File.SetUnixFileMode(special, (UnixFileMode)0x1FF);
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special)] });
        Assert.Equal("x", await zone.ShellAsync("cat /srv/data/from-host; echo y >/srv/data/from-zone"));
        Assert.Equal("y\n", File.ReadAllText($"{special}/from-zone"));
        Assert.Equal((await zone.InfoAsync()).IdBase, FileStat.Owner($"{special}/from-zone").User);
        Assert.Equal("65534", await zone.ShellAsync("stat -c %u /srv/data/from-host"));
    }

    [Fact]
    public async Task With_idmap_its_files_belong_to_the_same_users_on_both_sides()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/from-host", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special) { Options = ["idmap"] }] });
        Assert.Equal("0", await zone.ShellAsync("stat -c %u /srv/data/from-host; touch /srv/data/from-zone; chown 33 /srv/data/from-zone"));
        Assert.Equal(33u, FileStat.Owner($"{special}/from-zone").User);
    }

    [Fact]
    public async Task A_read_only_bind_is_mapped_and_stays_read_only_even_for_sys_admin()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special) { Options = ["ro"] }], Limitpriv = ["default", "sys_admin"] });
        Assert.Equal("0", await zone.ShellAsync("stat -c %u /srv/data/file"));
        Assert.False(await zone.SucceedsAsync("touch /srv/data/made || mount -o remount,bind,rw /srv/data"));

        // It may do without, and has its own directory then.
        await zone.ShellAsync("umount /srv/data && touch /srv/data/made");
        Assert.False(File.Exists($"{special}/made"));
    }

    [Fact]
    public async Task Nosuid_noexec_and_nodev_hold()
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Fs = [new ZoneFs("/srv/nosuid", special) { Options = ["nosuid", "idmap"] }, new ZoneFs("/srv/noexec", special) { Options = ["noexec"] }, new ZoneFs("/srv/scratch") { Type = FsType.Tmpfs, Options = ["noexec"] }],
            Security = new() { NoNewPrivs = false },
        });
        await zone.ShellAsync("cp /usr/bin/id /srv/nosuid/id; chmod 4755 /srv/nosuid/id; cp /usr/bin/id /srv/scratch/id");
        Assert.Equal("33\n", (await zone.ExecAsync(new ExecRequest(["/srv/nosuid/id", "-u"]) { User = "33" })).StandardOutput);
        Assert.Equal(126, (await zone.ExecAsync(["/srv/noexec/id"])).ExitCode);
        Assert.Equal(126, (await zone.ExecAsync(["/srv/scratch/id"])).ExitCode);
        foreach (string directory in (string[])["nosuid", "noexec", "scratch"])
        {
            Assert.Contains("nodev", await zone.ShellAsync($"awk '$5 == \"/srv/{directory}\" {{ print $6 }}' /proc/self/mountinfo"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_is_mounted_on_a_file_that_is_made_for_it()
    {
        await using TestHost test = new();
        string special = Path.Combine(test.State, "resolv.conf");
        File.WriteAllText(special, "nameserver 192.0.2.1\n");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Fs = [new ZoneFs("/etc/resolv.conf", special) { Options = ["ro"] }, new ZoneFs("/opt/new/deep/file", special) { Options = ["ro"] }],
        });
        Assert.Equal("nameserver 192.0.2.1\nnameserver 192.0.2.1", await zone.ShellAsync("cat /etc/resolv.conf /opt/new/deep/file"));
        Assert.Equal("0:0", await zone.ShellAsync("stat -c %u:%g /opt/new/deep"));
        await zone.RebootAsync();
        Assert.Equal("nameserver 192.0.2.1", await zone.ShellAsync("cat /opt/new/deep/file"));
    }

    [Fact]
    public async Task A_tmpfs_has_the_size_and_mode_that_were_asked_for()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/scratch") { Type = FsType.Tmpfs, Options = ["size=1M", "mode=1777", "nr_inodes=100"] }] });
        Assert.Equal("1777 0", await zone.ShellAsync("stat -c '%a %u' /scratch"));
        Assert.False(await zone.SucceedsAsync("head -c 2000000 /dev/zero >/scratch/big"));
        Assert.Equal("1048576", await zone.ShellAsync("stat -c %s /scratch/big"));
        Assert.Equal("proc", await zone.ShellAsync("stat -f -c %T /proc"));
    }

    [Fact]
    public async Task Another_proc_is_the_zone_s_own()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/jail/proc") { Type = FsType.Proc }] });
        Assert.Equal("zone-init", await zone.ShellAsync("cat /jail/proc/1/comm"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submounts_of_the_special_come_with_rbind_alone(bool rbind)
    {
        await using TestHost test = new();
        string special = Special(test, "data");
        using TemporaryMount mount = TemporaryMount.On(Directory.CreateDirectory($"{special}/sub").FullName);
        File.WriteAllText($"{special}/sub/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special) { Options = rbind ? ["rbind", "ro"] : ["ro"] }] });
        Assert.Equal(rbind, await zone.SucceedsAsync("test -e /srv/data/sub/file"));
        Assert.False(await zone.SucceedsAsync("touch /srv/data/sub/made"));
    }

    [Fact]
    public async Task Entries_within_others_are_mounted_in_order_whatever_their_types()
    {
        await using TestHost test = new();
        string outer = Special(test, "outer"), inner = Special(test, "inner");
        Directory.CreateDirectory($"{outer}/inner");
        Directory.CreateDirectory($"{inner}/scratch");
        Directory.CreateDirectory($"{inner}/c");
        File.WriteAllText($"{inner}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Fs =
            [
                new ZoneFs("/srv/a", outer), new ZoneFs("/srv/a/inner", inner), new ZoneFs("/srv/a/inner/scratch") { Type = FsType.Tmpfs },
                new ZoneFs("/scratch") { Type = FsType.Tmpfs }, new ZoneFs("/scratch/b", inner) { Options = ["ro"] }, new ZoneFs("/scratch/b/c") { Type = FsType.Tmpfs },
            ],
        });
        Assert.Equal("xx", await zone.ShellAsync("cat /srv/a/inner/file /scratch/b/file"));
        await zone.ShellAsync("touch /scratch/b/c/made /srv/a/inner/scratch/made");
        Assert.False(File.Exists($"{inner}/c/made") || File.Exists($"{inner}/scratch/made"));
    }

    [Theory]
    [InlineData("/run/secrets")]
    [InlineData("/tmp/shared")]
    [InlineData("/run")]
    public async Task An_entry_below_a_file_system_of_the_zone_s_own_is_seen(string directory)
    {
        await using TestHost test = new();
        string special = Special(test, "secrets");
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs(directory, special) { Options = ["ro"] }] });
        Assert.Equal("x", await zone.ShellAsync($"cat {directory}/file"));
        await zone.RebootAsync();
        Assert.Equal("x", await zone.ShellAsync($"cat {directory}/file"));
    }

    [Fact]
    public async Task A_special_that_is_not_there_is_an_error_that_names_it()
    {
        await using TestHost test = new();
        string special = Special(test, "gone");
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special)] });
        Directory.Delete(special);
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync());
        Assert.Contains(special, error.Message, StringComparison.Ordinal);
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
        Directory.CreateDirectory(special);
        await zone.BootAsync();
    }

    [Theory]
    [InlineData("/srv/../etc")]
    [InlineData("/proc/x")]
    [InlineData("/dev/x")]
    [InlineData("/sys")]
    [InlineData("/")]
    public async Task A_target_that_is_no_plain_path_of_the_zone_is_refused(string directory)
    {
        await using TestHost test = new();
        await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.CreateAsync(TestHost.Spec() with { Fs = [new ZoneFs(directory, "/srv")] }));
    }

    [Fact]
    public async Task Mounts_of_a_zone_do_not_spread_to_a_host_whose_mounts_are_shared()
    {
        await using TestHost test = new();
        string outer = Special(test, "outer"), inner = Special(test, "inner");
        using TemporaryMount mount = TemporaryMount.On(outer, shared: true);
        Directory.CreateDirectory($"{outer}/inner");
        foreach (bool userNamespace in (bool[])[true, false])
        {
            Zone zone = await test.RunningAsync(TestHost.Spec(userNamespace ? "with" : "without") with
            {
                Fs = [new ZoneFs("/srv/a", outer), new ZoneFs("/srv/a/inner", inner)],
                Security = new() { UserNamespace = userNamespace },
                Limitpriv = ["default", "sys_admin"],
            });
            await zone.ShellAsync("mount -t tmpfs none /srv/a/inner");
            Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains($"{outer}/inner", StringComparison.Ordinal));

            // Nor do those of the host come in.
            Directory.CreateDirectory($"{outer}/later");
            using (TemporaryMount.On($"{outer}/later"))
            {
                File.WriteAllText($"{outer}/later/secret", "x");
                Assert.False(await zone.SucceedsAsync("test -e /srv/a/later/secret"));
            }
        }
    }

    private static string Special(TestHost test, string name) => Directory.CreateDirectory(Path.Combine(test.State, "specials", name)).FullName;
}
