using Zones.Tests.Support;

namespace Zones.Tests.Host;

public class LifeTests
{
    [Fact]
    public async Task A_zone_lives_from_create_to_delete()
    {
        await using TestHost test = new();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec());
        Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
        await zone.InstallAsync();
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        await zone.ReadyAsync();
        Assert.Equal(ZoneState.Ready, (await zone.InfoAsync()).State);
        await zone.BootAsync();
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
        ExecResult result = await zone.ExecAsync(["id", "-u"]);
        Assert.Equal((0, "0\n"), (result.ExitCode, result.StandardOutput));
        await zone.HaltAsync();
        await zone.UninstallAsync();
        await zone.DeleteAsync();
        Assert.Empty(await test.Host.ListAsync());
    }
}
