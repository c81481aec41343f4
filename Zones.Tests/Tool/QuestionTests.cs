using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>Verbs that ask before something is gone for good: when they do, and what answers them.</summary>
public sealed class QuestionTests
{
    private const string Unasked = "zone: standard input is no terminal, so nobody can be asked; give -y to answer yes";

    [Theory]
    [InlineData("delete", "zone: z1: only a configured zone can be deleted; uninstall it first, or force it (-F)")]
    [InlineData("uninstall", "zone: z1: halt it first")]
    public async Task What_the_state_does_not_allow_is_refused_before_anybody_is_asked(string verb, string refusal)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal(refusal, await zone.FailAsync(1, verb, "z1"));
        Assert.Equal(refusal, await zone.FailAsync(1, verb, "-y", "z1"));
        Assert.Equal("zone: nope: no such zone configured; 'zone list -c' shows those that are", await zone.FailAsync(1, verb, "nope"));
        foreach (string name in (string[])["z1", "nope"])
        {
            await using PseudoTerminal terminal = PseudoTerminal.Start(test, verb, name);
            Assert.Equal(1, await terminal.EndAsync());
            Assert.DoesNotContain("(y/[n])?", terminal.Screen, StringComparison.Ordinal);
        }

        Assert.Equal(ZoneState.Running, (await test.Host.InfoAsync("z1")).State);
    }

    [Fact]
    public async Task Yes_answers_the_question_and_does_no_more()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        ZoneCli zone = new(test.State) { Input = "y\n" };
        Assert.Equal(Unasked, await zone.FailAsync(2, "uninstall", "z1"));
        Assert.StartsWith("zone: z1: only a configured zone", await zone.FailAsync(1, "delete", "--yes", "z1"), StringComparison.Ordinal);
        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
        Assert.Equal("", await zone.OkAsync("uninstall", "-y", "z1"));
        Assert.Equal("zone: z1: not installed", await zone.FailAsync(1, "uninstall", "z1"));
        Assert.Equal(Unasked, await zone.FailAsync(2, "delete", "z1"));
        Assert.Equal("", await zone.OkAsync("delete", "-y", "z1"));
        Assert.Empty(await test.Host.ListAsync());
    }

    [Fact]
    public async Task Of_several_zones_all_are_looked_at_before_the_first_question()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("a"));
        await test.InstalledAsync(TestHost.Spec("b"));
        await test.Host.CreateAsync(TestHost.Spec("c"));
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "delete", "a", "b", "nope", "c");
        int asked = await terminal.SeesAsync("forget zone a for good (y/[n])? ");
        Assert.Contains("zone: b: only a configured zone", terminal.Screen[..asked], StringComparison.Ordinal);
        Assert.Contains("zone: nope: no such zone", terminal.Screen[..asked], StringComparison.Ordinal);
        terminal.Type("n\r");
        await terminal.SeesAsync("forget zone c for good (y/[n])? ", asked);
        terminal.Type("y\r");
        Assert.Equal(1, await terminal.EndAsync());
        Assert.Equal(["a", "b"], (await test.Host.ListAsync()).Select(zone => zone.Name));
    }

    [Fact]
    public async Task A_zone_that_died_with_the_host_is_as_what_is_left_of_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.HaltAsync();
        CatalogueFile.Run(test.State, "UPDATE zone SET state = 'running', generation = 999, pid = 1, start_ticks = 1, boot_id = 'another' WHERE name = 'z1'");
        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "uninstall", "z1");
        await terminal.SeesAsync("(y/[n])? ");
        terminal.Type("y\r");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
    }
}
