using Zones.Domains.Xen;

namespace Zones.Tests.Domains.Xen;

/// <summary>What a host is to Xen, from the files in which its kernel says it.</summary>
public sealed class XenHostTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_host_without_xen_is_no_domain_0()
    {
        XenHost host = XenHost.Read(_root.Path);
        Assert.False(host.IsControl);
        Assert.Contains("does not run under Xen", host.Reason);
    }

    [Fact]
    public void A_domain_that_is_not_domain_0_builds_no_others()
    {
        Show("000020d1", capabilities: "");
        XenHost host = XenHost.Read(_root.Path);
        Assert.False(host.IsControl);
        Assert.Contains("not domain 0", host.Reason);
    }

    [Theory]
    [InlineData("000020d1", "control_d\n")]
    [InlineData("000228f0", null)] // xenfs is not mounted
    public void Domain_0_is_known_by_xenfs_or_by_its_features(string features, string? capabilities)
    {
        Show(features, capabilities);
        XenHost host = XenHost.Read(_root.Path);
        Assert.True(host.IsControl);
        Assert.Equal((new Version(4, 17), true, true), (host.Version, host.RunsPv, host.RunsPvh));
        Assert.Null(host.Xl);
    }

    [Fact]
    public void Xl_is_that_of_the_hypervisors_version()
    {
        Show("000228f0", null);
        _root.File("usr/sbin/xl");
        Assert.Equal("/usr/sbin/xl", XenHost.Read(_root.Path).Xl);
        _root.File("usr/lib/xen-4.17/bin/xl");
        Assert.Equal("/usr/lib/xen-4.17/bin/xl", XenHost.Read(_root.Path).Xl);
    }

    private void Show(string features, string? capabilities)
    {
        _root.File("sys/hypervisor/type", "xen\n");
        _root.File("sys/hypervisor/version/major", "4\n");
        _root.File("sys/hypervisor/version/minor", "17\n");
        _root.File("sys/hypervisor/properties/features", features + "\n");
        _root.File("sys/hypervisor/properties/capabilities", "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 \n");
        if (capabilities is not null)
        {
            _root.File("proc/xen/capabilities", capabilities);
        }
    }
}
