using System.Text;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>One interface, two ways to it: what a host does in process it does over its socket, results and errors alike.</summary>
public sealed class ScenarioTests
{
    private const string InProcess = "in process", Served = "served";

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task A_zone_lives_from_create_to_delete(string way) => RunAsync(way, async host =>
    {
        Zone zone = await host.CreateAsync(TestHost.Spec() with { Attr = new() { ["tenant"] = "acme" }, Admin = [new("daemon") { Auths = ["login"] }] });
        ZoneInfo configured = await zone.InfoAsync();
        Assert.Equal((ZoneState.Configured, "acme", "daemon"), (configured.State, configured.Spec.Attr["tenant"], configured.Spec.Admin[0].User));
        await zone.InstallAsync();
        await zone.BootAsync();
        ZoneInfo running = Assert.Single(await host.ListAsync());
        Assert.Equal((ZoneState.Running, configured.Uuid), (running.State, running.Uuid));
        Assert.NotNull(running.Pid);
        Assert.Equal(running, (await (await host.GetAsync("z1")).InfoAsync()) with { Pending = running.Pending });
        Assert.Equal("z1", (await zone.StatAsync()).Zone);
        Assert.Equal("[total]", (await host.StatHostAsync()).Zone);

        ZoneChange change = await zone.UpdateAsync(spec => spec with { MaxProcesses = 100, Hostname = "web" });
        Assert.Equal(["max-processes"], change.Applied.Select(applied => applied.Property));
        Assert.Equal(["hostname"], change.Pending.Select(pending => pending.Property));
        await host.RebootAsync("z1", new BootOptions { Bootargs = [] });
        await zone.ShutdownAsync(timeout: TimeSpan.FromSeconds(5));
        Zone clone = await zone.CloneAsync("z2");
        Assert.Equal(ZoneState.Installed, (await clone.InfoAsync()).State);
        string manifest = await clone.DetachAsync();
        Assert.True(File.Exists(manifest));
        Assert.Empty((await clone.AttachAsync()).Problems);
        await clone.MarkAsync(ZoneState.Unavailable);
        await clone.MarkAsync(ZoneState.Installed);

        ApplyPlan plan = await host.PlanAsync(new([TestHost.Spec() with { MaxProcesses = 50 }, TestHost.Spec("z3")]) { Set = "/set" });
        Assert.Equal([("z1", PlannedAction.Change), ("z3", PlannedAction.Create)], plan.Zones.Select(planned => (planned.Zone, planned.Action)));
        ApplyReport report = await host.ApplyAsync(plan);
        Assert.Equal(("z3", "z1"), (Assert.Single(report.Created), Assert.Single(report.Changed).Zone));
        Assert.Empty(report.Failures);
        Assert.Empty((await host.RecoverAsync()).Unknown);
        Assert.Empty((await host.AutobootAsync()).Failed);
        Assert.Empty((await host.AutoshutdownAsync()).Failed);

        List<ZoneEvent> events = await host.EventsAsync();
        Assert.Equal(["created", "state", "state"], events.Where(e => e.Zone == "z1").Take(3).Select(e => e.Kind));
        Assert.Equal((ZoneState.Configured, ZoneState.Incomplete), (events.First(e => e.Kind == "state").From, events.First(e => e.Kind == "state").To));
        foreach (string name in (string[])["z1", "z2", "z3"])
        {
            await host.DeleteAsync(name, force: true);
        }

        Assert.Empty(await host.ListAsync());
    });

    [Fact]
    public async Task The_socket_takes_no_other_files_place()
    {
        await using TestHost test = new();
        string file = Path.Combine(test.State, "precious"), link = Path.Combine(test.State, "link");
        await File.WriteAllTextAsync(file, "precious");
        File.CreateSymbolicLink(link, file);
        foreach (string path in (string[])[file, link])
        {
            Assert.Contains("is there already and is no socket", await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", path));
        }

        Assert.Equal("precious", await File.ReadAllTextAsync(link));
    }

    [Fact]
    public async Task A_served_command_shares_its_files_with_whoever_had_them_before()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        string input = Path.Combine(test.State, "input"), output = Path.Combine(test.State, "output");
        await File.WriteAllTextAsync(input, "1\n");
        string script = $"{{ echo first; zone --connect '{serve.Socket}' exec z1 -- cat; echo last; cat; }} < '{input}' > '{output}'";
        Assert.Equal(new CommandResult(0, "", ""), await new ZoneCli(test.State).ShellAsync(script));
        Assert.Equal("first\n1\nlast\n", await File.ReadAllTextAsync(output));
    }

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task Every_error_is_the_same_with_the_same_fields(string way) => RunAsync(way, async host =>
    {
        ZoneNotFoundException missing = await Assert.ThrowsAsync<ZoneNotFoundException>(() => host.InfoAsync("nosuch"));
        Assert.Equal(("nosuch", "nosuch: no such zone configured; 'zone list -c' shows those that are"), (missing.Zone, missing.Message));
        await Assert.ThrowsAsync<ZoneNotFoundException>(() => host.BootAsync(".."));
        await Assert.ThrowsAsync<ZoneNotFoundException>(() => host.BootAsync("a/b"));
        await Assert.ThrowsAsync<ArgumentException>(() => host.InfoAsync(""));

        ZoneSpecException wrong = await Assert.ThrowsAsync<ZoneSpecException>(() => host.CreateAsync(TestHost.Spec("-x") with { MaxProcesses = 0 }));
        Assert.Equal([("zone", "-x"), ("max-processes", "0")], wrong.Problems.Select(problem => (problem.Property, problem.Value)));
        Assert.Equal(["max-processes"], (await host.VerifyAsync(TestHost.Spec() with { MaxProcesses = 0 })).Problems.Select(problem => problem.Property));

        Zone zone = await host.CreateAsync(TestHost.Spec());
        ZoneStateException state = await Assert.ThrowsAsync<ZoneStateException>(() => zone.BootAsync());
        Assert.Equal((ZoneState.Configured, "z1", "boot", "z1: not installed; install it first", false), (state.State, state.Zone, state.Operation, state.Message, state.IsTransient));
        ZoneException taken = await Assert.ThrowsAsync<ZoneException>(() => host.CreateAsync(TestHost.Spec()));
        Assert.Equal("z1: a zone of that name exists; choose another name or delete it first", taken.Message);
        ZoneException stale = await Assert.ThrowsAsync<ZoneException>(() => host.UpdateAsync("z1", TestHost.Spec() with { MaxProcesses = 9 }, TestHost.Spec() with { MaxProcesses = 8 }));
        Assert.True(stale.IsTransient);

        await zone.InstallAsync();
        await zone.BootAsync();
        ZoneException absent = await Assert.ThrowsAsync<ZoneException>(() => zone.StartAsync(new(["/no/such"])));
        Assert.Equal(("execute", 2, "/no/such"), (absent.Operation, absent.Errno, absent.Path));
        await Assert.ThrowsAsync<ArgumentException>(() => zone.StartAsync(new([])));
        await Assert.ThrowsAsync<ArgumentException>(() => zone.ExecAsync(new ExecRequest(["true"]) { Io = ExecIo.Terminal }));
        await Assert.ThrowsAsync<ZoneStateException>(() => zone.UninstallAsync());
        ZoneSpecException immutable = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.UpdateAsync(spec => spec with { Zonepath = "/srv/other" }));
        Assert.Equal("zonepath", immutable.Problems[0].Property);
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task Commands_read_print_end_and_are_killed(string way) => RunAsync(way, async host =>
    {
        Zone zone = await RunningAsync(host, TestHost.Spec());
        ExecResult both = await zone.ExecAsync(new ExecRequest(["sh", "-c", "cat; echo \"$X\" >&2; pwd; exit 7"]) { StandardInput = "typed\n", Environment = new() { ["X"] = "set" }, WorkingDirectory = "/tmp" });
        Assert.Equal((7, "typed\n/tmp\n", "set\n"), (both.ExitCode, both.StandardOutput, both.StandardError));
        Assert.Equal(127, (await zone.ExecAsync(["/no/such"])).ExitCode);
        ExecResult late = await zone.ExecAsync(new ExecRequest(["sleep", "1000"]) { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal((ExecResult.TimedOutCode, true), (late.ExitCode, late.TimedOut));
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => zone.ExecAsync(["sleep", "1000"], cancel.Token));

        // More than any buffer on the way, both ways at once, every byte in its place.
        byte[] bulk = new byte[3_000_001];
        new Random(1).NextBytes(bulk);
        await using (ZoneProcess cat = await zone.StartAsync(new(["cat"])))
        {
            Task typing = Task.Run(async () =>
            {
                await cat.StandardInput!.WriteAsync(bulk);
                await cat.StandardInput.DisposeAsync();
            });
            using MemoryStream echoed = new();
            await cat.StandardOutput!.CopyToAsync(echoed);
            await typing;
            Assert.Equal(bulk, echoed.ToArray());
            Assert.Equal(0, await cat.StandardError!.ReadAsync(new byte[1]));
            Assert.Equal(new ExitStatus(0), await cat.WaitAsync());
        }

        await using (ZoneProcess sleeping = await zone.StartAsync(new(["sleep", "1000"])))
        {
            sleeping.Signal(15);
            Assert.Equal((143, 15), await sleeping.WaitAsync() is var end ? (end.Code, end.Signal) : default);
            sleeping.Signal(15);
        }

        // One that does not read its input holds nothing up.
        await using (ZoneProcess deaf = await zone.StartAsync(new(["sh", "-c", "echo up; exec sleep 1000"])))
        {
            Task stuck = deaf.StandardInput!.WriteAsync(new byte[1 << 20]).AsTask();
            Assert.Equal(3, await deaf.StandardOutput!.ReadAsync(new byte[10]));
            deaf.Signal(9);
            Assert.Equal(137, (await deaf.WaitAsync()).Code);
            await Assert.ThrowsAnyAsync<IOException>(() => stuck);
        }
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task A_terminal_has_a_size_keys_and_an_end(string way) => RunAsync(way, async host =>
    {
        Zone zone = await RunningAsync(host, TestHost.Spec());
        await using ZoneProcess shell = await zone.StartAsync(new(["sh"]) { Io = ExecIo.Terminal, TerminalSize = (100, 30) });
        StringBuilder seen = new();
        byte[] buffer = new byte[4096];
        async Task UntilAsync(string expected)
        {
            while (!seen.ToString().Contains(expected, StringComparison.Ordinal))
            {
                int length = await shell.Terminal!.ReadAsync(buffer);
                Assert.True(length > 0, $"{expected} never came, but {seen}");
                seen.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }

        await shell.Terminal!.WriteAsync("stty size; echo A$((1+1))\n"u8.ToArray());
        await UntilAsync("A2");
        Assert.Contains("30 100", seen.ToString());
        shell.Resize(81, 25);
        await shell.Terminal.WriteAsync("stty size; echo B$((1+1))\n"u8.ToArray());
        await UntilAsync("B2");
        Assert.Contains("25 81", seen.ToString());
        await shell.Terminal.WriteAsync("exit 3\n"u8.ToArray());
        Assert.Equal(3, (await shell.WaitAsync()).Code);
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task A_cancelled_shutdown_leaves_the_zone_shutting_down(string way) => RunAsync(way, async host =>
    {
        Zone zone = await RunningAsync(host, Scenes.Script("trap '' TERM; echo deaf; while :; do sleep 1; done"));
        await UntilDeafAsync(zone);
        using CancellationTokenSource cancel = new();
        Task shutdown = zone.ShutdownAsync(timeout: TimeSpan.FromHours(1), cancellationToken: cancel.Token);
        await zone.UntilStateAsync(ZoneState.ShuttingDown);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shutdown);
        Assert.Equal(ZoneState.ShuttingDown, (await zone.InfoAsync()).State);
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task Events_and_logs_are_followed_as_they_come(string way) => RunAsync(way, async host =>
    {
        Zone zone = await host.CreateAsync(Scenes.Script("echo first; echo 'second \u00e9 \"\\'; sleep 1000"));
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(60));
        List<ZoneState?> states = [];
        Task following = Task.Run(async () =>
        {
            await foreach (ZoneEvent e in host.WatchAsync(cancellationToken: enough.Token))
            {
                states.Add(e.To);
                if (e.To == ZoneState.Running)
                {
                    break;
                }
            }
        });
        await zone.InstallAsync();
        await zone.BootAsync();
        await following;
        Assert.Equal([ZoneState.Configured, ZoneState.Incomplete, ZoneState.Installed, ZoneState.Ready, ZoneState.Running], states);

        List<string> lines = [];
        await foreach (string line in zone.LogsAsync(new(Follow: true), enough.Token))
        {
            lines.Add(line);
            if (lines.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["first", "second \u00e9 \"\\"], lines);
    });

    /// <summary>Until its init has said that it does not listen to signals any more.</summary>
    internal static async Task UntilDeafAsync(Zone zone)
    {
        await foreach (string _ in zone.LogsAsync(new(Follow: true)))
        {
            break;
        }
    }

    private static async Task<Zone> RunningAsync(IZoneHost host, ZoneSpec spec)
    {
        Zone zone = await host.CreateAsync(spec);
        await zone.InstallAsync();
        await zone.BootAsync();
        return zone;
    }

    private static async Task RunAsync(string way, Func<IZoneHost, Task> scenario)
    {
        await using TestHost test = new();
        if (way == InProcess)
        {
            await scenario(test.Host);
            return;
        }

        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await scenario(host);
    }
}
