using CsCheck;
using Zones.Specs;

namespace Zones.Tests.Spec.Zonecfg;

/// <summary>What a spec and zonecfg can both say is the same after a way there and back.</summary>
public class RoundTripTests
{
    [Fact]
    public void What_zonecfg_can_say_comes_back_and_what_it_cannot_is_warned_of() => SpecGenerator.Specs.Sample(
        spec =>
        {
            ZoneSpec sayable = Sayable(spec);
            ZonecfgCommands written = ZonecfgFormat.Write(spec);
            Assert.Equal(sayable.Equals(spec), written.Warnings.Count == 0);
            ZonecfgImport read = ZonecfgFormat.Read(written.Text, spec.Zone);
            Assert.Equal(sayable, read.Spec);
            Assert.Empty(read.Warnings);
            Assert.Equal(written.Text, ZonecfgFormat.Write(read.Spec).Text);
        },
        iter: 2000);

    [Fact]
    public void Any_text_is_read_into_a_valid_spec_or_refused() =>
        Gen.Select(SpecGenerator.Specs, Gen.Int[0, 10_000], Gen.OneOf("", "\n", "\"", "=", "[", "]", "(", ")", ",", ";", "end\n", "add fs\n", "set \ud800=x\n", "\0", "\\\n", "#")).Sample(
            (spec, place, odd) =>
            {
                string text = ZonecfgFormat.Write(spec).Text;
                int at = place % text.Length;
                foreach (string changed in (string[])[text[..at] + odd + text[at..], text[..at] + odd, text[..at] + odd + text[(at + 1)..]])
                {
                    try
                    {
                        Assert.Empty(ZoneSpecValidator.Validate(ZonecfgFormat.Read(changed, "z1").Spec));
                    }
                    catch (ZoneSpecException e)
                    {
                        Assert.All(e.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0, $"no place: {problem}\n{changed}"));
                    }
                }
            },
            iter: 2000);

    /// <summary>The spec without what zonecfg has no words for.</summary>
    private static ZoneSpec Sayable(ZoneSpec spec) => spec with
    {
        Root = ZoneRoot.Host() with { Type = spec.Root.Type, Inherit = spec.Root.Inherit, FileMacProfile = spec.Root.FileMacProfile },
        Attr = new(spec.Attr.Where(attribute => !attribute.Value.Contains('"'))),
        Fs = [.. spec.Fs.Select(fs => fs with { Options = [.. fs.Options.Where(option => ZonecfgMountOptions.Back(option) is not null)] })],
        CappedMemory = spec.CappedMemory is { Physical: { } physical, Swap: { } swap } memory && swap.Bytes > long.MaxValue - physical.Bytes ? memory with { Swap = null } : spec.CappedMemory,
        Admin = [.. spec.Admin.Where(admin => !admin.User.StartsWith('@'))],
        Init = null,
        InitMode = InitMode.Auto,
        Bootargs = [],
        DependsOn = [],
        Readiness = null,
        ResourceView = ResourceView.Auto,
        Env = new(),
        Restart = RestartPolicy.Never,
        Console = false,
        Hostname = null,
        Lifetime = ZoneLifetime.Persistent,
        Rctl = [],
        Security = new(),
        Domain = null,
    };
}
