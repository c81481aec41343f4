using System.Diagnostics;
using System.Text.Json;
using Zones.Interop;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Anets;

/// <summary>Zones with links of their own: what they reach, what they keep over a reboot, what is left when they halt.</summary>
public sealed class ZoneLinksTests
{
    [Fact]
    public async Task Two_zones_of_a_tenant_reach_each_other_by_name_and_by_both_families()
    {
        await using NetworkHost host = new();
        await host.PoolAsync("--prefix", "fd00:7::/64");
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        Assert.Equal("db1", await host.AskAsync("web1", "db1"));
        Assert.Equal("db1", await host.AskAsync("web1", "10.7.0.3"));
        Assert.Equal("db1", await host.AskAsync("web1", "fd00:7::3"));
        Assert.Equal("10.7.0.1", await host.InsideAsync("web1", "ip -4 route show default | cut -d' ' -f3"));
        Assert.Equal("fd00:7::1", await host.InsideAsync("web1", "ip -6 route show default | cut -d' ' -f3"));
        await host.Cli.OkAsync("halt", "web1", "db1");
        await host.OnlyLinksAsync();
    }

    [Fact]
    public async Task A_served_host_tells_addresses_as_the_host_itself_does()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.Cli.OkAsync("create", "z2");
        using TemporaryDirectory directory = new();
        string socket = directory.Path + "/s";
        using Process serve = host.Cli.Start("serve", "--socket", socket);
        await serve.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        string[] list = ["list", "-c", "--format", "json"];
        string local = await host.Cli.OkAsync(list);
        Assert.Equal(["""["10.7.0.2"]""", "[]"], Json.Parse(local).AsArray().Select(zone => zone!["addresses"]!.ToJsonString()));
        Assert.Equal(local, await new ZoneCli("/nonexistent").OkAsync(["--connect", socket, .. list]));
        Mono.Unix.Native.Syscall.kill(serve.Id, Mono.Unix.Native.Signum.SIGTERM);
        await serve.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, serve.ExitCode);
    }

    [Fact]
    public async Task Addresses_stay_over_a_reboot_and_so_do_mac_addresses_of_every_kind()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("other", NetworkHost.Spec("other"));
        const string links = "linkname: a, allowed-address: [auto] }, { linkname: b, mac-address: random }, { linkname: c, mac-address: '02:00:00:00:00:07'";
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: links));
        const string look = "cat /sys/class/net/[abc]/address; ip -4 addr show a | grep -o 'inet [^ ]*'";
        string before = await host.InsideAsync("z1", look);
        await host.Cli.OkAsync("halt", "z1", "other");
        await host.Cli.OkAsync("boot", "z1");
        await host.Cli.OkAsync("reboot", "z1");
        Assert.Equal(before, await host.InsideAsync("z1", look));
        Assert.Contains("02:00:00:00:00:07", before);
    }

    [Fact]
    public async Task No_two_zones_that_are_up_have_one_mac_address_on_a_bridge()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.Cli.OkAsync("pool", "create", "other", "--prefix", "10.9.0.0/24", "--bridge", "zbr9");
        const string given = "linkname: net0, mac-address: '02:00:00:00:00:AA'";
        await host.InstallAsync("z2", NetworkHost.Spec("z2", anet: given));
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: given));
        Assert.Contains("anet[0].mac-address: z1 has 02:00:00:00:00:aa on zbr0", await host.Cli.FailAsync(1, "boot", "z2"));
        Assert.Contains("anet[0].mac-address: z1 has 02:00:00:00:00:aa on zbr0", (await host.Cli.RunAsync("verify", "z2")).Error);
        await host.BootAsync("z3", NetworkHost.Spec("z3", anet: given + ", lower-link: zbr9"));
        await host.Cli.OkAsync("reboot", "z1");
        await host.Cli.OkAsync("halt", "z1");
        await host.Cli.OkAsync("boot", "z2");
        Assert.Contains("z2 has 02:00:00:00:00:aa", await host.Cli.FailAsync(1, "boot", "z1"));

        await host.BootAsync("z4", NetworkHost.Spec("z4", anet: "linkname: net0"));
        string own = await host.InsideAsync("z4", "cat /sys/class/net/net0/address");
        await host.Cli.OkAsync("halt", "z4");
        await host.BootAsync("z5", NetworkHost.Spec("z5", anet: $"linkname: net0, mac-address: '{own}'"));
        Assert.Contains($"z5 has {own} on zbr0", await host.Cli.FailAsync(1, "boot", "z4"));
        await host.InstallAsync("z6", NetworkHost.Spec("z6", anet: given.Replace(":AA", ":BB") + " }, { linkname: net1, lower-link: zbr0, mac-address: '02:00:00:00:00:bb'"));
        Assert.Contains("anet[1].mac-address: the zone has 02:00:00:00:00:bb on zbr0 already", await host.Cli.FailAsync(1, "boot", "z6"));
    }

    [Fact]
    public async Task Mac_addresses_go_where_their_zone_goes()
    {
        await using NetworkHost host = new();
        const string look = "cat /sys/class/net/[ab]/address";
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: "linkname: a }, { linkname: b, mac-address: random"));
        string before = await host.InsideAsync("z1", look);
        await host.Cli.OkAsync("halt", "z1");
        string directory = Path.GetDirectoryName(host.State)!, place = Path.Combine(directory, "elsewhere", "z1");
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        await host.Cli.OkAsync("move", "z1", place);
        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal(before, await host.InsideAsync("z1", look));
        await host.Cli.OkAsync("halt", "z1");
        await host.Cli.OkAsync("detach", "z1");
        ZoneCli other = new(Path.Combine(directory, "other")) { Prefix = host.Cli.Prefix };
        await other.OkAsync("attach", "z1", "--zonepath", place);
        await other.OkAsync("boot", "z1");
        Assert.Equal(before, (await other.OkAsync("exec", "z1", "--", "bash", "-c", look)).TrimEnd());
        await other.OkAsync("delete", "-F", "z1");
    }

    [Fact]
    public async Task A_zone_that_ends_by_itself_leaves_no_link()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1", "init: [/usr/bin/sleep, '0.2']"));
        await host.OnlyLinksAsync();
        await host.Cli.OkAsync("halt", "z1");
    }

    [Fact]
    public async Task A_link_goes_with_its_zone_though_somebody_keeps_the_zones_namespace()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        using JsonDocument list = JsonDocument.Parse(await host.Cli.OkAsync("list", "--format", "json"));
        using SafeFd kept = Kernel.Open($"/proc/{list.RootElement[0].GetProperty("pid").GetInt32()}/ns/net", Linux.O_RDONLY, out _)!;
        await host.Cli.OkAsync("halt", "z1");
        Assert.Empty(host.Links());
    }

    [Fact]
    public async Task A_ready_zone_has_its_bridge_and_its_link_when_it_boots()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.InstallAsync("z1", NetworkHost.Spec("z1"));
        await host.Cli.OkAsync("ready", "z1");
        Assert.Equal(["zbr0"], host.Links());
        Assert.Equal(["10.7.0.2"], await host.AddressesAsync("z1"));
        await host.Cli.OkAsync("boot", "z1");
        Assert.Equal(2, host.Links().Length);
        Assert.Equal("10.7.0.2/24", await host.InsideAsync("z1", "ip -4 -br addr show net0 | tr -s ' ' | cut -d' ' -f3"));
    }

    [Fact]
    public async Task Properties_of_a_link_are_what_the_spec_says()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        const string links = "linkname: a, allowed-address: [10.7.0.77/24], defrouter: 10.7.0.9, mtu: 1400, maxbw: 80M }, { linkname: b, allowed-address: [auto], configure-allowed-address: false";
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: links));
        Assert.Equal("1400", await host.InsideAsync("z1", "cat /sys/class/net/a/mtu"));
        Assert.Equal("10.7.0.9", await host.InsideAsync("z1", "ip -4 route show default | cut -d' ' -f3"));
        Assert.Equal("", await host.InsideAsync("z1", "ip -4 addr show b"));
        Assert.Equal(["10.7.0.77", "10.7.0.2"], await host.AddressesAsync("z1"));
        string queues = host.Namespace.Run("tc", "qdisc");
        Assert.Equal(2, queues.Split("tbf").Length - 1);
        Assert.Contains("rate 80Mbit", queues);
        await host.Cli.OkAsync("halt", "z1");
        await host.OnlyLinksAsync();
    }

    [Fact]
    public async Task A_link_of_the_host_is_shared_by_macvlan()
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "phys0", "type", "veth", "peer", "name", "phys1");
        host.Namespace.Run("ip", "link", "set", "phys0", "up");
        host.Namespace.Run("ip", "link", "set", "phys1", "up");
        const string link = "linkname: net0, lower-link: phys0, allowed-address: ";
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: link + "[10.9.0.2/24]"));
        await host.BootAsync("z2", NetworkHost.Spec("z2", NetworkHost.Server, anet: link + "[10.9.0.3/24]"));
        Assert.Equal("z2", await host.AskAsync("z1", "10.9.0.3"));
        host.Namespace.Run("ip", "link", "del", "phys0");
        await host.Cli.OkAsync("halt", "z1", "z2");
        Assert.Contains("phys0", await host.Cli.FailAsync(1, "boot", "z1"));
    }

    [Fact]
    public async Task A_bridge_of_somebody_else_is_used_and_left_as_it_is()
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "zbr0", "type", "bridge");
        host.Namespace.Run("ip", "link", "set", "zbr0", "up");
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        Assert.DoesNotContain("10.7.0.1", host.Namespace.Run("ip", "-br", "addr"));
        Assert.Contains("nf_call_iptables 0", host.Namespace.Run("ip", "-d", "link", "show", "zbr0"), StringComparison.Ordinal);
        await host.Cli.OkAsync("halt", "z1");
        await host.OnlyLinksAsync("zbr0");
    }

    [Fact]
    public async Task A_bridge_that_goes_away_while_zones_use_it_is_made_again_for_the_next()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        host.Namespace.Run("ip", "link", "del", "zbr0");
        await host.BootAsync("z2", NetworkHost.Spec("z2", NetworkHost.Server));
        await host.Cli.OkAsync("reboot", "z1");
        Assert.Equal("z2", await host.AskAsync("z1", "z2"));
    }

    [Fact]
    public async Task An_address_on_the_hosts_stack_is_there_while_the_zone_is_up_and_the_zone_cannot_change_it()
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "phys0", "type", "bridge");
        await host.BootAsync("z1", """
            zone: z1
            root: { source: host }
            ip-type: shared
            net: [ { address: 10.9.0.2/24, physical: phys0 } ]
            """);
        Assert.Contains("10.9.0.2/24", host.Namespace.Run("ip", "addr"));
        CommandResult change = await host.Cli.RunAsync("exec", "z1", "--", "ip", "addr", "del", "10.9.0.2/24", "dev", "phys0");
        Assert.NotEqual(0, change.Code);
        Assert.Contains("not permitted", change.Error);
        await host.Cli.OkAsync("halt", "z1");
        Assert.DoesNotContain("10.9.0.2/24", host.Namespace.Run("ip", "addr"));

        host.Namespace.Run("ip", "addr", "add", "10.9.0.2/24", "dev", "phys0");
        Assert.Contains("from somebody else", await host.Cli.FailAsync(1, "boot", "z1"));
        Assert.Contains("10.9.0.2/24", host.Namespace.Run("ip", "addr"));

        host.Namespace.Run("ip", "addr", "del", "10.9.0.2/24", "dev", "phys0");
        await host.Cli.OkAsync("boot", "z1");
        host.Namespace.Run("ip", "link", "del", "phys0");
        await host.Cli.OkAsync("halt", "z1");
        Assert.Contains("this host has no link 'phys0'", await host.Cli.FailAsync(1, "boot", "z1"));
    }

    [Fact]
    public async Task What_the_kernel_refuses_is_said_in_its_words_and_leaves_nothing()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.InstallAsync("z1", NetworkHost.Spec("z1", anet: "linkname: net0, allowed-address: [auto], defrouter: 192.0.2.1"));
        Assert.Contains("anet[0].defrouter: route by 192.0.2.1 over net0: ENETUNREACH", await host.Cli.FailAsync(1, "boot", "z1"));
        await host.OnlyLinksAsync();
        await host.InstallAsync("z2", NetworkHost.Spec("z2", anet: "linkname: net0, allowed-address: [auto], mac-address: '00:00:00:00:00:00'"));
        Assert.Contains("anet[0]: make the link net0 on zbr0: ", await host.Cli.FailAsync(1, "boot", "z2"));
        await host.OnlyLinksAsync();
    }
}
