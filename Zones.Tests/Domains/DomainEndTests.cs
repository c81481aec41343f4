using Zones.Domains;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains;

/// <summary>What a domain's kernel does without its init, what its machine tells, and an init that is process 1 itself.</summary>
public sealed class DomainEndTests
{
    [Fact]
    public async Task A_reboot_by_the_domains_kernel_boots_it_again_a_power_off_halts_it_and_a_panic_is_neither()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(MicrovmTests.Spec("d1") with { Init = [.. MicrovmTests.Init] });
        ZoneInfo before = await domain.InfoAsync();
        Assert.Equal(("running", 256L << 20), (await domain.StatAsync()).Machine is { } machine ? (machine.Status, machine.Memory) : default);
        await Eventually.TrueAsync(MicrovmTests.Patience, async () => (await domain.StatAsync()).Machine is { MemoryAvailable: > 0 and < 256 << 20, MemoryFree: > 0 });

        await EndAsync(domain, "reboot -ff");
        await Eventually.TrueAsync(MicrovmTests.Patience, async () => await domain.InfoAsync() is { State: ZoneState.Running } now && now.Id != before.Id);
        Assert.Equal(new ExitStatus(129, 1), (await domain.InfoAsync()).LastExit);
        Assert.Equal("again\n", await MicrovmTests.OutputAsync(domain, "echo again"));

        await EndAsync(domain, "poweroff -ff");
        await Eventually.TrueAsync(MicrovmTests.Patience, async () => (await domain.InfoAsync()).State == ZoneState.Installed);
        Assert.Equal(new ExitStatus(130, 2), (await domain.InfoAsync()).LastExit);

        await domain.BootAsync();
        await EndAsync(domain, "echo c > /proc/sysrq-trigger");
        await Eventually.TrueAsync(MicrovmTests.Patience, async () => (await domain.InfoAsync()).State == ZoneState.Installed);
        Assert.Equal(new ExitStatus(-1), (await domain.InfoAsync()).LastExit);
    }

    [Fact]
    public async Task Systemd_is_process_1_itself_and_ends_in_order()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(MicrovmTests.Spec("d1") with { Init = ["/sbin/init"] });
        Assert.Equal("/usr/lib/systemd/systemd\n", await MicrovmTests.OutputAsync(domain, "readlink /proc/1/exe"));
        await Eventually.TrueAsync(MicrovmTests.Patience, async () => (await domain.ExecAsync(["systemctl", "is-active", "multi-user.target"])).StandardOutput == "active\n");
        await domain.ShutdownAsync(timeout: TimeSpan.FromMinutes(3));
        Assert.Equal(new ExitStatus(130, 2), (await domain.InfoAsync()).LastExit);
    }

    [Fact]
    public async Task An_init_that_cannot_become_process_1_is_said()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.InstalledAsync(MicrovmTests.Spec("d1") with { Init = ["/usr/sbin/none"], InitMode = InitMode.Exec });
        Assert.Contains("init: /usr/sbin/none: cannot execute: errno 2", await MicrovmTests.BootFailsAsync(domain));
    }

    /// <summary>The command's own end nobody sees.</summary>
    private static async Task EndAsync(Zone domain, string script)
    {
        await using ZoneProcess process = await domain.StartAsync(new ExecRequest(["sh", "-c", script]));
        await process.WaitAsync();
    }
}
