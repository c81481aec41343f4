using Zones.Specs;

namespace Zones.Tests.Spec.Changes;

/// <summary>Single properties of a spec by their paths.</summary>
public sealed class SpecEditorTests
{
    private static readonly ZoneSpec s_spec = ZoneSpecYaml.Read("""
        zone: z1
        capped-memory: { physical: 256M, swap: 0 }
        rctl: { io.weight: 50, nofile: 100 }
        fs:
          - { dir: /a, special: /usr, options: [ro] }
          - { dir: /b, type: tmpfs }
        attr: { tenant: acme, a.b: c }
        """);

    [Theory]
    [InlineData("capped-memory.physical=512M", "~ capped-memory.physical: 256M -> 512M")]
    [InlineData("capped-memory=1G", "~ capped-memory.physical: 256M -> 1G|- capped-memory.swap: 0")]
    [InlineData("capped-cpu.ncpus=1.5", "+ capped-cpu.ncpus: 1.5")]
    [InlineData("attr.tenant=a: b # c", "~ attr.tenant: acme -> a: b # c")]
    [InlineData("attr.a.b=d", "~ attr.a.b: c -> d")]
    [InlineData("attr.empty=\"\"", "+ attr.empty: ")]
    [InlineData("env.X=y=z", "+ env.X: y=z")]
    [InlineData("fs[0].options=[ro, nosuid]", "~ fs[0].options: [ro] -> [ro, nosuid]")]
    [InlineData("fs[1].options[0]=size=1M", "+ fs[1].options: [size=1M]")]
    [InlineData("fs[+]={ dir: /c, special: /usr/share }", "+ fs[2]: { dir: /c, special: /usr/share }")]
    [InlineData("fs[2].dir=/c|fs[2].type=tmpfs", "+ fs[2]: { dir: /c, type: tmpfs }")]
    [InlineData("rctl.io.weight=60", "~ rctl[0].value: 50 -> 60")]
    [InlineData("rctl.core=0", "+ rctl[2]: { name: core, value: 0 }")]
    [InlineData("root.image=debian", "+ root.image: debian|- root.source: host")]
    [InlineData("init=[/bin/sh, -c, exit]", "+ init: [/bin/sh, \"-c\", exit]")]
    [InlineData("autoboot=true", "+ autoboot: true")]
    [InlineData("autoboot=false", "")]
    public void What_is_set_is_what_changes(string assignments, string changes) =>
        Assert.Equal(changes, Changes(SpecEditor.Set(s_spec, assignments.Split('|').Select(word => (word[..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..])))));

    [Theory]
    [InlineData("capped-memory", "- capped-memory.physical: 256M|- capped-memory.swap: 0")]
    [InlineData("capped-memory.swap|capped-memory.physical", "- capped-memory.physical: 256M|- capped-memory.swap: 0")]
    [InlineData("attr.a.b", "- attr.a.b: c")]
    [InlineData("fs[0]", "- fs[0]: { dir: /a, special: /usr, options: [ro] }")]
    [InlineData("fs[0]|fs[1]", "- fs[0]: { dir: /a, special: /usr, options: [ro] }|- fs[1]: { dir: /b, type: tmpfs }")]
    [InlineData("rctl.nofile", "- rctl[1]: { name: nofile, value: 100 }")]
    public void What_is_unset_has_its_default(string properties, string changes) => Assert.Equal(changes, Changes(SpecEditor.Unset(s_spec, properties.Split('|'))));

    /// <summary>The reader's own words, with the path in the place of a line.</summary>
    [Theory]
    [InlineData("capped-memory.physical=lots", "capped-memory.physical: 'lots' is not a whole number")]
    [InlineData("capped-memory.phsical=1M", "capped-memory.phsical: 'phsical' is not a property; did you mean 'physical'?")]
    [InlineData("hostnam=a", "hostnam: 'hostnam' is not a property; did you mean 'hostname'?")]
    [InlineData("hostname=", "hostname: has no value; give one, or leave the property out")]
    [InlineData("fs[0].options=ro", "fs[0].options: 'ro': is not a list")]
    [InlineData("fs[7].dir=/x", "fs[7]: is not there: fs has 2 elements, the next is fs[+]")]
    [InlineData("fs.dir=/x", "fs: is a list; name an element, such as fs[0], or fs[+] for a new one")]
    [InlineData("capped-memory[0]=x", "capped-memory: is no list; leave the number out")]
    [InlineData("fs[x].dir=/x", "fs[x].dir: 'fs[x].dir' is no path of a property")]
    [InlineData(".a=/x", ".a: '.a' is no path of a property")]
    [InlineData("init=[a", "init: '[a': not YAML:")]
    [InlineData("fs[1].dir=/a", "fs[1].dir: another fs is mounted on /a; keep one of them")]
    [InlineData("max-processes=x", "max-processes: 'x' is not a whole number")]
    public void Wrong_values_are_told_in_the_words_of_the_reader(string assignment, string message)
    {
        int at = assignment.IndexOf('=');
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => SpecEditor.Set(s_spec, [(assignment[..at], assignment[(at + 1)..])]));
        Assert.StartsWith(message, error.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hostname")]
    [InlineData("fs[2]")]
    [InlineData("attr.none")]
    [InlineData("rctl.core")]
    [InlineData("capped-cpu.ncpus")]
    public void What_is_not_set_cannot_be_unset(string property) =>
        Assert.Equal($"{property}: is not set", Assert.Single(Assert.Throws<ZoneSpecException>(() => SpecEditor.Unset(s_spec, [property])).Problems).ToString());

    [Theory]
    [InlineData("capped-memry", "capped-memry: 'capped-memry' is not a property; did you mean 'capped-memory'?")]
    [InlineData("capped-memory.phsical", "capped-memory.phsical: 'phsical' is not a property; did you mean 'physical'?")]
    [InlineData("capped-cpu.ncpu", "capped-cpu.ncpu: 'ncpu' is not a property; did you mean 'ncpus'?")]
    [InlineData("nonsense", "nonsense: 'nonsense' is not a property; known here: zone, brand")]
    [InlineData("attr.tenat", "attr.tenat: is not set; did you mean 'attr.tenant'?")]
    [InlineData("fs[0].optins", "fs[0].optins: is not set; did you mean 'fs[0].options'?")]
    public void What_was_misspelt_is_told_what_it_is_near_to(string property, string message) =>
        Assert.StartsWith(message, Assert.Single(Assert.Throws<ZoneSpecException>(() => SpecEditor.Unset(s_spec, [property])).Problems).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Each_path_that_is_set_can_be_unset()
    {
        List<string> paths = SetPaths.Of(s_spec);
        Assert.Equal(
            ["root", "root.source", "capped-memory", "capped-memory.physical", "capped-memory.swap", "rctl", "rctl[0]", "rctl[1]", "fs", "fs[0]", "fs[0].special", "fs[0].options", "fs[1]", "fs[1].type", "attr", "attr.a.b", "attr.tenant"],
            paths);

        // Some of them alone would leave a spec that is wrong: fs[0] without its special.
        Assert.All(paths, path => Assert.DoesNotContain("is not set", Record.Exception(() => SpecEditor.Unset(s_spec, [path]))?.Message ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_path_without_end_is_none() =>
        Assert.Contains("is no path of a property", Assert.Throws<ZoneSpecException>(() => SpecEditor.Set(s_spec, [(string.Concat(Enumerable.Repeat("root.", 20_000)) + "a", "x")])).Problems[0].Message);

    [Fact]
    public void A_name_is_required_still() => Assert.Equal("zone: is missing; it is the zone's name", Assert.Throws<ZoneSpecException>(() => SpecEditor.Unset(s_spec, ["zone"])).Problems[0].ToString());

    [Fact]
    public void A_new_order_is_a_change() =>
        Assert.Equal("~ fs: [/a, /b] -> [/b, /a]", Changes(s_spec with { Fs = [s_spec.Fs[1], s_spec.Fs[0]] }));

    [Fact]
    public void Two_controls_of_one_name_are_told_apart()
    {
        ZoneSpec two = s_spec with { Rctl = [new("io.max", "8:0 rbps=1M"), new("io.max", "8:16 rbps=1M")] };
        Assert.Equal(["~ rctl[1].value: 8:16 rbps=1M -> 8:16 rbps=2M"], SpecDiff.Between(two, two with { Rctl = [two.Rctl[0], new("io.max", "8:16 rbps=2M")] }).Select(change => change.ToString()));
    }

    /// <summary>Of any two specs: equal ones have no differences, others have.</summary>
    [Fact]
    public void Specs_differ_just_when_there_are_differences() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(SpecGenerator.Specs, SpecGenerator.Specs),
        pair =>
        {
            Assert.Empty(SpecDiff.Between(pair.Item1, pair.Item1 with { }));
            Assert.Equal(pair.Item1.Equals(pair.Item2), SpecDiff.Between(pair.Item1, pair.Item2).Count == 0);
        },
        iter: 200,
        threads: 1);

    private static string Changes(ZoneSpec to) => string.Join('|', SpecDiff.Between(s_spec, to));
}
