using Zones.Domains;
using Zones.Tests.Domains.Build;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains;

/// <summary>The loop of who makes kernels: a new one is tried, and whatever it does, the old one is a command away.</summary>
public sealed class BringUpTests
{
    [Fact]
    public async Task A_kernel_is_tried_without_touching_what_is_installed()
    {
        using TemporaryDirectory fresh = new();
        string bits = Path.Combine(fresh.Path, "vmlinuz-new");
        File.Copy(GuestImage.Get().Kernel, bits);
        await using TestHost test = new(options => options.UseDomains());
        ZoneSpec spec = MicrovmTests.Spec("d1") with { Init = [.. MicrovmTests.Init], Root = ZoneRoot.Directory(RootWithModules(fresh.Path)) with { Type = RootType.Whole } };
        Zone domain = await test.InstalledAsync(spec);

        // Made ready for the installed kernel: the trial is none of it.
        await domain.ReadyAsync();
        await domain.BootAsync(new BootOptions { Kernel = bits, KernelArgs = ["trial=1", "loglevel=4"] });
        Assert.Contains(" trial=1 loglevel=4", await MicrovmTests.OutputAsync(domain, "cat /proc/cmdline"));
        Assert.Equal(spec, (await domain.InfoAsync()).Spec);
        ZoneStateException running = await Assert.ThrowsAsync<ZoneStateException>(() => domain.BootAsync(new BootOptions { Kernel = bits }));
        Assert.Contains("runs already", running.Message);

        await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.RebootAsync("d1", new BootOptions { Kernel = "/etc/passwd" }));
        Assert.Equal(ZoneState.Running, (await domain.InfoAsync()).State);
        await domain.RebootAsync();
        Assert.DoesNotContain("trial=1", await MicrovmTests.OutputAsync(domain, "cat /proc/cmdline"));
        await domain.HaltAsync();

        // One that panics says so, leaves nothing, and the old one boots.
        ZoneException panics = await Assert.ThrowsAnyAsync<ZoneException>(() => domain.BootAsync(new BootOptions { Kernel = bits, KernelArgs = ["rdinit=/none", "root=none"] }));
        Assert.Contains("its console ends:\n", panics.Message);
        Assert.Contains("Kernel panic", panics.Message);
        Assert.Equal(ZoneState.Installed, (await domain.InfoAsync()).State);
        Assert.Contains("is no kernel", (await Assert.ThrowsAsync<ZoneSpecException>(() => domain.BootAsync(new BootOptions { Kernel = "/etc/passwd" }))).Message);
        await domain.BootAsync();
        Assert.Equal("up\n", await MicrovmTests.OutputAsync(domain, "echo up"));
    }

    [Fact]
    public async Task A_kernel_that_prints_nothing_is_given_up_within_a_bound()
    {
        using TemporaryDirectory silent = new();
        KernelFilesTests.MakeKernel(silent.Path, "6.1.0", hangs: true);
        await using TestHost test = new(Impatient);
        Zone domain = await test.InstalledAsync(MicrovmTests.Spec("d1"));
        ZoneException hangs = await Assert.ThrowsAnyAsync<ZoneException>(() => domain.BootAsync(new BootOptions { Kernel = silent.Path }));
        Assert.Contains("has printed nothing for 32 s", hangs.Message);
        Assert.Equal(ZoneState.Installed, (await domain.InfoAsync()).State);
    }

    [Fact]
    public async Task A_domain_whose_server_is_silent_is_given_up_within_a_bound()
    {
        await using TestHost test = new(Impatient);
        Zone domain = await test.InstalledAsync(MicrovmTests.Spec("d1") with { Init = [.. MicrovmTests.Init] });
        Task boot = domain.BootAsync(new BootOptions { KernelArgs = ["loglevel=7"] });
        await Eventually.TrueAsync(MicrovmTests.Patience, () => Task.FromResult(boot.IsCompleted || File.Exists(test.State + "/zones/d1/root/domain/status")));
        ZonedProcesses.Signal(MicrovmTests.Server(test), ZonedProcesses.Stop);
        ZoneException silent = await Assert.ThrowsAnyAsync<ZoneException>(() => boot);
        Assert.Contains("for 32 s", silent.Message);
        Assert.Equal(ZoneState.Installed, (await domain.InfoAsync()).State);
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
    }

    [Fact]
    public async Task An_export_that_is_refused_is_said()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.InstalledAsync(MicrovmTests.Spec("d1"));
        await domain.ReadyAsync();

        // The server that comes up now has another secret, so another name for the export.
        File.Delete(test.State + "/nfs/handle.key");
        await ZonedProcesses.KillAsync(MicrovmTests.Server(test));
        Assert.Contains("the server refuses the export", await MicrovmTests.BootFailsAsync(domain));
    }

    [Fact]
    public async Task A_zone_that_shares_the_hosts_kernel_cannot_try_another()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync(new BootOptions { Kernel = "/boot/vmlinuz" }));
        Assert.Equal("z1: shares this host's kernel, so it cannot be booted with another, or with arguments for one; that takes brand: domain", refused.Message);
        Assert.Equal("zone: " + refused.Message, await new ZoneCli(test.State).FailAsync(1, "boot", "z1", "--append", "quiet loglevel=7"));
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    /// <summary>Four times that for an emulated kernel.</summary>
    private static void Impatient(ZonesOptions options)
    {
        options.UseDomains();
        options.BootTimeout = TimeSpan.FromSeconds(8);
    }

    /// <summary>The small Debian with the kernel's modules in it, where a kernel that stands alone has them; compressed, as newer Debians have them.</summary>
    private static string RootWithModules(string directory)
    {
        string root = Path.Combine(directory, "root");
        GuestImage.Output("cp", "-a", "--link", GuestImage.Get().Base, root);
        Directory.CreateDirectory(Path.Combine(root, "usr/lib/modules"));
        GuestImage.Output("cp", "-a", Path.Combine(GuestImage.Get().Package, "lib/modules") + "/.", Path.Combine(root, "usr/lib/modules"));
        GuestImage.Output("sh", "-c", $"find {root}/usr/lib/modules -name 'virtio*.ko' -o -name 'nfs*.ko' -o -name overlay.ko -o -name sunrpc.ko | xargs xz -1");
        return root;
    }
}
