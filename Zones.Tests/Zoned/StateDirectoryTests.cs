using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Zoned;

/// <summary>zoned and its state directory: whatever the directory is called, whatever is removed from it or left over in it.</summary>
public sealed class StateDirectoryTests
{
    [Theory]
    [InlineData("a directory with spaces, commas = and 'quotes'")]
    [InlineData("Zönen-☃-区域")]
    [InlineData("long")]
    public async Task It_may_have_any_name(string name)
    {
        string below = name == "long" ? string.Join('/', Enumerable.Repeat(new string('l', 60), 4)) : name;
        await using TestHost test = new(below: below);
        Zone zone = await test.RunningAsync(Scenes.Script("while [ ! -e /tmp/end ]; do sleep 0.01; done; exit 7"));
        await zone.ExecAsync(["touch", "/tmp/end"]);
        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(7, (await zone.InfoAsync()).LastExit?.Code);
        Assert.Empty(await new ZoneCli(test.State).OkAsync("boot", "z1"));
    }

    [Fact]
    public async Task One_that_everybody_may_enter_lets_nobody_read_what_specs_keep()
    {
        await using TestHost test = new();
        File.SetUnixFileMode(test.State, (UnixFileMode)0x1ED /* 0755 */);
        await test.RunningAsync(TestHost.Spec() with { Env = new() { ["PASSWORD"] = "secret" } });
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.All(Directory.GetFiles(test.State), file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & others));
        Assert.NotEmpty(Directory.GetFiles(test.State, "zones.db*"));
    }

    [Fact]
    public async Task Sockets_and_locks_left_by_a_crash_are_no_obstacle()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.HaltAsync();
        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        Assert.True(File.Exists(Path.Combine(test.State, "run", "keeper.sock")));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new ZoneCli(test.State).RunAsync("boot", "z1")));
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
        ZonedProcesses.Keeper(test.State);
    }

    [Fact]
    public async Task It_ends_when_nothing_is_left_for_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await test.ReopenAsync();
        await Task.Delay(1500);
        int keeper = ZonedProcesses.Keeper(test.State);
        await test.Host.HaltAsync("z1");
        await test.ReopenAsync();
        await Eventually.TrueAsync(() => !ZonedProcesses.Lives(keeper), "waited in vain for zoned's end");
        Assert.Empty(ZonedProcesses.Keepers(test.State));
        Assert.False(File.Exists(Path.Combine(test.State, "run", "keeper.sock")));
        Assert.False(File.Exists(Path.Combine(test.State, "run", "spawner.sock")));
        Assert.Equal("z1", zone.Name);
    }

    [Fact]
    public async Task Boots_that_meet_its_end_find_it_or_start_another()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        for (int round = 0; round < 8; round++)
        {
            Assert.Empty(await new ZoneCli(test.State).OkAsync("boot", "z1"));
            Assert.Empty(await new ZoneCli(test.State).OkAsync("halt", "z1"));
            await Task.Delay(985 + (round * 4));
        }
    }

    [Fact]
    public async Task A_run_directory_removed_under_it_costs_no_zone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("while [ ! -e /tmp/end ]; do sleep 0.01; done; exit 7"));
        int pid = await zone.PidAsync();
        Directory.Delete(Path.Combine(test.State, "run"), recursive: true);
        await test.ReopenAsync();
        Assert.Equal("ok\n", (await test.Host.ExecAsync("z1", new ExecRequest(["echo", "ok"]))).StandardOutput);
        Assert.Equal(pid, (await test.Host.InfoAsync("z1")).Pid);
        await test.Host.ExecAsync("z1", new ExecRequest(["touch", "/tmp/end"]));
        await Eventually.TrueAsync(async () => (await test.Host.InfoAsync("z1")).State == ZoneState.Installed, "waited in vain for the end");
        Assert.Equal(7, (await test.Host.InfoAsync("z1")).LastExit?.Code);

        // The keeper that lost its sockets ends without taking those of its successor along.
        await Eventually.TrueAsync(() => ZonedProcesses.Keepers(test.State).Count <= 1, "waited in vain for one keeper");
        await test.ReopenAsync();
        await test.Host.BootAsync("z1");
        await Scenes.AssertRightAsync(test, "z1");
        await Task.Delay(1200);
        await test.ReopenAsync();
        Assert.Equal(0, (await test.Host.ExecAsync("z1", new ExecRequest(["true"]))).ExitCode);
    }

    [Fact]
    public async Task Sockets_removed_under_it_are_made_again()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int pid = await zone.PidAsync();
        File.Delete(Path.Combine(test.State, "run", "keeper.sock"));
        File.Delete(Path.Combine(test.State, "run", "spawner.sock"));
        await test.ReopenAsync();
        Assert.Equal("ok\n", (await test.Host.ExecAsync("z1", new ExecRequest(["echo", "ok"]))).StandardOutput);
        Assert.Equal(pid, (await test.Host.InfoAsync("z1")).Pid);
    }

    private static bool Removed(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_state_directory_that_is_removed_is_let_go()
    {
        string parent = Directory.CreateTempSubdirectory("zones-gone-").FullName, state = Path.Combine(parent, "state");
        string? stateId = null;
        try
        {
            await using (IZoneHost host = ZoneHost.Open(new ZonesOptions { StateDirectory = state }))
            {
                await host.CreateAsync(Scenes.Script("exit 1") with { Restart = RestartPolicy.Always });
                await host.InstallAsync("z1");
                await host.BootAsync("z1");
                await Eventually.TrueAsync(async () => (await host.EventsAsync("restarted")).Count >= 3, "waited in vain for a restart");
            }

            int keeper = ZonedProcesses.Keeper(state);
            stateId = LeakCheck.StateId(state)!;
            await Eventually.TrueAsync(() => !Directory.Exists(state) || Removed(state), "waited in vain for the removal, which zoned writes into at the same time");
            await Eventually.TrueAsync(() => !ZonedProcesses.Lives(keeper), "waited in vain for zoned's end");
            Assert.False(Directory.Exists(state), "it came back");
            Assert.DoesNotContain(Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup"), root => Directory.Exists($"{root}/zones/{stateId}/z1") && File.ReadAllText($"{root}/zones/{stateId}/z1/cgroup.procs").Length > 0);
        }
        finally
        {
            // With the catalogue went what says whose these are, so nobody else takes them away, also when an assertion has failed.
            IEnumerable<string> roots = stateId is null ? [] : Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup");
            foreach (string left in roots.SelectMany(root => new[] { $"{root}/zones/{stateId}/z1", $"{root}/zones/{stateId}" }).Where(Directory.Exists))
            {
                Directory.Delete(left);
            }

            Directory.Delete(parent, recursive: true);
        }
    }
}
