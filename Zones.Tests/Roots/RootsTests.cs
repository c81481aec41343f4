using Zones.Tests.Support;

namespace Zones.Tests.Roots;

/// <summary>Kinds of root, over the host's directories and over a Debian root of mmdebstrap's.</summary>
public class RootsTests
{
    private static ZoneRoot Debian(RootType type) => ZoneRoot.Directory(DebianRoot.Path) with { Type = type };

    [Fact]
    public async Task A_sparse_zone_over_a_debian_root_runs_that_system()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Root = Debian(RootType.Sparse) });
        Assert.Equal(File.ReadAllText($"{DebianRoot.Path}/etc/debian_version").Trim(), await zone.ShellAsync("cat /etc/debian_version"));
        Assert.StartsWith("dpkg ", (await zone.ShellAsync("dpkg-query --version || echo dpkg none")).Replace("Debian dpkg-query", "dpkg", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("usr/bin", await zone.ShellAsync("readlink /bin"));
        Assert.False(await zone.SucceedsAsync("touch /usr/made || touch /bin/made"));
        Assert.Equal("z1", await zone.ShellAsync("touch /etc/made /var/made /root/made /home/made; cat /etc/hostname"));
        Assert.False(File.Exists($"{DebianRoot.Path}/etc/made"));
    }

    [Fact]
    public async Task A_whole_zone_writes_everywhere_and_keeps_it_over_boots()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Root = Debian(RootType.Whole), Hostid = "0badcafe" });
        uint first = (await zone.InfoAsync()).IdBase!.Value;
        await zone.ShellAsync("""
            echo changed >/usr/share/made; rm /etc/debian_version; mv /etc/issue /etc/issue.old; mkdir /usr/new; chown 33:33 /usr/new
            cp /bin/true /usr/bin/setuid; chown 33 /usr/bin/setuid; chmod 4755 /usr/bin/setuid; chmod 700 /opt; rm -r /usr/share/doc; mkdir /usr/share/doc
            """);
        await zone.RebootAsync();
        Assert.Equal(
            "changed 33:33 4755 700 0",
            await zone.ShellAsync("echo $(cat /usr/share/made) $(stat -c %u:%g /usr/new) $(stat -c %a /usr/bin/setuid) $(stat -c %a /opt) $(ls /usr/share/doc | wc -l); test ! -e /etc/debian_version; test -e /etc/issue.old; test ! -e /etc/issue"));
        Assert.Equal("0badcafe", await zone.ShellAsync("hostid"));
        string upper = Path.Combine((await zone.InfoAsync()).Zonepath, "layer/upper");
        Assert.Equal((first + 33, first + 33), FileStat.Owner($"{upper}/usr/new"));
        Assert.Equal((first, first), FileStat.Owner($"{upper}/usr/share/made"));
        Assert.Equal(0x800u, FileStat.Mode($"{upper}/usr/bin/setuid") & 0xE00);
        Assert.True(File.Exists($"{DebianRoot.Path}/etc/debian_version") && !File.Exists($"{DebianRoot.Path}/usr/share/made"));
    }

    [Fact]
    public async Task Set_user_id_files_and_file_capabilities_of_the_shared_root_are_kept()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Root = Debian(RootType.Whole), Security = new() { NoNewPrivs = false } });
        Assert.Equal("4755 0", await zone.ShellAsync("stat -c '%a %u' /usr/bin/su"));
        await zone.ShellAsync("""cp /usr/bin/id /usr/bin/id2; chmod 4755 /usr/bin/id2; perl -e 'syscall(188, my $p = "/usr/bin/id2", my $n = "security.capability", my $v = pack("V5", 0x02000001, 1 << 10, 0, 0, 0), 20, 0) == 0 or die "setxattr: $!"'""");
        await zone.RebootAsync();
        Assert.Equal("0\n", (await zone.ExecAsync(new ExecRequest(["/usr/bin/id2", "-u"]) { User = "www-data" })).StandardOutput);
    }

    [Theory]
    [InlineData(RootType.Sparse)]
    [InlineData(RootType.Whole)]
    public async Task A_whole_or_sparse_zone_has_its_own_mounts_and_fs(RootType type)
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "special")).FullName;
        File.WriteAllText($"{special}/file", "x");
        Zone zone = await test.RunningAsync(TestHost.Spec() with
        {
            Root = Debian(type),
            Fs =
            [
                new ZoneFs("/srv/data", special) { Options = ["ro"] }, new ZoneFs("/srv/one-file", $"{special}/file") { Options = ["ro"] }, new ZoneFs("/run/secrets", special) { Options = ["ro"] },
                new ZoneFs("/scratch") { Type = FsType.Tmpfs, Options = ["size=1M"] }, new ZoneFs("/scratch/below", special) { Options = ["ro"] }, new ZoneFs("/jail/proc") { Type = FsType.Proc },
            ],
            Limitpriv = ["default", "sys_admin"],
        });
        Assert.Equal("xxxx", await zone.ShellAsync("cat /srv/data/file /srv/one-file /run/secrets/file /scratch/below/file"));
        Assert.False(await zone.SucceedsAsync("umount -l /srv/data || umount -l /dev || mount -o remount,bind,rw /srv/data || touch /srv/data/made"));
        Assert.Equal("6", await zone.ShellAsync("cd /dev; ls | grep -cE '^(null|zero|full|random|urandom|tty)$'; echo x >/dev/null"));
        await zone.RebootAsync();
        Assert.Equal("xxxx", await zone.ShellAsync("cat /srv/data/file /srv/one-file /run/secrets/file /scratch/below/file"));
    }

    [Theory]
    [InlineData("dev", "/proc")]
    [InlineData("dev", "/stage/lower")]
    [InlineData("srv", "/stage/lower/etc")]
    [InlineData("srv", "/proc/1/root/etc")]
    [InlineData("run", "/sys")]
    [InlineData("tmp", "/dev")]
    public async Task A_whole_layer_with_links_where_mounts_go_harms_the_zone_alone(string name, string link)
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "special")).FullName;
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Root = Debian(RootType.Whole), Fs = [new ZoneFs("/srv/data", special), new ZoneFs("/run/data", special)] });
        string upper = Path.Combine((await zone.InfoAsync()).Zonepath, "layer/upper");
        File.CreateSymbolicLink(Path.Combine(upper, name), link);
        try
        {
            await zone.BootAsync();
            Assert.False(await zone.SucceedsAsync("test -e /stage || test -e /proc/1/root/stage"));
            Assert.Equal(["z1", "zone-init"], (await zone.ShellAsync("uname -n; cat /proc/1/comm")).Split('\n'));
        }
        catch (ZoneException e)
        {
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
            Assert.NotEmpty(e.Message);
        }

        Assert.False(Directory.Exists("/etc/data") || Directory.Exists($"{DebianRoot.Path}/etc/data"));
    }

    [Fact]
    public async Task A_whole_root_over_the_host_s_own_is_refused()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(TestHost.Spec() with { Root = ZoneRoot.Host() with { Type = RootType.Whole } });
        Assert.Equal("root.type", Assert.Single(report.Problems).Property);
    }

    [Fact]
    public async Task Without_a_user_namespace_a_whole_root_is_writable_too()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Root = Debian(RootType.Whole), Security = new() { UserNamespace = false } });
        Assert.Equal("x", await zone.ShellAsync("echo x >/usr/made; cat /usr/made"));
        Assert.False(File.Exists($"{DebianRoot.Path}/usr/made"));
    }

    [Fact]
    public async Task An_inherit_list_is_what_is_shared()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Root = ZoneRoot.Host() with { Inherit = ["/usr", "/bin", "/lib", "/lib64", "/sbin", "/opt"] } });
        Assert.False(await zone.SucceedsAsync("touch /opt/made"));
        Assert.Contains(" /opt ", await zone.ShellAsync("cat /proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_program_that_is_a_link_into_etc_resolves_inside()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        const string dangling = "for f in /usr/bin/* /usr/sbin/*; do case $(readlink $f) in /etc/*) test -e $f || echo $f;; esac; done";
        string[] here = [.. Directory.EnumerateFileSystemEntries("/usr/bin").Concat(Directory.EnumerateFileSystemEntries("/usr/sbin"))
            .Where(file => new FileInfo(file).LinkTarget?.StartsWith("/etc/", StringComparison.Ordinal) == true && !File.Exists(file) && !Directory.Exists(file))];
        Assert.Equal(here.Order(StringComparer.Ordinal), (await zone.ShellAsync(dangling)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Secrets_of_the_host_s_etc_are_not_inside()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Assert.Equal("", await zone.ShellAsync("ls -d /etc/ssl/private /etc/ssh /etc/sudoers* /etc/krb5* /etc/shadow- /etc/machine-id.host 2>/dev/null || :"));
        Assert.DoesNotContain("$", await zone.ShellAsync("cat /etc/shadow"), StringComparison.Ordinal);
        Assert.Equal("", await zone.ShellAsync("cat /etc/machine-id"));
        Assert.Equal("", await zone.ShellAsync("find /etc -name '*key*' -type f -perm /077 ! -path '/etc/ssl/certs/*' 2>/dev/null | grep -i priv || :"));
    }
}
