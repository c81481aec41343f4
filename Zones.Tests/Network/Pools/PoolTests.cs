using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Pools;

/// <summary>Pools and leases through the command, as several processes have them at once.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task Zones_that_boot_at_once_are_given_different_addresses()
    {
        await using NetworkHost host = new();
        await host.PoolAsync("--range", "10.7.0.10-10.7.0.19");
        string[] zones = [.. Enumerable.Range(0, 8).Select(i => $"z{i}")];
        foreach (string zone in zones)
        {
            await host.InstallAsync(zone, NetworkHost.Spec(zone));
        }

        await Task.WhenAll(zones.Select(zone => host.Cli.OkAsync("boot", zone)));
        string[][] addresses = await Task.WhenAll(zones.Select(host.AddressesAsync));
        Assert.Equal(zones.Length, addresses.SelectMany(one => one).Distinct().Count());
        Assert.Equal(zones.Length + 1, host.Links().Length);
        string hosts = await host.InsideAsync("z0", "cat /etc/hosts");
        Assert.All(zones.Zip(addresses), zone => Assert.Contains($"{zone.Second[0]}\t{zone.First}", hosts));
        await Task.WhenAll(zones.Select(zone => host.Cli.OkAsync("halt", zone)));
        await host.OnlyLinksAsync();
    }

    [Fact]
    public async Task An_exhausted_pool_says_so_and_a_zone_that_is_uninstalled_gives_its_address_back()
    {
        await using NetworkHost host = new();
        await host.PoolAsync("--range", "10.7.0.10-10.7.0.11");
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        await host.BootAsync("z2", NetworkHost.Spec("z2"));
        await host.InstallAsync("z3", NetworkHost.Spec("z3"));
        Assert.Contains("no address of 10.7.0.0/24 left", await host.Cli.FailAsync(1, "boot", "z3"));
        await host.Cli.OkAsync("halt", "z1");
        Assert.Contains("left", await host.Cli.FailAsync(1, "boot", "z3"));
        await host.Cli.OkAsync("uninstall", "-F", "z1");
        await host.Cli.OkAsync("boot", "z3");
        Assert.Equal(["10.7.0.10"], await host.AddressesAsync("z3"));
    }

    [Fact]
    public async Task A_reserved_address_is_for_its_zone_alone()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.InstallAsync("z1", NetworkHost.Spec("z1"));
        await host.InstallAsync("z2", NetworkHost.Spec("z2"));
        await host.Cli.OkAsync("pool", "reserve", "default", "10.7.0.2", "--comment", "printer");
        await host.Cli.OkAsync("pool", "reserve", "default", "10.7.0.50", "--zone", "z2");
        Assert.Contains("10.7.0.50 is reserved for z2; 'zone pool release default 10.7.0.50' first", await host.Cli.FailAsync(1, "pool", "reserve", "default", "10.7.0.50", "--zone", "z1"));
        await host.Cli.OkAsync("pool", "reserve", "default", "10.7.0.2");
        await host.Cli.OkAsync("boot", "z1", "z2");
        Assert.Equal(["10.7.0.3"], await host.AddressesAsync("z1"));
        Assert.Equal(["10.7.0.50"], await host.AddressesAsync("z2"));
        string shown = await host.Cli.OkAsync("pool", "show", "default");
        Assert.Contains("reserved: printer", shown);
        await host.Cli.OkAsync("pool", "release", "default", "10.7.0.2");
        Assert.Contains("not reserved", await host.Cli.FailAsync(1, "pool", "release", "default", "10.7.0.2"));
        Assert.Contains("has an address of this pool", await host.Cli.FailAsync(1, "pool", "delete", "default"));
        await host.Cli.OkAsync("delete", "-F", "z1", "z2");
        await host.Cli.OkAsync("pool", "delete", "default");
    }

    [Fact]
    public async Task Several_pools_are_told_apart_by_name_or_bridge()
    {
        await using NetworkHost host = new();
        await host.Cli.OkAsync("pool", "create", "a", "--prefix", "10.1.0.0/24", "--bridge", "za");
        await host.Cli.OkAsync("pool", "create", "b", "--prefix", "10.2.0.0/24", "--bridge", "zb");
        await host.CreateAsync(NetworkHost.Spec("z0"));
        Assert.Contains("auto:a or auto:b", await host.Cli.FailAsync(1, "install", "z0"));
        await host.BootAsync("z1", NetworkHost.Spec("z1", anet: "linkname: net0, allowed-address: ['auto:b'] }, { linkname: net1, lower-link: za, allowed-address: [auto]"));
        Assert.Equal(["10.1.0.2", "10.2.0.2"], (await host.AddressesAsync("z1")).Order());
    }

    [Theory]
    [InlineData("10.7.0.0/24", "pool default", "--prefix")]
    [InlineData("10.0.0.0/8", "overlaps 10.7.0.0/24", "--prefix")]
    [InlineData("192.0.2.0/25", "which this host reaches over there0", "--prefix")]
    [InlineData("10.8.0.1/24", "bits behind its length", "--prefix")]
    [InlineData("10.8.0.0/33", "is no prefix", "--prefix")]
    [InlineData("10.8.0.0/32", "too small", "--prefix")]
    [InlineData("127.1.0.0/16", "no zone can have", "--prefix")]
    [InlineData("fe80::/64", "no zone can have", "--prefix")]
    [InlineData("10.8.0.0/24", "10.9.0.1", "--prefix", "--gateway", "10.9.0.1")]
    [InlineData("10.8.0.0/24", "10.8.0.255", "--prefix", "--gateway", "10.8.0.255")]
    [InlineData("10.8.0.0/24", "10.8.0.9-10.8.0.2", "--prefix", "--range", "10.8.0.9-10.8.0.2")]
    [InlineData("10.8.0.0/24", "10.9.0.2-10.9.0.9", "--prefix", "--range", "10.9.0.2-10.9.0.9")]
    [InlineData("10.8.0.0/24", "1 to 15", "--prefix", "--bridge", "a-name-of-16-byt")]
    public async Task A_pool_that_cannot_be_is_refused(string prefix, string why, params string[] options)
    {
        await using NetworkHost host = new();
        host.Namespace.Run("ip", "link", "add", "there0", "type", "bridge");
        host.Namespace.Run("ip", "addr", "add", "192.0.2.1/24", "dev", "there0");
        host.Namespace.Run("ip", "link", "set", "there0", "up");
        await host.PoolAsync();
        Assert.Contains(why, await host.Cli.FailAsync(1, ["pool", "create", "new", options[0], prefix, .. options[1..]]));
    }
}
