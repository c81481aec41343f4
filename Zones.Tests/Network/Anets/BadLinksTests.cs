using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Anets;

/// <summary>Specs of links that cannot be, each refused before anything is made.</summary>
public sealed class BadLinksTests
{
    [Theory]
    [InlineData("linkname: net0, lower-link: eth7", "this host has no link 'eth7'")]
    [InlineData("linkname: net0, lower-link: lo", "the loopback link")]
    [InlineData("linkname: net0, lower-link: zbr0, vlan-id: 7", "anet[0].vlan-id")]
    [InlineData("linkname: net0, allowed-address: [auto:none]", "there is no pool 'none'")]
    [InlineData("linkname: net0, lower-link: br9, allowed-address: [auto]", "there is no pool on br9")]
    [InlineData("linkname: net0, lower-link: br9, allowed-address: [10.7.0.9/24]", "not on br9")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.1/24]", "the gateway")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.255/24]", "of no host")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.0/24]", "of no host")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.9/16]", "write 10.7.0.9/24")]
    [InlineData("linkname: net0, allowed-address: [10.8.0.9/24]", "not in the pool default")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.9/24, 10.7.0.9/24]", "has 10.7.0.9 already")]
    [InlineData("linkname: net0, allowed-address: [10.7.0.5/24]", "reserved")]
    [InlineData("linkname: net0, allowed-address: [224.0.0.1/24]", "not in the pool")]
    [InlineData("linkname: a-name-of-16-byt", "1 to 15")]
    [InlineData("linkname: net0, lower-link: a-name-of-16-byt", "anet[0].lower-link")]
    [InlineData("linkname: ääääääää", "1 to 15")]
    public async Task A_link_that_cannot_be_is_refused(string anet, string why)
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "br9", "type", "bridge");
        await host.PoolAsync();
        await host.Cli.OkAsync("pool", "reserve", "default", "10.7.0.5");
        string file = Path.Combine(Path.GetDirectoryName(host.State)!, "bad.yaml");
        await File.WriteAllTextAsync(file, NetworkHost.Spec("z1", anet: anet));
        CommandResult result = await host.Cli.RunAsync("verify", "-f", file);
        Assert.Equal(1, result.Code);
        Assert.Contains(why, result.Output + result.Error);
    }

    [Fact]
    public async Task A_link_that_is_not_there_is_not_said_to_be_a_bridge()
    {
        await using NetworkHost host = new();
        string file = Path.Combine(Path.GetDirectoryName(host.State)!, "bad.yaml");
        await File.WriteAllTextAsync(file, NetworkHost.Spec("z1", anet: "linkname: net0, lower-link: igb0, vlan-id: 7"));
        CommandResult result = await host.Cli.RunAsync("verify", "-f", file);
        Assert.Equal(1, result.Code);
        Assert.StartsWith("zone: anet[0].lower-link: this host has no link 'igb0'", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is a bridge", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_something_else_is_no_bridge()
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "zbr0", "type", "veth", "peer", "name", "other");
        Assert.Contains("no bridge", await host.Cli.FailAsync(1, "pool", "create", "default", "--prefix", "10.7.0.0/24"));
        await host.CreateAsync(NetworkHost.Spec("z1", anet: "linkname: net0"));
        Assert.Contains("zbr0 exists and is no bridge but a veth link", await host.Cli.FailAsync(1, "install", "z1"));
    }

    [Theory]
    [InlineData("anet: [ { linkname: net0, lower-link: br9, allowed-address: [10.9.0.1/24] } ]", "10.9.0.1 is an address of this host")]
    [InlineData("anet: [ { linkname: net0 } ]\nlimitpriv: [default, net_admin]\nsecurity: { user-namespace: false }", "could change the host's links")]
    [InlineData("ip-type: shared\nlimitpriv: [default, net_admin]\nsecurity: { user-namespace: false }", "could change the host's links")]
    [InlineData("ip-type: shared\nsecurity: { user-namespace: false }", "read and forge the host's packets")]
    public async Task A_zone_that_would_have_something_of_the_hosts_is_refused(string more, string why)
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "br9", "type", "bridge");
        host.Namespace.Run("ip", "addr", "add", "10.9.0.1/24", "dev", "br9");
        string file = Path.Combine(Path.GetDirectoryName(host.State)!, "bad.yaml");
        await File.WriteAllTextAsync(file, $"zone: z1\nroot: {{ source: host }}\n{more}\n");
        CommandResult result = await host.Cli.RunAsync("verify", "-f", file);
        Assert.Equal(1, result.Code);
        Assert.Contains(why, result.Output + result.Error);
    }

    [Fact]
    public async Task A_bridge_of_another_state_directory_is_refused()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        ZoneCli other = new(Path.Combine(Path.GetDirectoryName(host.State)!, "other")) { Prefix = host.Cli.Prefix };
        string file = Path.Combine(Path.GetDirectoryName(host.State)!, "other.yaml");
        await File.WriteAllTextAsync(file, NetworkHost.Spec("z1", anet: "linkname: net0"));
        await other.OkAsync("create", "-f", file);
        await other.OkAsync("install", "z1");
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        Assert.Contains("of another state directory", await other.FailAsync(1, "pool", "create", "default", "--prefix", "10.7.0.0/24"));
        Assert.Contains("anet[0].lower-link: zbr0 is the bridge of zones", await other.FailAsync(1, "verify", "z1"));
        Assert.Contains("of another state directory", await other.FailAsync(1, "boot", "z1"));
        Assert.Equal(2, host.Links().Length);
        await other.OkAsync("delete", "-F", "z1");
    }

    [Fact]
    public async Task An_address_that_another_zone_has_is_refused()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.CreateAsync(NetworkHost.Spec("z2", anet: "linkname: net0, allowed-address: [10.7.0.2/24]"));
        Assert.Contains("10.7.0.2 is z1's", await host.Cli.FailAsync(1, "install", "z2"));
    }
}
