using Zones.Tests.Change;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Keeper and spawner killed at one system call of theirs after the other while a command is carried out: it succeeds or says why it did not, the zone
/// is as before or as wanted, and the same command succeeds afterwards. Boots with links are those of CrashTests.</summary>
public sealed class ZonedStepsTests
{
    /// <summary>Those that change something that others see, or learn of it.</summary>
    private static readonly string[] s_calls = ["accept4", "recvmsg", "clone3", "waitid", "socketpair", "sendto", "sendmsg", "write", "rename", "unlink", "fsync"];

    private static readonly ZoneSpec s_polite = Scenes.Script("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done");

    /// <summary>To make a zone ready or halt it, no process is made.</summary>
    public static TheoryData<string, string> Operations => new(
        from part in (string[])["keeper", "spawner"]
        from operation in (string[])["ready", "boot", "halt", "shutdown", "reboot", "exec", "cp", "set"]
        where part == "keeper" || operation is not ("ready" or "halt" or "shutdown")
        select (part, operation));

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task What_is_done_while_they_die_is_done_or_refused_and_can_be_done_again(string part, string operation)
    {
        await using TestHost test = new();
        Zone keeps = await test.RunningAsync(TestHost.Spec("bystander"));
        int bystander = await keeps.PidAsync();
        string file = Path.Combine(test.State, "file"), data = Directory.CreateDirectory(Path.Combine(test.State, "data")).FullName;
        await File.WriteAllTextAsync(file, "content");
        string[] words = operation switch
        {
            "exec" => ["exec", "z1", "--", "true"],
            "cp" => ["cp", file, "z1:/srv/file"],
            "set" => ["set", "z1", "max-processes=60", $"fs[+]={{ dir: /srv/data, special: {data} }}"],
            _ => [operation, "z1"],
        };
        ZoneSpec spec = operation switch { "shutdown" => s_polite, "set" => TestHost.Spec() with { MaxProcesses = 50 }, _ => TestHost.Spec() };
        Zone zone = await test.InstalledAsync(spec);
        ZoneCli cli = new(test.State);
        KillSweep sweep = new(s_calls, []);
        while (!sweep.IsOver)
        {
            if (operation is not ("ready" or "boot"))
            {
                await zone.BootAsync();
            }

            // The first command to a new spawner finds it at its beginning.
            await keeps.ExecAsync(["true"]);
            File.Delete(Path.Combine((await zone.InfoAsync()).Zonepath, "root/srv/file"));
            int pid = part == "keeper" ? ZonedProcesses.Keeper(test.State) : await ZonedProcesses.SpawnerAsync(test.State);
            CommandResult result = new(0, "", "");
            string step = $"{sweep.Call} {sweep.At}";
            await sweep.KillAsync(pid, async () => result = await cli.RunAsync(words));
            Assert.True(result.Code is 0 or 1 or 125, $"{step}: {result}");
            if (result.Code != 0)
            {
                result.Complaint();
            }

            await test.Host.RecoverAsync();
            zone = await test.Host.GetAsync("z1");
            if (operation is not "shutdown")
            {
                await Scenes.AssertRightAsync(test, "z1");
            }

            await AssertDoneOrNotAsync(test, zone, operation, result.Code == 0);
            CommandResult again = await cli.RunAsync(words);
            Assert.True(again.Code == 0 || operation is "reboot" && result.Code != 0, $"{step}: {again}");
            await zone.HaltAsync();
            await test.Host.UpdateAsync("z1", spec);
        }

        Assert.InRange(sweep.Kills, 1, int.MaxValue);
        Assert.Equal(bystander, await (await test.Host.GetAsync("bystander")).PidAsync());
        await Scenes.AssertRightAsync(test, "bystander");
    }

    private static async Task AssertDoneOrNotAsync(TestHost test, Zone zone, string operation, bool done)
    {
        ZoneInfo info = await zone.InfoAsync();
        switch (operation)
        {
            case "cp":
                Assert.Equal(done ? "content" : "", await zone.ShellAsync("cat /srv/file 2>/dev/null || true"));
                break;
            case "set":
                Assert.Empty(CatalogueFile.Run(test.State, "SELECT name FROM zone WHERE changing IS NOT NULL"));
                Assert.Equal(done, info.Spec.MaxProcesses == 60);
                Assert.Equal(done ? "60" : "50", await zone.LimitAsync("pids", "pids.max"));
                Assert.Equal(done, await zone.SucceedsAsync("grep -q ' /srv/data ' /proc/self/mountinfo"));
                await zone.UpdateAsync(spec => spec with { MaxProcesses = 50, Fs = [] });
                break;
            case "exec":
                Assert.Equal(ZoneState.Running, info.State);
                break;
            default:
                if (done)
                {
                    Assert.Equal(operation switch { "ready" => ZoneState.Ready, "boot" or "reboot" => ZoneState.Running, _ => ZoneState.Installed }, info.State);
                }

                break;
        }
    }
}
