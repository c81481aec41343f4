using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Names;

/// <summary>What zones know of each other's names.</summary>
public sealed class HostsTests
{
    [Fact]
    public async Task A_zone_that_comes_or_goes_is_known_to_those_of_its_tenant_at_once_and_to_no_others()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("a1", NetworkHost.Spec("a1", "attr: { tenant: acme/& }"));
        await host.BootAsync("b1", NetworkHost.Spec("b1", "attr: { tenant: other }"));
        await host.BootAsync("c1", NetworkHost.Spec("c1", ""));
        await host.BootAsync("a2", NetworkHost.Spec("a2", "attr: { tenant: acme/& }\nhostname: db"));
        Assert.Equal("10.7.0.5 db a2", (await host.InsideAsync("a1", "getent hosts db")).Replace("        ", " "));
        Assert.Equal("10.7.0.2", (await host.InsideAsync("a2", "getent hosts a1")).Split(' ')[0]);
        Assert.Equal("no", await host.InsideAsync("b1", "getent hosts a1 || echo no"));
        Assert.Equal("10.7.0.4", (await host.InsideAsync("c1", "getent hosts c1")).Split(' ')[0]);
        await host.Cli.OkAsync("halt", "a2");
        Assert.Equal("no", await host.InsideAsync("a1", "getent hosts db || echo no"));
    }

    [Fact]
    public async Task Name_servers_are_those_of_the_spec_and_the_files_cannot_be_written_inside()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1", "resolvers: [10.7.0.1, 'fd00::1']"));
        Assert.Equal("nameserver 10.7.0.1\nnameserver fd00::1", await host.InsideAsync("z1", "cat /etc/resolv.conf"));
        Assert.Equal("no no", await host.InsideAsync("z1", "{ : > /etc/hosts || printf no; : > /etc/resolv.conf || printf ' no'; } 2>/dev/null"));
    }

    [Fact]
    public async Task A_lease_on_the_file_holds_up_nobody_and_its_holder_keeps_the_old_names()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("a1", NetworkHost.Spec("a1", "attr: { tenant: acme }\nsecurity: { user-namespace: false }"));
        const string lease = "open($file, '<', '/etc/hosts'); $SIG{IO} = 'IGNORE'; print fcntl($file, 1024, 0) ? 'held' : $!; $| = 1; fork and exit; close(STDOUT); close(STDERR); sleep 1000"; // F_SETLEASE, F_RDLCK
        Assert.Equal("held", await host.Cli.OkAsync("exec", "a1", "--", "perl", "-e", lease));
        await host.BootAsync("a2", NetworkHost.Spec("a2", "attr: { tenant: acme }"));
        Assert.Equal("10.7.0.2", (await host.InsideAsync("a2", "getent hosts a1")).Split(' ')[0]);
        Assert.Equal("no", await host.InsideAsync("a1", "getent hosts a2 || echo no"));
    }

    [Theory]
    [InlineData("sparse")]
    [InlineData("whole")]
    public async Task Whatever_the_zone_puts_in_their_place_gives_way(string type)
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        string root = Path.Combine(Path.GetDirectoryName(host.State)!, "root");
        await SmallRoot.MakeAsync(root);
        string spec = NetworkHost.Spec("z1", "resolvers: [10.7.0.1]").Replace("{ source: host }", $"{{ source: {root}, type: {type} }}");
        await host.InstallAsync("z1", spec);
        await host.Cli.OkAsync("boot", "z1");
        await host.Cli.OkAsync("halt", "z1");
        string etc = Path.Combine(host.State, "zones", "z1", type == "whole" ? "layer/upper/etc" : "root/etc");
        foreach (string name in (string[])["hosts", "resolv.conf"])
        {
            File.Delete(Path.Combine(etc, name));
            File.CreateSymbolicLink(Path.Combine(etc, name), "/proc/nothing");
        }

        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal("nameserver 10.7.0.1\n", await host.Cli.OkAsync("exec", "z1", "--", "cat", "/etc/resolv.conf"));
        Assert.Contains("10.7.0.2\tz1", await host.Cli.OkAsync("exec", "z1", "--", "cat", "/etc/hosts"));
    }

    [Fact]
    public async Task A_file_system_of_the_specs_own_over_etc_is_not_covered()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        string own = Path.Combine(Path.GetDirectoryName(host.State)!, "own-hosts");
        await File.WriteAllTextAsync(own, "192.0.2.1 mine\n");
        await host.BootAsync("z1", NetworkHost.Spec("z1", $"fs: [ {{ dir: /etc/hosts, special: {own}, options: [ro] }} ]"));
        Assert.Equal("192.0.2.1 mine", await host.InsideAsync("z1", "cat /etc/hosts"));
    }
}
