using System.Diagnostics;
using System.Text.Json;
using Zones.Tests.Network.Firewall;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Rules;

/// <summary>Rules, redirects and link protection as zones feel them.</summary>
public sealed class ZoneRulesTests
{
    [Fact]
    public async Task What_comes_in_is_blocked_until_a_rule_allows_it_and_rules_change_for_zones_that_run()
    {
        await using NetworkHost host = new();
        await host.Cli.OkAsync("pool", "create", "default", "--prefix", "10.7.0.0/24");
        await host.BootAsync("web1", NetworkHost.Spec("web1", "attr: { tenant: acme }"));
        await host.BootAsync("evil", NetworkHost.Spec("evil", "attr: { tenant: other }"));
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        Assert.Equal("blocked", await ReachAsync(host, "web1", "10.7.0.4"));
        string[] rule = ["firewall", "add", "FROM", "tag", "tenant=acme", "TO", "zone", "db1", "ALLOW", "tcp", "PORT", "7000"];
        string preview = await host.Cli.OkAsync([.. rule, "--dry-run"]);
        Assert.Contains("7000", preview);
        Assert.Equal("blocked", await ReachAsync(host, "web1", "10.7.0.4"));
        Assert.Equal("1\n", await host.Cli.OkAsync(rule));
        Assert.Equal("db1", await host.AskAsync("web1", "10.7.0.4"));
        Assert.Equal("blocked", await ReachAsync(host, "evil", "10.7.0.4"));
        await host.Cli.OkAsync("firewall", "disable", "1");
        Assert.Equal("blocked", await ReachAsync(host, "web1", "10.7.0.4"));
        await host.Cli.OkAsync("firewall", "enable", "1");
        await host.Cli.OkAsync("reboot", "db1");
        Assert.Equal("db1", await host.AskAsync("web1", "10.7.0.4"));
        Assert.Equal("", await host.Cli.OkAsync("firewall", "apply", "--dry-run"));
        await host.Cli.OkAsync("firewall", "delete", "1");
        Assert.Equal("blocked", await ReachAsync(host, "web1", "10.7.0.4"));
    }

    [Fact]
    public async Task What_turns_the_direction_of_writing_in_a_rule_is_listed_as_what_it_is()
    {
        await using NetworkHost host = new();
        CommandResult added = await host.Cli.RunAsync("firewall", "add", "FROM tag \"a=\u202ex\" TO all zones ALLOW tcp PORT 80");
        Assert.Equal(0, added.Code);
        Assert.StartsWith("""zone: warning: no zone has the tag "a=\u202ex" yet""", added.Error);
        Assert.Contains("""FROM tag "a=\u202ex" TO all zones""", await host.Cli.OkAsync("firewall", "list"));
    }

    [Fact]
    public async Task Rules_that_name_a_zone_go_with_it_so_that_the_next_of_its_name_has_none()
    {
        await using NetworkHost host = new();
        await host.Cli.OkAsync("pool", "create", "default", "--prefix", "10.7.0.0/24");
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        await host.Cli.OkAsync("firewall", "add", "FROM", "zone", "web1", "TO", "zone", "db1", "ALLOW", "tcp", "PORT", "7000");
        await host.Cli.OkAsync("firewall", "add", "FROM", "any", "TO", "(zone web1 OR zone db1)", "ALLOW", "tcp", "PORT", "80");
        await host.Cli.OkAsync("delete", "-F", "web1");
        string rules = await host.Cli.OkAsync("firewall", "list");
        Assert.DoesNotContain("web1", rules);
        Assert.Contains("FROM any TO zone db1 ALLOW tcp PORT 80", rules);
        Assert.Equal("", await host.Cli.OkAsync("firewall", "apply", "--dry-run"));
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        Assert.Equal("blocked", await ReachAsync(host, "web1", (await host.AddressesAsync("db1"))[0]));
    }

    [Fact]
    public async Task A_redirect_leads_to_its_zone_while_that_is_up()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.InstallAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        Assert.Equal("1\n", await host.Cli.OkAsync("redirect", "add", "tcp", "8000", "db1:7000"));
        Assert.Contains("leads to db1 already", await host.Cli.FailAsync(1, "redirect", "add", "tcp", "7990-8010", "db1"));
        await host.Cli.OkAsync("boot", "db1");
        await Eventually.TrueAsync(async () => await FromHostAsync(host, "10.7.0.1", 8000) == "db1");
        await host.Cli.OkAsync("reboot", "db1");
        await Eventually.TrueAsync(async () => await FromHostAsync(host, "10.7.0.1", 8000) == "db1");
        await host.Cli.OkAsync("redirect", "delete", "1");
        Assert.Equal("", await FromHostAsync(host, "10.7.0.1", 8000));
        Assert.Contains("no redirect", await host.Cli.FailAsync(1, "redirect", "delete", "1"));
    }

    [Fact]
    public async Task A_zone_cannot_take_an_address_that_is_not_its_own()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        await host.BootAsync("evil", NetworkHost.Spec("evil", "limitpriv: [default, net_admin]"));
        Assert.Equal("db1", await host.AskAsync("evil", "10.7.0.2"));
        await host.InsideAsync("evil", "ip addr flush dev net0 && ip addr add 10.7.0.99/24 dev net0");
        Assert.Equal("blocked", await ReachAsync(host, "evil", "10.7.0.2"));
        await host.InsideAsync("evil", "ip addr flush dev net0 && ip addr add 10.7.0.3/24 dev net0");
        Assert.Equal("db1", await host.AskAsync("evil", "10.7.0.2"));
        await host.InsideAsync("evil", "ip link set net0 down && ip link set net0 address 02:00:00:00:00:99 && ip link set net0 up");
        Assert.Equal("blocked", await ReachAsync(host, "evil", "10.7.0.2"));
    }

    [Fact]
    public async Task Tables_that_somebody_flushed_come_back_with_the_next_zone_or_by_hand()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        string rules = host.Namespace.Run("nft", "list", "ruleset");
        host.Namespace.Run("nft", "flush", "ruleset");
        Assert.NotEqual("", await host.Cli.OkAsync("firewall", "apply", "--dry-run"));
        await host.Cli.OkAsync("firewall", "apply");
        Assert.Equal(rules, host.Namespace.Run("nft", "list", "ruleset"));
        host.Namespace.Run("nft", "flush", "ruleset");
        await host.Cli.OkAsync("reboot", "web1");
        Assert.Equal("db1", await host.AskAsync("web1", "10.7.0.2"));
        host.Namespace.Run("nft", "flush", "ruleset");
        await host.Cli.OkAsync("halt", "web1", "db1");
        Assert.Equal("", host.Namespace.Run("nft", "list", "tables"));
    }

    [Fact]
    public async Task What_others_keep_in_nftables_stays()
    {
        await using NetworkHost host = new();
        host.Namespace.Run("nft", "add", "table", "inet", "mine");
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.Cli.OkAsync("halt", "z1");
        Assert.Equal("table inet mine\n", host.Namespace.Run("nft", "list", "tables"));
    }

    [Fact]
    public async Task A_zone_does_not_boot_while_another_program_holds_the_table_and_leaves_nothing()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        string table = host.Namespace.Run("nft", "list", "tables", "inet").Split(' ', '\n')[2];
        await host.Cli.OkAsync("halt", "z1");
        using (HeldTable.Hold(host.Namespace, table))
        {
            Assert.Contains($"table {table} of nf_tables is held by another program", await host.Cli.FailAsync(1, "boot", "z1"));
            await host.OnlyLinksAsync();
            Assert.Contains("\"installed\"", await host.Cli.OkAsync("list", "-c", "--format", "json"));
        }

        await host.Cli.OkAsync("boot", "z1");
    }

    [Fact]
    public async Task Verify_and_lists_warn_of_what_is_in_the_way_of_a_zones_packets()
    {
        await using NetworkHost host = new();
        await host.PoolAsync("--nat");
        host.Namespace.Run("ip", "link", "add", "up0", "type", "bridge");
        host.Namespace.Run("ip", "address", "add", "192.0.2.1/24", "dev", "up0");
        host.Namespace.Run("ip", "link", "set", "up0", "up");
        host.Namespace.Run("ip", "route", "add", "default", "via", "192.0.2.2");
        host.Namespace.Run("sysctl", "-qw", "net.ipv4.conf.up0.forwarding=0");
        await host.CreateAsync(NetworkHost.Spec("z1"));
        await host.CreateAsync("zone: none\nroot: { source: host }\n");
        string off = "net.ipv4.conf.up0.forwarding is 0: ", chain = "chain forward of table inet other, which another program made, drops";
        Assert.StartsWith("anet: " + off, Assert.Single(await WarningsAsync(host, "z1")), StringComparison.Ordinal);
        Assert.Empty(await WarningsAsync(host, "none"));
        Assert.Contains("warning: anet: " + off, (await host.Cli.RunAsync("verify", "z1")).Error, StringComparison.Ordinal);
        host.Namespace.Run("sysctl", "-qw", "net.ipv4.conf.up0.forwarding=1");
        host.Namespace.Run("nft", "add table ip6 other; add chain ip6 other forward { type filter hook forward priority 0; policy drop; }");
        Assert.Empty(await WarningsAsync(host, "z1"));
        host.Namespace.Run("nft", "add table inet other; add chain inet other forward { type filter hook forward priority 0; policy drop; }");
        Assert.StartsWith("anet: " + chain, Assert.Single(await WarningsAsync(host, "z1")), StringComparison.Ordinal);
        Assert.Empty(await WarningsAsync(host, "none"));
        foreach (string list in (string[])["pool", "firewall", "redirect"])
        {
            Assert.Contains("warning: " + chain, (await host.Cli.RunAsync(list, "list")).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bridge_is_filtered_while_a_zone_is_on_it_that_rules_are_asked_about()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        bool IsFiltered() => host.Namespace.Run("ip", "-d", "link", "show", "zbr0").Contains("nf_call_iptables 1 nf_call_ip6tables 1", StringComparison.Ordinal);
        await host.BootAsync("open", NetworkHost.Spec("open", anet: "linkname: net0"));
        Assert.False(IsFiltered());
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.BootAsync("z2", NetworkHost.Spec("z2", anet: "linkname: net0 }, { linkname: net1, allowed-address: [auto]"));
        Assert.True(IsFiltered());
        await host.Cli.OkAsync("halt", "z1");
        await host.Cli.OkAsync("reboot", "z2");
        Assert.True(IsFiltered());
        await host.Cli.OkAsync("halt", "z2");
        Assert.False(IsFiltered());
        await host.Cli.OkAsync("boot", "z1");
        host.Namespace.Run("ip", "link", "set", "zbr0", "type", "bridge", "nf_call_iptables", "0");
        await host.Cli.OkAsync("boot", "z2");
        Assert.True(IsFiltered());
    }

    [Theory]
    [InlineData("there is no zone 'nobody'", "FROM", "zone", "nobody", "TO", "all", "zones", "ALLOW", "tcp", "PORT", "1")]
    [InlineData("column", "FROM", "any", "TO", "any", "ALLOW", "tcp")]
    [InlineData("column", "nonsense")]
    public async Task A_rule_that_cannot_be_is_refused(string why, params string[] rule)
    {
        await using NetworkHost host = new();
        Assert.Contains(why, await host.Cli.FailAsync(1, ["firewall", "add", .. rule]));
        Assert.Contains("no rule of that number", await host.Cli.FailAsync(1, "firewall", "delete", "7"));
    }

    [Fact]
    public async Task Statistics_tell_what_a_zone_received_and_sent_and_its_connections()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("db1", NetworkHost.Spec("db1", NetworkHost.Server));
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        await host.AskAsync("web1", "10.7.0.2");
        using JsonDocument all = JsonDocument.Parse(await host.Cli.OkAsync("stat", "--format", "json"));
        JsonElement db = all.RootElement.EnumerateArray().Single(one => one.GetProperty("zone").GetString() == "db1");
        JsonElement link = Assert.Single(db.GetProperty("links").EnumerateArray());
        Assert.Equal("net0", link.GetProperty("link").GetString());
        Assert.True(link.GetProperty("received-packets").GetInt64() > 3);
        Assert.True(link.GetProperty("sent-bytes").GetInt64() > 100);
        Assert.True(db.GetProperty("connections").GetInt32() >= 1);
        Assert.Contains("net0", await host.Cli.OkAsync("stat"));
    }

    private static async Task<string[]> WarningsAsync(NetworkHost host, string zone)
    {
        using JsonDocument report = JsonDocument.Parse(await host.Cli.OkAsync("verify", zone, "--format", "json"));
        return [.. report.RootElement.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
    }

    /// <summary>Whether a zone gets an answer within a second, which is ample where none is lost.</summary>
    private static Task<string> ReachAsync(NetworkHost host, string zone, string whom) =>
        host.InsideAsync(zone, $"timeout 1 bash -c 'exec 3<>/dev/tcp/{whom}/7000 && cat <&3' 2>/dev/null || echo blocked");

    private static async Task<string> FromHostAsync(NetworkHost host, string address, int port)
    {
        using Process process = host.Namespace.Start("timeout", "1", "bash", "-c", $"exec 3<>/dev/tcp/{address}/{port} && cat <&3");
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.TrimEnd();
    }
}
