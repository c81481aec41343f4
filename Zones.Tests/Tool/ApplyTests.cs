using System.Text.Json.Nodes;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>apply</c>: a set of specs and what becomes of it.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task A_set_is_shown_as_a_diff_done_and_found_done()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        ZoneCli zone = new(test.State);
        Write(set, "a", "max-processes: 50\nhostname: one\n");
        Write(set, "b", "attr: { tenant: acme }\n");
        File.WriteAllText(Path.Combine(set.Path, "notes.txt"), "no spec");
        string plan = "zone a: create\n  + zone: a\n  + root: { source: host }\n  + hostname: one\n  + max-processes: 50\nzone b: create\n  + zone: b\n  + root: { source: host }\n  + attr: { tenant: acme }\n";
        Assert.Equal(new CommandResult(3, plan, ""), await zone.RunAsync("apply", "-f", set.Path, "--dry-run"));
        Assert.Empty(await test.Host.ListAsync());
        Assert.Equal(plan, await zone.OkAsync("apply", "-f", set.Path));
        Assert.Equal("", await zone.OkAsync("apply", "-f", set.Path, "--dry-run"));
        await test.Host.InstallAsync("a");
        await test.Host.BootAsync("a");
        Write(set, "a", "max-processes: 20\nhostname: two\n");
        string change = "zone a: change\n  ~ hostname: one -> two  (taken at the next boot)\n  ~ max-processes: 50 -> 20\n";
        Assert.Equal(new CommandResult(3, change, ""), await zone.RunAsync("apply", "-f", Path.Combine(set.Path, "a.yaml"), "-n"));
        Assert.Equal(change, await zone.OkAsync("apply", "-f", set.Path));
        Assert.Equal("", await zone.OkAsync("apply", "-f", set.Path));
        Assert.Equal("20 one", await (await test.Host.GetAsync("a")).ShellAsync("echo 20 $(uname -n)"));
        Assert.Equal("hostname", Assert.Single((await test.Host.InfoAsync("a")).Pending).Property);
    }

    [Fact]
    public async Task A_plan_for_programs_is_a_tree()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("a"));
        ZoneCli zone = new(test.State) { Input = "zone: a\nhostname: x\n" };
        CommandResult result = await zone.RunAsync("apply", "-f", "-", "-n", "--format", "json");
        Assert.Equal(3, result.Code);
        JsonNode planned = Json.Parse(result.Output)[0]!;
        Assert.Equal(("a", "change", "hostname", "x"), (planned["zone"]!.GetValue<string>(), planned["action"]!.GetValue<string>(), planned["changes"]![0]!["property"]!.GetValue<string>(), planned["changes"]![0]!["to"]!.GetValue<string>()));
        Assert.Null(planned["changes"]![0]!["waits"]);
    }

    [Fact]
    public async Task A_plan_for_programs_has_every_property_of_a_zone_that_is_to_be_created()
    {
        await using TestHost test = new();
        CommandResult result = await new ZoneCli(test.State) { Input = "zone: a\nhostname: x\nattr: { tenant: acme }\n" }.RunAsync("apply", "-f", "-", "-n", "--format", "json");
        Assert.Equal(3, result.Code);
        Assert.Equal(
            [("zone", null, "a"), ("root.source", null, "host"), ("hostname", null, "x"), ("attr.tenant", null, "acme")],
            Json.Parse(result.Output)[0]!["changes"]!.AsArray().Select(change => (change!["property"]!.GetValue<string>(), change["from"]?.GetValue<string>(), change["to"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Prune_deletes_what_the_same_set_made_and_nothing_else()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        using TemporaryDirectory other = new();
        ZoneCli zone = new(test.State);
        await test.Host.CreateAsync(TestHost.Spec("mine"));
        await test.Host.CreateAsync(TestHost.Spec("adopted"));
        Write(set, "a", "");
        Write(set, "b", "attr: { tenant: acme }\n");
        Write(set, "c", "attr: { tenant: other }\n");
        Write(set, "adopted", "hostname: x\n");
        Write(other, "theirs", "");
        await zone.OkAsync("apply", "-f", set.Path);
        await zone.OkAsync("apply", "-f", other.Path);
        foreach (string name in (string[])["b", "c", "adopted"])
        {
            File.Delete(Path.Combine(set.Path, name + ".yaml"));
        }

        Assert.Equal("", await zone.OkAsync("apply", "-f", set.Path));
        Assert.Equal(new CommandResult(3, "zone b: delete\nzone c: delete\n", ""), await zone.RunAsync("apply", "-f", set.Path, "--prune", "-n"));
        Assert.Equal(new CommandResult(3, "zone b: delete\n", ""), await zone.RunAsync("apply", "-f", set.Path + "/", "--prune", "-n", "-l", "tenant=acme"));
        await test.Host.InstallAsync("b");
        await test.Host.BootAsync("b");

        // Without anybody to ask, nothing is done at all.
        CommandResult asked = await zone.RunAsync("apply", "-f", set.Path, "--prune");
        Assert.Equal((2, "zone: standard input is no terminal, so nobody can be asked; give -y to answer yes\n"), (asked.Code, asked.Error));
        Assert.Equal(6, (await test.Host.ListAsync()).Count);
        await zone.OkAsync("apply", "-f", set.Path, "--prune", "-y");
        Assert.Equal(["a", "adopted", "mine", "theirs"], (await test.Host.ListAsync()).Select(info => info.Name));
    }

    [Theory]
    [InlineData("y", 1)]
    [InlineData("n", 2)]
    public async Task On_a_terminal_prune_asks(string answer, int left)
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        Write(set, "a", "");
        Write(set, "b", "");
        await new ZoneCli(test.State).OkAsync("apply", "-f", set.Path);
        File.Delete(Path.Combine(set.Path, "b.yaml"));
        Write(set, "a", "hostname: x\n");
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "apply", "-f", set.Path, "--prune");
        await terminal.SeesAsync("delete b with all files (y/[n])?");
        terminal.Type(answer + "\r");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(left, (await test.Host.ListAsync()).Count);
        Assert.Equal("x", (await test.Host.InfoAsync("a")).Spec.Hostname);
    }

    [Fact]
    public async Task A_selector_chooses_by_attributes()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        ZoneCli zone = new(test.State);
        Write(set, "a", "attr: { tenant: acme, tier: web }\n");
        Write(set, "b", "attr: { tenant: acme, tier: db }\n");
        Write(set, "c", "");
        await zone.OkAsync("apply", "-f", set.Path, "-l", "tenant=acme,tier=db");
        Assert.Equal(["b"], (await test.Host.ListAsync()).Select(info => info.Name));
        await zone.OkAsync("apply", "-f", set.Path, "-l", "tenant=acme", "-l", "tier=web");
        Assert.Equal(["a", "b"], (await test.Host.ListAsync()).Select(info => info.Name));
        Assert.StartsWith("zone: 'tenant' is not ATTR=VALUE", await zone.FailAsync(2, "apply", "-f", set.Path, "-l", "tenant"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_any_spec_is_told_before_anything_is_done()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        await test.InstalledAsync(TestHost.Spec("d"));
        ZoneCli zone = new(test.State);
        Write(set, "a", "");
        Write(set, "b", "hostnam: x\n");
        Write(set, "c", "max-processes: lots\n");
        CommandResult result = await zone.RunAsync("apply", "-f", set.Path);
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Equal([$"zone: {set.Path}/b.yaml:2:1: hostnam", $"zone: {set.Path}/c.yaml:2:16: max-processes"], result.Error.TrimEnd('\n').Split('\n').Select(line => line[..line.LastIndexOf(": '", StringComparison.Ordinal)]));
        File.Delete(Path.Combine(set.Path, "b.yaml"));
        Write(set, "c", "", zoneName: "a");
        Assert.Equal($"zone: zone: 'a' is the name of 2 specs of the set, in {set.Path}/a.yaml and {set.Path}/c.yaml; keep one of them", await zone.FailAsync(1, "apply", "-f", set.Path));
        File.Delete(Path.Combine(set.Path, "c.yaml"));
        Write(set, "d", "root: { source: host, type: whole }\n");
        Assert.StartsWith($"zone: {set.Path}/d.yaml: d: root.type: 'whole': is what the private files of an installed zone were made from", await zone.FailAsync(1, "apply", "-f", set.Path), StringComparison.Ordinal);
        Assert.Equal(["d"], (await test.Host.ListAsync()).Select(info => info.Name));

        // A program that has no files learns the zone.
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => test.Host.PlanAsync(new([TestHost.Spec("d") with { Root = TestHost.Spec().Root with { Type = RootType.Whole } }])));
        Assert.StartsWith("d: root.type: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_whose_change_does_not_work_is_named()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        await test.RunningAsync(TestHost.Spec("a"));
        Write(set, "a", "fs: [ { dir: /srv/x, special: /nowhere } ]\n");
        CommandResult result = await new ZoneCli(test.State).RunAsync("apply", "-f", set.Path);
        Assert.Equal((1, "zone: a: fs[0].special: /nowhere does not exist on this host\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task What_cannot_be_a_set_is_refused()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        ZoneCli zone = new(test.State);
        Assert.Equal($"zone: {set.Path}: holds no *.yaml or *.yml; -f names a spec or a directory of specs", await zone.FailAsync(1, "apply", "-f", set.Path, "--prune", "-y"));
        Assert.Equal("zone: --prune goes by the name of FILE or DIR, and standard input has none", await zone.FailAsync(2, "apply", "-f", "-", "--prune"));
        Assert.StartsWith($"zone: {set.Path}/none: no such file", await zone.FailAsync(1, "apply", "-f", $"{set.Path}/none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_zone_that_fails_keeps_no_other_from_its_change()
    {
        await using TestHost test = new();
        ApplyPlan plan = await test.Host.PlanAsync(new([TestHost.Spec("a"), TestHost.Spec("b")]));
        await test.Host.CreateAsync(TestHost.Spec("a"));
        ApplyReport report = await test.Host.ApplyAsync(plan);
        Assert.Equal(["b"], report.Created);
        Assert.StartsWith("a: a zone of that name exists", Assert.Single(report.Failures).Message, StringComparison.Ordinal);
    }

    private static void Write(TemporaryDirectory set, string name, string properties, string? zoneName = null) =>
        File.WriteAllText(Path.Combine(set.Path, name + ".yaml"), $"zone: {zoneName ?? name}\n{properties}");
}
