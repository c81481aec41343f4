using Zones.Boot;
using Zones.Domains.Network;

namespace Zones.Tests.Domains.Network;

/// <summary>What QEMU and a domain's kernel are told of links, and what that makes of it.</summary>
public sealed class GuestLinkTests
{
    private static readonly BootLink Link = new("net0", "z1.0", "zbr0", "02:00:00:00:00:07")
    {
        Addresses = ["fd00:7::7/64", "10.7.0.7/20", "10.7.0.8/20"],
        Routers = ["10.7.0.1", "fd00:7::1"],
        Mtu = 1400,
        Frames = null!,
    };

    [Theory]
    [InlineData("none", false, "zones.link=net0,02:00:00:00:00:07,none,fd00:7::7/64,10.7.0.7/20,10.7.0.8/20,via=10.7.0.1,via=fd00:7::1")]
    [InlineData("rarp", false, "zones.link=net0,02:00:00:00:00:07,none,fd00:7::7/64,10.7.0.7/20,10.7.0.8/20,via=10.7.0.1,via=fd00:7::1")]
    [InlineData("rarp", true, "zones.link=net0,02:00:00:00:00:07,rarp,fd00:7::7/64,0.0.0.0/20,10.7.0.8/20,via=10.7.0.1,via=fd00:7::1")]
    [InlineData("dhcp", true, "zones.link=net0,02:00:00:00:00:07,dhcp,fd00:7::7/64,10.7.0.8/20,via=fd00:7::1")]
    public void A_kernel_is_told_all_but_what_it_asks_for(string autoconf, bool asks, string word)
    {
        ZoneSpec spec = new() { Zone = "d1", Domain = new() { Autoconf = autoconf } };
        Assert.Equal([word], DomainLinks.Words(spec, [Link with { Asks = asks }]));
        GuestLink read = Assert.Single(GuestLink.ReadAll($"quiet {word} panic=-1\n"));
        Assert.Equal(word, read.ToString());
        Assert.Equal("02:00:00:00:00:07", read.Mac);
    }

    [Fact]
    public void Each_link_is_a_card_with_its_address_and_a_descriptor()
    {
        Assert.Equal(
            ["-netdev", "tap,id=net0,fd=200", "-device", "virtio-net-device,netdev=net0,mac=02:00:00:00:00:07,host_mtu=1400", "-netdev", "tap,id=net1,fd=201", "-device", "virtio-net-device,netdev=net1,mac=02:00:00:00:00:08"],
            DomainLinks.Devices([Link, Link with { Mac = "02:00:00:00:00:08", Mtu = 0 }]));
        Assert.Equal(["-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net"], DomainLinks.Devices([]));
        Assert.Equal(["zones.link=eth0,,none,10.0.2.15/24,via=10.0.2.2"], DomainLinks.Words(new() { Zone = "d1" }, []));
    }

    [Fact]
    public void Words_that_are_none_of_these_are_left_alone() =>
        Assert.Empty(GuestLink.ReadAll("zones.link= zones.link=net0 zones.link=net0,mac ip=dhcp zones.links=a,b,c"));
}
