using Zones.Specs;

namespace Zones.Tests.Spec;

public class NfsAddressTests
{
    [Fact]
    public void An_address_has_the_standard_port_and_is_hard()
    {
        NfsAddress address = NfsAddress.Parse("nfs://server/export/debian", out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(("server", 2049, "/export/debian"), (address.Server, address.Port, address.Export));
        Assert.False(address.Soft);
        Assert.Null(address.MountPort);
        Assert.Equal(NfsWay.Auto, address.Way);
    }

    [Fact]
    public void Options_are_those_of_nfs5()
    {
        NfsAddress address = NfsAddress.Parse("nfs://[fd00::1]:20490/a%20b?mountport=20048&soft&timeo=50&retrans=4&actimeo=60&vers=3&proto=tcp&via=fuse", out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(("fd00::1", 20490, "/a b", 20048), (address.Server, address.Port, address.Export, address.MountPort));
        Assert.True(address.Soft);
        Assert.Equal(TimeSpan.FromSeconds(5), address.Timeout);
        Assert.Equal((4, 60u, NfsWay.Fuse), (address.Retransmissions, address.CacheSeconds, address.Way));
    }

    [Theory]
    [InlineData("nfs://server/export", "nfs://server:2049/export")]
    [InlineData("nfs://SERVER:2049/export?hard&vers=3", "nfs://server:2049/export")]
    [InlineData("nfs://server/export?timeo=5&soft&actimeo=1", "nfs://server:2049/export?actimeo=1&soft&timeo=5")]
    [InlineData("nfs://[fd00::1]/a%20b?via=kernel&retrans=9&mountport=9", "nfs://[fd00::1]:2049/a%20b?mountport=9&retrans=9&via=kernel")]
    public void The_same_mount_is_said_in_one_way(string text, string canonical)
    {
        Assert.Equal(canonical, NfsAddress.Parse(text, out _)!.ToString());
        Assert.Equal(canonical, NfsAddress.Parse(canonical, out _)!.ToString());
    }

    [Theory]
    [InlineData("http://server/export", "an export is nfs://server[:port]/export[?option&option=value…]")]
    [InlineData("nfs://server", "an export is nfs://server[:port]/export[?option&option=value…]")]
    [InlineData("nfs://user@server/export", "an export is nfs://server[:port]/export[?option&option=value…]")]
    [InlineData("nfs://server:0/export", "an export is nfs://server[:port]/export[?option&option=value…]")]
    [InlineData("nfs://server/export#part", "an export is nfs://server[:port]/export[?option&option=value…]")]
    [InlineData("nfs://server/export?timeout=5", "there is no option 'timeout'; did you mean 'timeo'?")]
    [InlineData("nfs://server/export?rsize=4096", "there is no option 'rsize'; known are actimeo, hard, mountport, proto, retrans, soft, timeo, vers, via")]
    [InlineData("nfs://server/export?vers=4", "vers=4: only NFS version 3 is spoken; leave the option out or write vers=3")]
    [InlineData("nfs://server/export?proto=udp", "proto=udp: only TCP is spoken; leave the option out or write proto=tcp")]
    [InlineData("nfs://server/export?mountport=70000", "mountport=70000: allowed is a number from 1 to 65535")]
    [InlineData("nfs://server/export?timeo", "timeo=: allowed is a number from 1 to 36000")]
    [InlineData("nfs://server/export?soft=1", "the option soft has no value")]
    [InlineData("nfs://server/export?via=2", "via=2: allowed are auto, bind, fuse and kernel")]
    public void What_is_wrong_is_said_with_what_is_allowed(string text, string message)
    {
        Assert.Null(NfsAddress.Parse(text, out string? problem));
        Assert.Equal(message, problem);
        SpecProblem found = Assert.Single(ZoneSpecValidator.Validate(new ZoneSpec { Zone = "z1", Root = ZoneRoot.Nfs(text) }));
        Assert.Equal(("root.source", message), (found.Property, found.Message));
    }
}
