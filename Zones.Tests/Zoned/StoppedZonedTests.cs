namespace Zones.Tests.Zoned;

/// <summary>A zoned that is stopped, by a debugger or a frozen cgroup, keeps nobody waiting for ever.</summary>
public class StoppedZonedTests
{
    [Theory]
    [InlineData("keeper")]
    [InlineData("spawner")]
    public async Task A_zoned_that_does_not_answer_is_an_error_after_which_one_may_try_again(string part)
    {
        await using TestHost host = new(options => options.BootTimeout = TimeSpan.FromSeconds(2));
        Zone zone = await host.Host.CreateAsync(TestHost.Spec());
        await zone.InstallAsync();
        await zone.BootAsync();
        int process = part == "keeper" ? ZonedProcesses.Keeper(host.State) : await ZonedProcesses.SpawnerAsync(host.State);
        ZonedProcesses.Signal(process, ZonedProcesses.Stop);
        try
        {
            await using IZoneHost another = host.Open();
            ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => another.RebootAsync("z1"));
            Assert.True(error.IsTransient, error.Message);
            Assert.Contains("not answer", error.Message);
        }
        finally
        {
            ZonedProcesses.Signal(process, ZonedProcesses.Continue);
        }

        await zone.HaltAsync();
        await zone.BootAsync();
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }
}
