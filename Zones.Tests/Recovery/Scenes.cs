using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>What the tests of this folder set up and ask for again and again.</summary>
internal static class Scenes
{
    /// <summary>reboot(2) by its number, so that no package that brings a reboot command need be installed.</summary>
    /// <param name="command">LINUX_REBOOT_CMD_RESTART, _HALT or _POWER_OFF.</param>
    public static SpecList<string> Reboot(uint command = 0x01234567) => ["perl", "-e", $"syscall(169, 0xfee1dead, 672274793, {command}) == 0 or die \"$!\\n\""];

    /// <summary>A spec whose init is a shell script.</summary>
    public static ZoneSpec Script(string script, string name = "z1") => TestHost.Spec(name) with { Init = ["/bin/sh", "-c", script] };

    public static async Task<int> PidAsync(this Zone zone)
    {
        ZoneInfo info = await zone.InfoAsync();
        Assert.Equal(ZoneState.Running, info.State);
        return Assert.NotNull(info.Pid);
    }

    public static Task UntilStateAsync(this Zone zone, ZoneState state) =>
        Eventually.TrueAsync(async () => (await zone.InfoAsync()).State == state, $"waited in vain for {zone.Name} to be {state.Text()}");

    /// <summary>Waits for a running zone whose process 1 is another than before.</summary>
    public static Task UntilBootedAgainAsync(this Zone zone, int before) => Eventually.TrueAsync(
        async () =>
        {
            ZoneInfo info = await zone.InfoAsync();
            return info.State == ZoneState.Running && info.Pid != before;
        },
        $"waited in vain for {zone.Name} to boot again");

    public static async Task<List<ZoneEvent>> EventsAsync(this IZoneHost host, string? kind = null)
    {
        List<ZoneEvent> events = [];
        await foreach (ZoneEvent e in host.WatchAsync(follow: false))
        {
            if (kind is null || e.Kind == kind)
            {
                events.Add(e);
            }
        }

        return events;
    }

    /// <summary>Fails unless the world of a zone is right: its state is one in which it may rest, its ledger rows are held just when
    /// it is ready or up, and it serves commands just when it runs.</summary>
    public static async Task AssertRightAsync(TestHost test, string name)
    {
        List<string> unheld = CatalogueFile.Run(test.State, $"SELECT kind FROM ledger WHERE zone = '{name}' AND held = 0");
        Assert.Empty(unheld);
        if ((await test.Host.ListAsync()).FirstOrDefault(zone => zone.Name == name) is not { } info)
        {
            Assert.Empty(CatalogueFile.Run(test.State, $"SELECT kind FROM ledger WHERE zone = '{name}'"));
            return;
        }

        List<string> held = CatalogueFile.Run(test.State, $"SELECT kind FROM ledger WHERE zone = '{name}' ORDER BY id");
        switch (info.State)
        {
            case ZoneState.Configured or ZoneState.Incomplete or ZoneState.Installed or ZoneState.Unavailable:
                Assert.Empty(held);
                break;
            case ZoneState.Ready:
                Assert.Equal(["cgroup"], held.Except(["console", "view"]));
                break;
            case ZoneState.Running:
                Assert.Equal(["cgroup", "process"], held.Except(["console", "view"]));
                Assert.Equal("ok\n", (await test.Host.ExecAsync(name, new ExecRequest(["echo", "ok"]))).StandardOutput);
                break;
            default:
                Assert.Fail($"{name} rests in {info.State.Text()}");
                break;
        }
    }
}
