namespace Zones.Tests.Guest;

/// <summary>Limits, accounting and the end of zones on a host that has cgroup2 and nothing else, as most users' hosts are. The machine that
/// runs the tests may be a hybrid one, so this runs in a guest, through the command.</summary>
public sealed class CgroupV2Tests(CgroupV2Tests.Run run) : IClassFixture<CgroupV2Tests.Run>
{
    /// <summary>The names that cgroup-v2.sh gives its checks.</summary>
    public static TheoryData<string> Checks { get; } = [.. File.ReadLines(Path.Combine(Repository.Root, "Zones.Tests/Guest/cgroup-v2.sh"))
        .Where(line => line.StartsWith("check ", StringComparison.Ordinal)).Select(line => line.Split('\'')[1])];

    [Theory]
    [MemberData(nameof(Checks))]
    public void On_cgroup2_alone(string check) =>
        Assert.True(run.Console.Contains("ok " + check), $"{check}; the guest's console:\n{string.Join('\n', run.Console)}");

    [Fact]
    public void The_guest_runs_every_check() => Assert.Contains("the end", run.Console);

    public sealed class Run : IAsyncLifetime
    {
        public IReadOnlyList<string> Console { get; private set; } = [];

        public async ValueTask InitializeAsync() => Console = await VirtualMachine.RunAsync("cgroup-v2.sh", mebibytes: 768);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
