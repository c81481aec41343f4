using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>The verbs that change zones.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task A_zone_lives_from_create_to_delete_without_a_word()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        foreach ((string command, string state) in ((string, string)[])
        [
            ("create web1 --root host", "configured"), ("verify web1", "configured"), ("install web1", "installed"), ("verify web1", "installed"),
            ("ready web1", "ready"), ("ready web1", "ready"), ("boot web1", "running"), ("boot web1", "running"), ("reboot web1", "running"),
            ("ready web1", "ready"), ("halt web1", "installed"), ("halt web1", "installed"), ("boot web1", "running"), ("shutdown web1", "installed"),
            ("boot web1", "running"), ("shutdown -r web1", "running"), ("halt web1", "installed"), ("uninstall -F web1", "configured"),
        ])
        {
            Assert.Equal("", await zone.OkAsync(command.Split(' ')));
            Assert.Contains($":web1:{state}:", await zone.OkAsync("list", "-cp"));
        }

        await zone.OkAsync("delete", "-F", "web1");
        Assert.Equal("", await zone.OkAsync("list", "-c"));
        Assert.Equal("zone: web1: no such zone configured; 'zone list -c' shows those that are", await zone.FailAsync(1, "delete", "-F", "web1"));
    }

    [Theory]
    [InlineData("boot z1", "zone: z1: not installed; install it first")]
    [InlineData("ready z1", "zone: z1: not installed; install it first")]
    [InlineData("reboot z1", "zone: z1: not installed; install it first")]
    [InlineData("stat z1", "zone: z1: is configured, so it uses nothing; boot it first")]
    [InlineData("create z1", "zone: z1: a zone of that name exists; choose another name or delete it first")]
    [InlineData("launch z1", "zone: z1: a zone of that name exists; choose another name or delete it first")]
    public async Task What_the_state_does_not_allow_is_an_error_that_says_what_to_do_first(string command, string message)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        Assert.Equal(message, await new ZoneCli(test.State).FailAsync(1, command.Split(' ')));
        Assert.Single(await test.Host.ListAsync());
    }

    [Fact]
    public async Task Of_several_zones_all_are_tried_and_one_error_is_an_error()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await zone.OkAsync("create", "a");
        await zone.OkAsync("create", "b");
        await zone.OkAsync("install", "b");
        await new ZoneCli(test.State) { Input = "zone: c\nroot: host\nfs: [ { dir: /x, special: /nowhere } ]\n" }.OkAsync("create", "-f", "-");
        Assert.StartsWith("zone: c: fs[0].special: ", await zone.FailAsync(1, "install", "a", "c"));
        Assert.StartsWith("zone: nope: no such zone", await zone.FailAsync(1, "boot", "a", "nope", "b"));
        Assert.Equal("a\nb\n", await zone.OkAsync("list"));
        await zone.OkAsync("halt", "a", "b");
        Assert.Equal("", await zone.OkAsync("list"));
        Assert.Equal("a\nb\n", await zone.OkAsync("list", "-i"));
        await zone.OkAsync("delete", "-F", "a", "b", "c");
        Assert.Equal("", await zone.OkAsync("list", "-c"));
    }

    [Fact]
    public async Task A_forced_delete_needs_nothing_before_it()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        await new ZoneCli(test.State).OkAsync("delete", "-F", "z1");
        Assert.Empty(await test.Host.ListAsync());
    }

    [Fact]
    public async Task Words_after_dashes_are_arguments_of_init_for_one_boot()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "echo \"$@\"; exec sleep 1000", "init"], Bootargs = ["standard"] });
        ZoneCli zone = new(test.State);
        await zone.OkAsync("boot", "z1", "--", "--debug", "-f");
        await Eventually.TrueAsync(async () => await zone.OkAsync("logs", "z1") == "--debug -f\n", "init did not get its arguments");
        await zone.OkAsync("reboot", "z1");
        await Eventually.TrueAsync(async () => await zone.OkAsync("logs", "-n", "1", "z1") == "standard\n", "init did not get its arguments");
    }

    [Fact]
    public async Task Two_boots_at_once_are_one()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => zone.RunAsync("boot", "z1")));
        Assert.All(results, result => Assert.Equal(new CommandResult(0, "", ""), result));
        Assert.Equal(1, (await test.Host.InfoAsync("z1")).Id);
    }

    [Fact]
    public async Task Launch_does_all_or_nothing()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await zone.OkAsync("launch", "a");
        Assert.Equal("a\n", await zone.OkAsync("list"));
        Assert.Equal("zone: root.source: /nonexistent is not a directory of this host", await zone.FailAsync(1, "launch", "b", "--root", "/nonexistent"));
        ZoneCli fromInput = new(test.State) { Input = "zone: c\ninit: [/bin/nonexistent]\n" };
        Assert.Equal("zone: init: /bin/nonexistent does not exist in the zone's root", await fromInput.FailAsync(1, "launch", "-f", "-"));
        Assert.Equal("a\n", await zone.OkAsync("list", "-c"));
        Assert.Equal(["a"], Directory.GetDirectories(Path.Combine(test.State, "zones")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_interrupted_shutdown_gives_the_signals_code()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"] });
        using System.Diagnostics.Process process = new ZoneCli(test.State).Start("shutdown", "z1");
        await Eventually.TrueAsync(async () => (await test.Host.InfoAsync("z1")).State == ZoneState.ShuttingDown, "it does not shut down");
        Mono.Unix.Native.Syscall.kill(process.Id, Mono.Unix.Native.Signum.SIGINT);
        await process.WaitForExitAsync();
        Assert.Equal((130, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
        await new ZoneCli(test.State).OkAsync("halt", "z1");
    }

    [Fact]
    public async Task Recover_tells_what_it_found()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal("1 zone well\n", await zone.OkAsync("recover"));
        Assert.Equal(["z1"], Json.Texts(Json.Parse(await zone.OkAsync("recover", "--format", "json"))["adopted"]!));
    }

    [Theory]
    [InlineData("boot -w z1", "its root cannot be made writable")]
    [InlineData("boot z1 -- -s", "its init gets no other arguments")]
    [InlineData("boot z1 --append quiet", "no kernel can be tried in it")]
    public async Task What_only_a_boot_can_give_a_zone_that_runs_is_not_promised(string command, string what)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal($"zone: z1: runs already, so {what}; halt it first", await zone.FailAsync(1, command.Split(' ')));
        await zone.OkAsync("boot", "z1");
        Assert.Equal(1, (await test.Host.InfoAsync("z1")).Id);
    }

    [Fact]
    public async Task A_shutdown_that_boots_again_is_a_reboot_and_refused_as_one()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        ZoneCli cli = new(test.State);
        foreach (string state in (string[])["installed", "ready"])
        {
            string refused = await cli.FailAsync(1, "reboot", "z1");
            Assert.Equal("zone: z1: not running; boot it", refused);
            Assert.Equal(refused, await cli.FailAsync(1, "shutdown", "-r", "z1"));
            Assert.Equal(state, (await zone.InfoAsync()).State.Text());
            await zone.ReadyAsync();
        }

        await cli.OkAsync("shutdown", "z1");
        await cli.OkAsync("shutdown", "z1");
    }
}
