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
            // Where its files are, which the host knows of every zone.
            string zonepath = spec.Zonepath ?? "/zones/" + spec.Zone;
            ZoneSpec sayable = Sayable(spec) with { Zonepath = zonepath };
            ZonecfgCommands written = ZonecfgFormat.Write(spec, zonepath);
            Assert.Equal(sayable == spec with { Zonepath = zonepath }, written.Warnings.All(warning => warning.Property.Length == 0));
            ZonecfgImport read = ZonecfgFormat.Read(written.Text);
            Assert.Equal(sayable, read.Spec);
            Assert.Empty(read.Warnings);
            Assert.Equal(written.Text, ZonecfgFormat.Write(read.Spec).Text);
        },
        iter: 2000);

    [Fact]
    public void A_name_that_the_zonepath_does_not_end_with_is_said()
    {
        ZoneSpec spec = new() { Zone = "web1", Zonepath = "/srv/one", Root = ZoneRoot.Host() };
        Assert.StartsWith("create -b\nset zonename=web1\nset zonepath=/srv/one\n", ZonecfgFormat.Write(spec).Text, StringComparison.Ordinal);
        Assert.Equal(spec, ZonecfgFormat.Read(ZonecfgFormat.Write(spec).Text).Spec);
        Assert.StartsWith("create -b\nset zonepath=/srv/web1\n", ZonecfgFormat.Write(spec, "/srv/web1").Text, StringComparison.Ordinal);
        ZonecfgCommands nowhere = ZonecfgFormat.Write(spec with { Zonepath = null });
        Assert.Equal("zonepath: is not known, and zonecfg does not commit a zone without one", nowhere.Warnings[0].ToString());
        Assert.Equal(spec with { Zonepath = null }, ZonecfgFormat.Read(nowhere.Text).Spec);
    }

    /// <summary>One that has a word of every system.</summary>
    private static readonly ZoneSpec Mixed = new()
    {
        Zone = "z1",
        Root = ZoneRoot.Host() with { FileMacProfile = FileMacProfile.Strict },
        MaxProcesses = 100,
        MaxLwps = 200,
        BootPriority = 60,
        Anet = [new("net0") { AllowedAddress = ["auto", "10.0.0.5/24"], Defrouter = "10.0.0.1" }],
        DedicatedCpu = new("0-1"),
        Admin = [new("joe") { Auths = ["login"] }],
    };

    [Fact]
    public void Words_that_not_every_system_has_are_told_with_the_systems_that_have_them() => Assert.Equal(
        "not every zonecfg has these words: boot-priority (solaris11), file-mac-profile (solaris11), inherit-pkg-dir (solaris10), admin (solaris11 and illumos), "
        + "max-processes (solaris11 and illumos), dedicated-cpu.cpus (solaris11), anet.allowed-address=auto (none), anet (solaris11); "
        + "written for one system (zone export --for solaris10|solaris11|illumos), what it lacks is left out",
        Assert.Single(ZonecfgFormat.Write(Mixed, "/zones/z1").Warnings).ToString());

    [Theory]
    [InlineData(ZonecfgSystem.Solaris10, "inherit-pkg-dir max-lwps net", "boot-priority file-mac-profile admin max-processes dedicated-cpu.cpus anet.allowed-address=auto anet")]
    [InlineData(ZonecfgSystem.Solaris11, "boot-priority file-mac-profile admin max-lwps max-processes dedicated-cpu anet", "inherit-pkg-dir anet.allowed-address=auto")]
    [InlineData(ZonecfgSystem.Illumos, "admin max-lwps max-processes net", "boot-priority file-mac-profile inherit-pkg-dir dedicated-cpu.cpus anet.allowed-address=auto anet")]
    public void What_is_written_for_a_system_has_its_words_and_a_warning_for_each_that_it_lacks(ZonecfgSystem system, string words, string lacking)
    {
        ZonecfgCommands written = ZonecfgFormat.Write(Mixed, "/zones/z1", system);
        string[] special = ["boot-priority", "file-mac-profile", "inherit-pkg-dir", "admin", "max-lwps", "max-processes", "dedicated-cpu", "net", "anet"];
        IEnumerable<string> found = written.Text.Split('\n').Where(line => line.StartsWith("set ", StringComparison.Ordinal) || line.StartsWith("add ", StringComparison.Ordinal)).Select(line => line[4..].Split('=', ' ')[0]);
        Assert.Equal(words.Split(' ').Order(), found.Intersect(special).Order());
        Assert.Equal(lacking.Split(' '), written.Warnings.Select(warning => warning.Property));
        Assert.All(written.Warnings, warning => Assert.Contains($"zonecfg of {system.ToString().ToLowerInvariant()} does not have it", warning.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("auto,", written.Text, StringComparison.Ordinal);
        ZoneSpec read = ZonecfgFormat.Read(written.Text).Spec;
        Assert.Equal(("z1", "net0"), (read.Zone, Assert.Single(read.Anet).Linkname));
        Assert.Equal(system == ZonecfgSystem.Solaris10 ? [] : ["10.0.0.5/24"], read.Anet[0].AllowedAddress);
    }

    [Theory]
    [InlineData(ZonecfgSystem.Solaris10, null)]
    [InlineData(ZonecfgSystem.Solaris11, "solaris-kz")]
    [InlineData(ZonecfgSystem.Illumos, "bhyve")]
    public void A_kernel_of_its_own_is_a_brand_where_there_is_one(ZonecfgSystem system, string? brand)
    {
        ZonecfgCommands written = ZonecfgFormat.Write(new() { Zone = "z1", Root = ZoneRoot.Host() with { Type = RootType.Whole }, Brand = ZoneBrand.Domain }, "/zones/z1", system);
        Assert.Equal(brand is not null, written.Text.Contains($"set brand={brand}\n", StringComparison.Ordinal));
        Assert.Equal(brand is null ? ["brand=solaris-kz"] : [], written.Warnings.Select(warning => warning.Property));
        Assert.Equal(brand is null ? ZoneBrand.Native : ZoneBrand.Domain, ZonecfgFormat.Read(written.Text).Spec.Brand);
    }

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
