using Zones.Interop;
using Zones.Roots;
using Zones.Tests.Support;

namespace Zones.Tests.Roots;

public sealed class SkeletonTests : IDisposable
{
    private const uint Base = 1_048_576;

    private static readonly string[] Made =
        ["fstab", "group", "gshadow", "hostname", "hosts", "ld.so.conf.d", "machine-id", "mtab", "os-release", "passwd", "profile.d", "resolv.conf", "shadow", "skel", "ssl"];

    private readonly TemporaryDirectory _source = new();
    private readonly TemporaryDirectory _zone = new();

    public void Dispose()
    {
        _source.Dispose();
        _zone.Dispose();
    }

    [Fact]
    public void Only_what_is_on_the_list_comes_from_the_sources_etc()
    {
        string[] allowed = ["ld.so.conf", "nsswitch.conf", "profile", "services", "ld.so.conf.d/x.conf", "profile.d/y.sh", "skel/.profile"];
        string[] secret = ["shadow", "shadow-", "gshadow", "passwd", "ssh/ssh_host_ed25519_key", "ssl/private/key.pem", "krb5.keytab", "machine-id", "sudoers", "fstab", "hosts", "hostname", "resolv.conf", "profile.d/sub/deep", "new-thing.conf"];
        foreach (string name in allowed.Concat(secret))
        {
            _source.File("etc/" + name, "from the host: " + name);
        }

        string root = Build(new() { Zone = "web1" });
        Assert.Equal(
            Made.Concat(["ld.so.conf", "nsswitch.conf", "profile", "services"]).Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(root + "/etc").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        foreach (string file in FileTree.Of(root).Where(path => File.Exists(path) && new FileInfo(path).LinkTarget is null))
        {
            string name = Path.GetRelativePath(root + "/etc", file);
            Assert.Equal(allowed.Contains(name), File.ReadAllText(file).Contains("from the host", StringComparison.Ordinal));
        }

        Assert.Empty(Directory.GetFileSystemEntries(root + "/etc/ssl"));
    }

    [Fact]
    public void The_zone_has_users_whose_passwords_are_locked()
    {
        string root = Build(new() { Zone = "web1" });
        string[] users = File.ReadAllLines(root + "/etc/passwd"), shadow = File.ReadAllLines(root + "/etc/shadow");
        Assert.Equal(users.Select(line => line.Split(':')[0]), shadow.Select(line => line.Split(':')[0]));
        Assert.All(users, line => Assert.Equal(7, line.Split(':').Length));
        Assert.All(shadow, line => Assert.Equal(("*", 9), (line.Split(':')[1], line.Split(':').Length)));
        Assert.Contains("root:x:0:0:root:/root:/bin/sh", users);
        Assert.Equal("640", Convert.ToString((int)File.GetUnixFileMode(root + "/etc/shadow"), 8));
        Assert.Equal("1777", Convert.ToString((int)File.GetUnixFileMode(root + "/tmp"), 8));
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(root + "/root"), 8));
    }

    [Fact]
    public void Everything_belongs_to_the_zones_own_ids()
    {
        _source.File("etc/profile", "x");
        string root = Build(new() { Zone = "web1" }, ["/usr", "/opt/a/b"], [("bin", "usr/bin")]);
        Assert.All(FileTree.Of(root).Append(root), path => Assert.Equal(Base, FileStatus.Of(path)!.Value.Owner));
        Assert.True(Directory.Exists(root + "/opt/a/b"));
        Assert.Equal("usr/bin", new FileInfo(root + "/bin").LinkTarget);
    }

    [Fact]
    public void Names_come_from_the_spec()
    {
        string root = Build(new() { Zone = "web1", Hostname = "www", Hostid = "0a1b2c3d" });
        Assert.Equal("www\n", File.ReadAllText(root + "/etc/hostname"));
        Assert.Contains("127.0.1.1\twww\n", File.ReadAllText(root + "/etc/hosts"), StringComparison.Ordinal);
        Assert.Equal([0x3d, 0x2c, 0x1b, 0x0a], File.ReadAllBytes(root + "/etc/hostid"));
        Assert.Equal("", File.ReadAllText(root + "/etc/machine-id"));
    }

    [Fact]
    public void Links_in_a_source_that_somebody_else_made_lead_to_nothing_of_the_hosts()
    {
        using TemporaryDirectory host = new();
        host.File("secrets/id_rsa", "from the host");
        string target = Path.Combine(host.Path, "secrets");
        _source.Make("etc");
        _source.Link("etc/profile.d", target);
        _source.Link("etc/skel", target);
        _source.Link("etc/profile", target + "/id_rsa");
        string root = Build(new() { Zone = "web1" });
        Assert.Empty(Directory.GetFileSystemEntries(root + "/etc/profile.d"));
        Assert.Empty(Directory.GetFileSystemEntries(root + "/etc/skel"));

        // The link itself is copied: inside it means a place of the zone's.
        Assert.Equal(target + "/id_rsa", new FileInfo(root + "/etc/profile").LinkTarget);
    }

    [Fact]
    public void An_etc_that_is_a_link_gives_nothing()
    {
        using TemporaryDirectory host = new();
        host.File("profile", "from the host");
        _source.Link("etc", host.Path);
        string root = Build(new() { Zone = "web1" });
        Assert.Equal(Made.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(root + "/etc").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_root_that_exists_is_not_touched()
    {
        string file = _zone.File("root/file", "mine");
        ZoneResourceException error = Assert.Throws<ZoneResourceException>(() => Build(new() { Zone = "web1" }));
        Assert.Contains("EEXIST", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    private string Build(ZoneSpec spec, string[]? directories = null, (string, string)[]? links = null)
    {
        string root = Path.Combine(_zone.Path, "root");
        Skeleton.Build(root, spec, new(_source.Path, directories ?? [], links ?? []), Base);
        return root;
    }
}
