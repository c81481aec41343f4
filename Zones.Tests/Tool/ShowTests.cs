using CsCheck;

namespace Zones.Tests.Tool;

public sealed class ShowTests
{
    [Fact]
    public async Task What_turns_the_direction_of_writing_is_escaped_in_json()
    {
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec() with { Attr = new() { ["a"] = "é\u202ered" } };
        await test.Host.CreateAsync(spec);
        string shown = await new ZoneCli(test.State).OkAsync("show", "z1", "--format", "json");
        Assert.Contains("\"é\\u202ered\"", shown, StringComparison.Ordinal);
        Assert.Equal(spec.Attr["a"], Json.Parse(shown)["attr"]!["a"]!.GetValue<string>());
    }

    /// <summary>Of any spec that can be created, what show prints creates the same zone on another host, which shows the same.</summary>
    [Fact]
    public async Task What_show_prints_is_a_valid_spec_of_the_same_zone()
    {
        await using TestHost one = new();
        await using TestHost other = new();
        ZoneCli first = new(one.State), second = new(other.State);
        int count = 0;
        await Spec.SpecGenerator.Specs.SampleAsync(
            async random =>
            {
                // What another package brings to life, a host without it does not record.
                ZoneSpec spec = random with
                {
                    Zone = $"z{Interlocked.Increment(ref count)}", Zonepath = null, Brand = ZoneBrand.Native, Domain = null, Anet = [], Net = [], Resolvers = [],
                    Root = random.Root.Kind is RootSource.Image or RootSource.Nfs ? ZoneRoot.Host() : random.Root,
                };
                await one.Host.CreateAsync(spec);
                string shown = await first.OkAsync("show", spec.Zone, "--format", "yaml");
                Assert.Equal(spec, ZoneSpecYaml.Read(shown));
                ZoneCli typed = new(other.State) { Input = shown };

                // What this host lacks is its own affair; a spec that is wrong would be told with its line.
                Assert.DoesNotContain("standard input", (await typed.RunAsync("verify", "-f", "-")).Error);
                CommandResult created = await typed.RunAsync("create", "-f", "-");
                Assert.Equal(new CommandResult(0, "", ""), created);
                Assert.Equal(shown, await second.OkAsync("show", spec.Zone));
            },
            iter: 60,
            threads: 1);
    }
}
