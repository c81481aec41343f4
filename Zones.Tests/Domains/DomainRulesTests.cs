using Zones.Domains;
using Zones.Tests.Domains.Build;

namespace Zones.Tests.Domains;

/// <summary>What verify says of domains: each property that one cannot honour by its name.</summary>
public sealed class DomainRulesTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public DomainRulesTests() => KernelFilesTests.MakeKernel(_root.Path, "6.1.0");

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task A_domain_that_can_be_booted_is_found_good_and_the_accelerator_is_said()
    {
        VerifyReport report = await VerifyAsync(spec => spec);
        Assert.Empty(report.Problems);
        Assert.Contains(report.Warnings, warning => warning.StartsWith("domain: runs under QEMU microvm, ", StringComparison.Ordinal));
    }

    [Fact]
    public Task Xen_is_refused_where_there_is_none() =>
        AssertRefusedAsync("domain.toolstack", "does not run under Xen", spec => spec with { Domain = new() { Toolstack = "xen" } });

    [Fact]
    public Task A_type_of_xens_is_refused_by_qemu() =>
        AssertRefusedAsync("domain.xen-type", "belongs to Xen", spec => spec with { Domain = new() { XenType = "pv" } });

    [Fact]
    public Task Too_little_memory_is_refused() =>
        AssertRefusedAsync("capped-memory.physical", "too small", spec => spec with { CappedMemory = new(DataSize.MiB(32)) });

    [Fact]
    public Task A_kernel_that_is_none_is_refused() =>
        AssertRefusedAsync("domain.kernel", "is no kernel", spec => spec with { Domain = new() { Kernel = "/etc/passwd" } });

    [Fact]
    public Task A_sparse_root_is_refused() =>
        AssertRefusedAsync("root.type", "use type: whole", spec => spec with { Root = ZoneRoot.Directory(_root.Path) });

    [Fact]
    public Task The_hosts_own_root_is_refused() =>
        AssertRefusedAsync("root.source", "boots from a directory", spec => spec with { Root = ZoneRoot.Host() });

    [Fact]
    public Task An_init_that_has_to_be_process_1_is_refused() =>
        AssertRefusedAsync("init-mode", "use init-mode: reaper", spec => spec with { Init = ["/sbin/init"] });

    [Fact]
    public async Task What_only_a_shared_kernel_can_do_is_refused_by_name()
    {
        VerifyReport report = await VerifyAsync(spec => spec with
        {
            Fs = [new("/data", "/tmp")],
            Device = [new("/dev/null")],
            Limitpriv = ["basic"],
            MaxProcesses = 10,
            Hostid = "12345678",
            Security = new() { NoNewPrivs = false },
        });
        Assert.Equal(["device", "fs", "hostid", "limitpriv", "max-processes", "security"], report.Problems.Select(problem => problem.Property).Order(StringComparer.Ordinal));
    }

    private async Task AssertRefusedAsync(string property, string problem, Func<ZoneSpec, ZoneSpec> change)
    {
        VerifyReport report = await VerifyAsync(change);
        Assert.Contains(report.Problems, found => found.Property == property && found.Message.Contains(problem, StringComparison.Ordinal));
    }

    private async Task<VerifyReport> VerifyAsync(Func<ZoneSpec, ZoneSpec> change)
    {
        await using TestHost test = new(options => options.UseDomains());
        ZoneSpec spec = new()
        {
            Zone = "d1",
            Brand = ZoneBrand.Domain,
            Root = ZoneRoot.Directory(_root.Path) with { Type = RootType.Whole },
        };
        return await test.Host.VerifyAsync(change(spec));
    }
}
