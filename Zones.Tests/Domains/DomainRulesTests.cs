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
    public Task A_directory_to_share_that_the_root_does_not_have_is_refused() =>
        AssertRefusedAsync("root.inherit[0]", "is not a directory", spec => spec with { Root = ZoneRoot.Directory(_root.Path) with { Inherit = ["/opt"] } });

    [Fact]
    public Task A_command_line_that_the_kernel_would_cut_off_is_refused() =>
        AssertRefusedAsync("domain.kernel-args", "it reads 2047", spec => spec with { Domain = new() { KernelArgs = [new string('x', 2000)] } });

    [Fact]
    public Task A_kernel_for_another_architecture_is_refused()
    {
        string arm = Path.Combine(_root.Path, "Image");
        byte[] head = new byte[0x1000];
        "ARM\u0064"u8.CopyTo(head.AsSpan(0x38));
        File.WriteAllBytes(arm, head);
        return AssertRefusedAsync("domain.kernel", "arm64", spec => spec with { Domain = new() { Kernel = arm } });
    }

    [Fact]
    public Task A_missing_module_is_refused_by_name()
    {
        File.Delete(Path.Combine(_root.Path, "lib/modules/6.1.0/kernel/overlay.ko"));
        return AssertRefusedAsync("domain.kernel", "the module overlay is missing", spec => spec);
    }

    [Fact]
    public Task The_hosts_own_root_is_refused() =>
        AssertRefusedAsync("root.source", "boots from a directory", spec => spec with { Root = ZoneRoot.Host() });

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
