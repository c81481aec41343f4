using Zones.Domains.Build;
using Zones.Domains.Xen;

namespace Zones.Tests.Domains.Xen;

/// <summary>What verify says of domains under Xen.</summary>
public sealed class XenRulesTests
{
    private static readonly XenHost Host = new(true, "this host is domain 0 of Xen 4.17") { Version = new(4, 17), RunsPv = true, RunsPvh = true, Xl = "/usr/sbin/xl" };

    private static readonly ZoneSpec Good = new()
    {
        Zone = "d1",
        Brand = ZoneBrand.Domain,
        Root = ZoneRoot.Directory("/srv/debian") with { Type = RootType.Whole },
        Anet = [new("net0")],
    };

    [Fact]
    public void A_good_one_is_told_what_runs_it_and_why()
    {
        (List<SpecProblem> problems, List<string> warnings) = Check(Host, Good);
        Assert.Empty(problems);
        Assert.Equal(["domain: runs under Xen 4.17 as pvh, this host is domain 0 of Xen 4.17"], warnings);
    }

    [Fact]
    public void Without_virtualization_it_is_pv_unless_the_spec_wants_pvh()
    {
        XenHost host = Host with { RunsPvh = false };
        Assert.Contains("as pv,", Assert.Single(Check(host, Good).Warnings));
        AssertRefused(host, "domain.xen-type", "use pv", Good with { Domain = new() { XenType = "pvh" } });
        AssertRefused(Host with { RunsPv = false }, "domain.xen-type", "use pvh", Good with { Domain = new() { XenType = "pv" } });
    }

    [Fact]
    public void A_host_that_cannot_is_refused_with_the_reason()
    {
        AssertRefused(new(false, "this host does not run under Xen (/sys/hypervisor/type)"), "domain.toolstack", "does not run under Xen", Good with { Domain = new() { Toolstack = "xen" } });
        AssertRefused(Host with { Version = new(4, 8) }, "domain.toolstack", "Xen 4.8 is too old: 4.10", Good);
        AssertRefused(Host with { Xl = null }, "domain.toolstack", "install xen-utils-4.17", Good);
    }

    [Fact]
    public void What_xen_cannot_honour_is_refused_by_name()
    {
        AssertRefused(Host, "domain.accel", "belongs to QEMU", Good with { Domain = new() { Accel = "tcg" } });
        AssertRefused(Host, "anet", "over a link of its own", Good with { Anet = [] });
        AssertRefused(Host, "anet[0].mtu", "not told of one", Good with { Anet = [new("net0") { Mtu = 1400 }] });
        AssertRefused(Host, "capped-memory.swap", "nothing of it is swapped", Good with { CappedMemory = new(DataSize.MiB(256)) { Swap = DataSize.MiB(1) } });
    }

    [Theory]
    [InlineData("CONFIG_XEN_PVH=y\n# CONFIG_XEN_PV is not set\n", "pv", "is no kernel for a pv domain")]
    [InlineData("CONFIG_XEN_PVH=y\n# CONFIG_XEN_PV is not set\n", "pv", "xen-type: pvh")]
    [InlineData("# CONFIG_XEN is not set\n", "pvh", "linux-image-amd64")]
    public void A_kernel_that_is_none_for_xen_is_refused(string configuration, string type, string problem)
    {
        using TemporaryDirectory directory = new();
        string kernel = directory.File("boot/vmlinuz-6.1.0-1-amd64");
        directory.File("boot/config-6.1.0-1-amd64", configuration);
        (List<SpecProblem> problems, _) = Check(Host, Good with { Domain = new() { XenType = type } }, new(new(kernel, "6.1.0-1-amd64"), []));
        Assert.Contains(problem, Assert.Single(problems).Message);
    }

    [Fact]
    public void A_kernel_that_says_nothing_is_left_to_xl()
    {
        using TemporaryDirectory directory = new();
        Assert.Empty(Check(Host, Good, new(new(directory.File("vmlinuz-6.1.0"), "6.1.0"), [])).Problems);
    }

    private static void AssertRefused(XenHost host, string property, string problem, ZoneSpec spec) =>
        Assert.Contains(Check(host, spec).Problems, found => found.Property == property && found.Message.Contains(problem, StringComparison.Ordinal));

    private static (List<SpecProblem> Problems, List<string> Warnings) Check(XenHost host, ZoneSpec spec, KernelFiles? kernel = null)
    {
        List<SpecProblem> problems = [];
        List<string> warnings = [];
        XenRules.Check(host, spec, kernel, problems, warnings);
        return (problems, warnings);
    }
}
