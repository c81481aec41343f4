using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mono.Unix.Native;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>stat</c>, <c>events</c> and <c>logs</c>.</summary>
public sealed class LookTests
{
    [Fact]
    public async Task Stat_shows_the_whole_host_first_and_each_zones_share_of_it()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("a") with { CappedMemory = new() { Physical = DataSize.MiB(256) } });
        await test.RunningAsync(TestHost.Spec("b"));
        ZoneCli zone = new(test.State);
        string[] lines = (await zone.OkAsync("stat")).TrimEnd('\n').Split('\n');
        Assert.Equal(["ZONE", "[total]", "a", "b"], lines.Select(line => line.Split(' ')[0]));
        Assert.Single(lines.Select(line => line.Length).Distinct());

        JsonArray shown = Json.Parse(await zone.OkAsync("stat", "--format", "json", "a")).AsArray();
        Assert.Equal(["[total]", "a"], shown.Select(row => row!["zone"]!.GetValue<string>()));
        JsonNode a = shown[1]!;
        Assert.Equal(268_435_456, a["memory-cap"]!.GetValue<long>());
        Assert.InRange(a["memory"]!.GetValue<long>(), 1, 268_435_456);
        Assert.InRange(a["memory-percent-of-host"]!.GetValue<double>(), 0.0001, 100);
        Assert.Equal(1, a["processes"]!.GetValue<long>());
        Assert.All(Json.Kinds(a).Where(field => field.Key is not ("zone" or "time" or "links")), field => Assert.True(field.Value is JsonValueKind.Number or JsonValueKind.Null, field.Key));
        Assert.StartsWith("zone: nope: no such zone", await zone.FailAsync(1, "stat", "nope"));
    }

    /// <summary>Whatever asks for a zone that is not there is told the name that was probably meant.</summary>
    [Theory]
    [InlineData("show web11", "web11: no such zone configured; 'zone list -c' shows those that are; did you mean 'web1'?")]
    [InlineData("boot wbe1", "wbe1: no such zone configured; 'zone list -c' shows those that are; did you mean 'web1'?")]
    [InlineData("delete -F wEb1", "wEb1: no such zone configured; 'zone list -c' shows those that are; did you mean 'web1'?")]
    [InlineData("unset web11 hostname", "web11: no such zone configured; 'zone list -c' shows those that are; did you mean 'web1'?")]
    [InlineData("logs mail", "mail: no such zone configured; 'zone list -c' shows those that are")]
    [InlineData("snoop web11", "web11: neither a zone nor a link of this host; 'zone list -c' shows the zones, 'ip link' the links; did you mean 'web1'?")]
    [InlineData("snoop web11/net0", "web11/net0: there is no zone named web11; 'zone list -c' shows those that are; did you mean 'web1'?")]
    public async Task A_name_that_is_nearly_right_is_told_the_right_one(string command, string complaint)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("web1"));
        Assert.Equal("zone: " + complaint, await new ZoneCli(test.State).FailAsync(1, command.Split(' ')));
    }

    [Fact]
    public async Task Stat_with_an_interval_is_a_stream()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("a"));
        ZoneCli zone = new(test.State);
        string[] rows = (await zone.OkAsync("stat", "a", "0.05", "3", "--format", "json")).TrimEnd('\n').Split('\n');
        Assert.Equal(3, rows.Length);
        Assert.All(rows, row => Assert.Equal("a", Json.Parse(row)[1]!["zone"]!.GetValue<string>()));

        using Process process = zone.Start("stat", "1");
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", await process.StandardOutput.ReadLineAsync());
        Syscall.kill(process.Id, Signum.SIGINT);
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
    }

    [Fact]
    public async Task Stat_of_zones_by_name_ends_with_the_last_of_them()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("a"));
        await test.RunningAsync(TestHost.Spec("b"));
        using Process process = new ZoneCli(test.State).Start("stat", "a", "b", "0.05", "--format", "json");
        Assert.Equal(["[total]", "a", "b"], await NextAsync(process));
        await test.Host.DeleteAsync("a", force: true);
        Assert.Equal("zone: a: no such zone configured; 'zone list -c' shows those that are", await process.StandardError.ReadLineAsync());
        await Eventually.TrueAsync(async () => (await NextAsync(process)).SequenceEqual(["[total]", "b"]), "it does not go on with b");

        // A halt is no end: it may be booted again.
        await test.Host.HaltAsync("b");
        await Eventually.TrueAsync(async () => (await NextAsync(process)).SequenceEqual(["[total]"]), "b is shown still");
        await test.Host.DeleteAsync("b", force: true);
        Assert.Equal("zone: b: no such zone configured; 'zone list -c' shows those that are\n", await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);

        static async Task<IEnumerable<string>> NextAsync(Process process) => Json.Parse((await process.StandardOutput.ReadLineAsync())!).AsArray().Select(row => row!["zone"]!.GetValue<string>()).ToArray();
    }

    [Fact]
    public async Task Events_are_told_in_order_with_a_cursor_to_go_on_from()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("other"));
        await (await test.InstalledAsync(TestHost.Spec("a"))).UninstallAsync();
        await test.Host.DeleteAsync("a");
        ZoneCli zone = new(test.State);
        JsonNode[] events = [.. (await zone.OkAsync("events", "a", "--format", "json")).TrimEnd('\n').Split('\n').Select(Json.Parse)];
        Assert.Equal(["created", "state", "state", "state", "state", "deleted"], events.Select(e => e["kind"]!.GetValue<string>()));
        Assert.Equal("configured", events[0]["to"]!.GetValue<string>());
        long third = events[2]["cursor"]!.GetValue<long>();
        Assert.Equal(3, (await zone.OkAsync("events", "--after", $"{third}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches("^ +1  .*  other         created\n", await zone.OkAsync("events"));
        Assert.StartsWith("---\ncursor: 1\n", await zone.OkAsync("events", "--format", "yaml"));
        Assert.StartsWith("zone: nope: no such zone", await zone.FailAsync(1, "events", "nope"));
        Assert.StartsWith("zone: nope: no such zone", await zone.FailAsync(1, "events", "--follow", "nope"));
    }

    [Fact]
    public async Task Events_follow_what_other_processes_do()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("a"));
        ZoneCli zone = new(test.State);
        using Process follower = zone.Start("events", "--follow", "--format", "json");
        Assert.Contains("\"created\"", await follower.StandardOutput.ReadLineAsync());
        await zone.OkAsync("install", "a");
        Assert.Contains("\"incomplete\"", await follower.StandardOutput.ReadLineAsync());
        Assert.Contains("\"installed\"", await follower.StandardOutput.ReadLineAsync());
        Syscall.kill(follower.Id, Signum.SIGTERM);
        await follower.WaitForExitAsync();
        Assert.Equal(143, follower.ExitCode);
    }

    [Fact]
    public async Task Every_field_is_documented()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        await zone.OkAsync("reboot", "z1");
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "COMMAND.md"));
        (string Command, JsonNode Tree)[] trees =
        [
            ("list", Json.Parse(await zone.OkAsync("list", "--format", "json"))[0]!),
            ("stat", Json.Parse(await zone.OkAsync("stat", "--format", "json"))[1]!),
            ("events", Json.Parse((await zone.OkAsync("events", "--format", "json")).Split('\n')[0])),
            ("verify", Json.Parse(await zone.OkAsync("verify", "z1", "--format", "json"))),
            ("recover", Json.Parse(await zone.OkAsync("recover", "--format", "json"))),
        ];
        foreach ((string command, JsonNode tree) in trees)
        {
            string row = page.Split('\n').Single(line => line.StartsWith($"| `{command}`", StringComparison.Ordinal));
            Assert.All(tree.AsObject(), field => Assert.Contains($"`{field.Key}`", row));
        }
    }

    [Fact]
    public async Task Logs_are_what_init_printed_as_it_printed_it()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("a") with { Init = ["/bin/sh", "-c", "echo one; echo two >&2; printf 'a\\033[1mb\\n'; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo more; exec sleep 1000"] });
        ZoneCli zone = new(test.State);
        await Eventually.TrueAsync(async () => await zone.OkAsync("logs", "a") == "one\ntwo\na\e[1mb\n", "the lines do not appear");
        Assert.Equal("a\e[1mb\n", await zone.OkAsync("logs", "-n", "1", "a"));
        Assert.Equal("", await zone.OkAsync("logs", "-n", "0", "a"));
        using Process follower = zone.Start("logs", "-f", "a");
        Assert.Equal("one", await follower.StandardOutput.ReadLineAsync());
        Assert.Equal("two", await follower.StandardOutput.ReadLineAsync());
        Assert.Equal("a\e[1mb", await follower.StandardOutput.ReadLineAsync());
        await zone.OkAsync("exec", "a", "--", "touch", "/tmp/go");
        Assert.Equal("more", await follower.StandardOutput.ReadLineAsync());
        Syscall.kill(follower.Id, Signum.SIGINT);
        await follower.WaitForExitAsync();
        Assert.Equal(130, follower.ExitCode);
        Assert.StartsWith("zone: ../a: no such zone", await zone.FailAsync(1, "logs", "../a"));
    }
}
