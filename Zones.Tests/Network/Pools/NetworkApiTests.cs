using Zones.Network;
using Zones.Network.Firewall;

namespace Zones.Tests.Network.Pools;

/// <summary>The library's own calls, which make nothing on the host as long as no zone is up.</summary>
public sealed class NetworkApiTests
{
    [Fact]
    public async Task Pools_reservations_rules_and_redirects_are_kept_over_a_restart()
    {
        await using TestHost test = new(options => options.UseNetwork());
        await test.InstalledAsync(TestHost.Spec());
        IZoneNetwork network = test.Host.Network();
        AddressPool pool = await network.CreatePoolAsync(new("lab") { Subnets = [new("198.51.100.0/24") { Ranges = ["198.51.100.8-198.51.100.15"] }, new("2001:db8:7::/64")], Bridge = "lab0", Nat = true });
        Assert.Equal(["198.51.100.1", "2001:db8:7::1"], pool.Subnets.Select(subnet => subnet.Gateway!));
        await network.ReserveAsync(new("198.51.100.9", "lab", "z1", "printer"));
        FirewallEntry rule = await network.AddRuleAsync("from ANY to zone z1 allow TCP port 80", enabled: false);
        RedirectEntry redirect = await network.AddRedirectAsync(new(RuleProtocol.Udp, 5000, 5009, "z1", 6000) { HostAddress = "192.0.2.1" });

        await test.ReopenAsync();
        network = test.Host.Network();
        Assert.Equal(pool, Assert.Single(await network.PoolsAsync()));
        Assert.Equal(new("198.51.100.9", "lab", "z1", "printer"), Assert.Single(await network.ReservationsAsync("lab")));
        Assert.Equal(rule, Assert.Single(await network.RulesAsync()));
        Assert.Equal((false, "FROM any TO zone z1 ALLOW tcp PORT 80"), (rule.Enabled, rule.Text));
        Assert.Equal(redirect, Assert.Single(await network.RedirectsAsync()));
        Assert.Empty(await network.LeasesAsync());
        Assert.Empty(await network.StatAsync());

        await test.Host.DeleteAsync("z1", force: true);
        Assert.Empty(await network.RedirectsAsync());
        await network.DeletePoolAsync("lab");
        await Assert.ThrowsAsync<ZoneException>(() => network.PoolAsync("lab"));
    }

    [Fact]
    public async Task A_host_without_the_package_has_no_network()
    {
        await using TestHost test = new();
        Assert.Throws<ArgumentException>(() => test.Host.Network());
        await test.Host.CreateAsync(TestHost.Spec() with { Anet = [new("net0")] });
        ZoneSpecException refused = await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.InstallAsync("z1"));
        Assert.Contains("anet needs Zones.Network", refused.Message);
    }

    [Fact]
    public async Task A_rule_with_a_tag_that_no_zone_has_is_kept_and_told_of()
    {
        await using TestHost test = new(options => options.UseNetwork());
        ZoneCli zone = new(test.State);
        await test.Host.CreateAsync(TestHost.Spec() with { Attr = new() { ["tenant"] = "acme" } });
        Assert.Equal(
            new CommandResult(0, "1\n", "zone: warning: no zone has the tag tier=db yet, so this means nothing until one does; zone set NAME attr.tier=db gives it one\n"),
            await zone.RunAsync("firewall", "add", "FROM", "tag", "tenant=acme", "TO", "tag", "tier=db", "ALLOW", "tcp", "PORT", "5432"));
        CommandResult added = await zone.RunAsync("firewall", "add", "FROM", "tag", "tenant=other", "TO", "tag", "tenant", "ALLOW", "tcp");
        Assert.Equal((0, 1), (added.Code, added.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("tag tenant=other", added.Error, StringComparison.Ordinal);
        Assert.Equal("3\n", await zone.OkAsync("firewall", "add", "FROM", "any", "TO", "tag", "tenant=acme", "ALLOW", "tcp", "PORT", "80"));
    }

    [Fact]
    public async Task Rules_and_redirects_for_a_zone_without_an_address_are_kept_and_told_of()
    {
        await using TestHost test = new(options => options.UseNetwork());
        ZoneCli zone = new(test.State);
        await test.Host.CreateAsync(TestHost.Spec());
        await test.Host.CreateAsync(TestHost.Spec("z2") with { Anet = [new("net0") { AllowedAddress = ["auto"] }] });
        foreach (string command in (string[])["redirect add tcp 8080 z1:80", "firewall add FROM any TO zone z1 ALLOW tcp PORT 80"])
        {
            CommandResult added = await zone.RunAsync(command.Split(' '));
            Assert.Equal(
                new CommandResult(0, "1\n", "zone: warning: z1 has no anet with an allowed-address, so this means nothing for it yet; zone set z1 'anet[+]={ linkname: net0, allowed-address: [auto] }' gives it one\n"),
                added);
            Assert.Equal("2\n", await zone.OkAsync(command.Replace("z1", "z2", StringComparison.Ordinal).Replace("8080", "8081", StringComparison.Ordinal).Split(' ')));
            Assert.Contains("nobody", await zone.FailAsync(1, command.Replace("z1", "nobody", StringComparison.Ordinal).Replace("8080", "8082", StringComparison.Ordinal).Split(' ')));
        }
    }
}
