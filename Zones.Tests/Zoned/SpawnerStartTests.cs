using System.Diagnostics;
using Zones.Tests.Support;

namespace Zones.Tests.Zoned;

/// <summary>A keeper that has no descriptor or no process number for its spawner at the moment.</summary>
public sealed class SpawnerStartTests
{
    [Theory]
    [InlineData("socketpair", "EMFILE")]
    [InlineData("clone3", "EAGAIN")]
    public async Task A_spawner_that_cannot_be_started_is_started_a_while_later(string call, string error)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int spawner = await ZonedProcesses.SpawnerAsync(test.State);
        using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-e", $"trace={call}", "-e", $"inject={call}:error={error}:when=1", "-p", $"{ZonedProcesses.Keeper(test.State)}"]) { RedirectStandardError = true })!;
        Assert.Contains("attached", await tracer.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await ZonedProcesses.KillAsync(spawner);
        while (await tracer.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("INJECTED", StringComparison.Ordinal))
        {
        }

        ZonedProcesses.Signal(tracer.Id, 2 /* SIGINT */);
        await tracer.WaitForExitAsync(TestContext.Current.CancellationToken);
        await zone.RebootAsync();
        Assert.Equal("ok\n", (await zone.ExecAsync(["echo", "ok"])).StandardOutput);
        Assert.NotEqual(spawner, await ZonedProcesses.SpawnerAsync(test.State));
    }
}
