using Zones.Tests.Guest;
using Zones.Tests.Recovery;

namespace Zones.Tests.SystemContainers;

/// <summary><c>zone service</c>, and the systemctl that it calls, killed at one system call after the other in a zone that systemd runs: what systemd finds is whole
/// or not there, and the same command finishes it.</summary>
public sealed class ServiceDeathTests
{
    /// <summary>Those that write a unit, take one away, and have systemctl do something; the last is systemctl's word to systemd.</summary>
    private static readonly string[] s_calls = ["pwrite64", "rename", "write", "unlink", "vfork", "sendmsg"];

    private static readonly string[] s_units = ["zones", "zones-serve"];

    [Fact]
    public Task Install() => SweepAsync(8, ["install", "--serve"], async zone =>
    {
        await RunAsync(zone, "install", "--serve");
        Assert.Equal("enabled\nenabled", await zone.ShellAsync("systemctl is-enabled zones zones-serve"));
        Assert.Equal("no\n\nno", await zone.ShellAsync("systemctl show -P NeedDaemonReload zones zones-serve"));
        await RunAsync(zone, "uninstall");
    });

    [Fact]
    public Task Uninstall() => SweepAsync(6, ["uninstall"], async zone =>
    {
        ExecResult again = await zone.ExecAsync(["/opt/zones/zone", "service", "uninstall"]);
        Assert.True(again.ExitCode == 0 || again.StandardError.EndsWith("is not there; nothing is installed for /var/lib/zones\n", StringComparison.Ordinal), again.StandardError);
    }, ["install", "--serve"]);

    /// <param name="least">How many steps there are at least.</param>
    /// <param name="verb">What is killed.</param>
    /// <param name="finish">Does the same again, and looks; at its end nothing is installed.</param>
    /// <param name="before">What is done before.</param>
    private static async Task SweepAsync(int least, string[] verb, Func<Zone, Task> finish, string[]? before = null)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(new()
        {
            Zone = "debian",
            Root = ZoneRoot.Directory(GuestImage.Get().Base) with { Type = RootType.Whole },
            Init = ["/sbin/init"],
            Fs = [new ZoneFs("/opt/zones", TestHost.BinDirectory.TrimEnd('/')) { Options = ["ro"] }, new ZoneFs("/opt/host", "/usr") { Options = ["ro"] }],
        });
        await Eventually.TrueAsync(async () => (await zone.ExecAsync(["systemctl", "is-system-running"])).StandardOutput == "running\n", "the zone does not come up");
        string nothing = await UnitsAsync(zone);
        await RunAsync(zone, "install", "--serve");
        Dictionary<string, string> whole = [];
        foreach (string unit in s_units)
        {
            whole[unit] = await zone.ShellAsync($"cat /etc/systemd/system/{unit}.service");
        }

        await RunAsync(zone, "uninstall");
        KillSweep sweep = new(s_calls, []);
        while (!sweep.IsOver)
        {
            if (before is not null)
            {
                await RunAsync(zone, before);
            }

            string step = $"{sweep.Call} {sweep.At}";
            await RunKilledAsync(zone, sweep, verb);
            foreach (string unit in s_units)
            {
                string file = $"/etc/systemd/system/{unit}.service";
                Assert.Contains(await zone.ShellAsync($"cat {file} 2>/dev/null || true"), (string[])["", whole[unit]]);
                Assert.True(await zone.SucceedsAsync($"test -e {file} || ! test -L /etc/systemd/system/multi-user.target.wants/{unit}.service"), $"{step}: {unit} is enabled and is not there");
            }

            await finish(zone);
            Assert.Equal(nothing, await UnitsAsync(zone));
            Assert.Equal("not-found\n\nnot-found", await zone.ShellAsync("systemctl show -P LoadState zones zones-serve"));
        }

        Assert.InRange(sweep.Kills, least, int.MaxValue);
    }

    private static async Task RunAsync(Zone zone, params string[] verb)
    {
        ExecResult result = await zone.ExecAsync(["/opt/zones/zone", "service", .. verb]);
        Assert.Equal((0, ""), (result.ExitCode, result.StandardError));
    }

    /// <summary>As <see cref="ZoneCli.RunKilledAsync"/> does it, with the host's strace; where systemctl was killed, the command says so.</summary>
    private static async Task RunKilledAsync(Zone zone, KillSweep sweep, string[] verb)
    {
        const string libraries = "/opt/host/lib/x86_64-linux-gnu";
        ExecResult result = await zone.ExecAsync(
        [
            libraries + "/ld-linux-x86-64.so.2", "--library-path", libraries, "/opt/host/bin/strace", "-f", "-qq", "-o", "/tmp/trace",
            "-e", $"trace={string.Join(',', sweep.Left)}", "-e", $"inject={sweep.Call}:signal=KILL:when={sweep.At}", "/opt/zones/zone", "service", .. verb,
        ]);
        bool killed = result.ExitCode != 0;
        Assert.True(result.ExitCode is 0 or 137 || result.StandardError.StartsWith("zone: systemctl ", StringComparison.Ordinal), $"{result.ExitCode}: {result.StandardError}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{sweep.Call} {sweep.At}: {result.ExitCode}");
        sweep.Next(killed);
        if (!killed)
        {
            string made = await zone.ShellAsync("cat /tmp/trace");
            sweep.Keep(call => made.Contains($" {call}(", StringComparison.Ordinal));
        }
    }

    private static Task<string> UnitsAsync(Zone zone) => zone.ShellAsync("find /etc/systemd/system | sort");
}
