using System.Net;
using Zones.Network.Pools;

namespace Zones.Tests.Network.Pools;

/// <summary>Addresses as numbers.</summary>
public sealed class SubnetTests
{
    [Theory]
    [InlineData("10.7.0.0/24", "10.7.0.1", "10.7.0.254")]
    [InlineData("10.7.0.0/31", "10.7.0.0", "10.7.0.1")]
    [InlineData("10.7.0.9/32", "10.7.0.9", "10.7.0.9")]
    [InlineData("fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")]
    public void Hosts_have_what_has_no_meaning_of_its_own(string text, string first, string last)
    {
        Subnet subnet = Subnet.Parse(text)!.Value.Subnet;
        Assert.Equal(first, subnet.Address(subnet.Hosts.First).ToString());
        Assert.Equal(last, subnet.Address(subnet.Hosts.Last).ToString());
        Assert.Equal(text, subnet.ToString());
    }

    [Fact]
    public void Addresses_are_given_out_from_the_last_on_and_round_to_it_without_the_gateway()
    {
        SubnetView view = new(new("10.7.0.0/29") { Gateway = "10.7.0.1", Ranges = ["10.7.0.5-10.7.0.6", "10.7.0.1-10.7.0.3"] });
        Assert.Equal(["10.7.0.3", "10.7.0.5", "10.7.0.6", "10.7.0.2"], view.From(Subnet.Number(IPAddress.Parse("10.7.0.3"))).Select(number => view.Subnet.Address(number).ToString()));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.7.0.0/24", true)]
    [InlineData("10.7.0.0/24", "10.7.1.0/24", false)]
    [InlineData("10.7.0.0/24", "fd00::/64", false)]
    [InlineData("::/0", "fd00::/64", true)]
    public void Overlaps_are_seen(string one, string other, bool overlap) =>
        Assert.Equal(overlap, Subnet.Parse(one)!.Value.Subnet.Overlaps(Subnet.Parse(other)!.Value.Subnet));
}
