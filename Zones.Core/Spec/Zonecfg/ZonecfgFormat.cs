using Zones.Specs;

namespace Zones;

/// <summary>Zone configurations as <c>zonecfg -z NAME export</c> prints them on Solaris 10 (zonecfg(1M)), Solaris 11 (zonecfg(8)) and
/// illumos (zonecfg(8)): from there to a spec, and from a spec to there.</summary>
public static class ZonecfgFormat
{
    /// <summary>Stands for the name of a zone that has none, so that all else that is to be said can be said with it.</summary>
    private const string Nameless = "zone";

    /// <summary>Reads an export. What has no equivalent here, or a value that a spec may not have, is left out with a warning that says why;
    /// the spec that results is always valid. A zone without <c>inherit-pkg-dir</c> has a whole root; the operating system itself is this host's.</summary>
    /// <param name="text">The commands, at most 1 MiB.</param>
    /// <param name="zone">The zone's name, which an export does not hold; null takes it from <c>zonename</c>, else from the end of <c>zonepath</c>.</param>
    /// <param name="source">Named in problems and warnings, such as the file.</param>
    /// <exception cref="ZoneSpecException">The text is no zonecfg export, or the name is not known or not allowed; then with all that would have been warned of.</exception>
    public static ZonecfgImport Read(string text, string? zone = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ZonecfgParser parser = new(text, source);
        ZonecfgResource document = parser.Parse();
        string name = ZonecfgName.Of(document, zone, source, out SpecProblem? noName);
        if (parser.Problems.Count > 0)
        {
            // What holds nothing at all is something else, and has no name to be missed.
            throw new ZoneSpecException(noName is null || document is { Settings.Count: 0, Resources.Count: 0 } ? parser.Problems : InOrder([.. parser.Problems, noName]));
        }

        ZonecfgImporter importer = new(noName is null ? name : Nameless, source);
        importer.Import(document);
        return noName is null ? new(importer.Spec, InOrder(importer.Warnings)) : throw new ZoneSpecException(InOrder([.. importer.Warnings, noName]));
    }

    private static SpecList<SpecProblem> InOrder(List<SpecProblem> problems) => [.. problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    /// <summary>Writes a spec as commands for <c>zonecfg -z NAME -f FILE</c>. What zonecfg has no equivalent for is left out with a warning;
    /// of the rest, <see cref="Read"/> gives the same, the zone's name too.</summary>
    /// <param name="spec">The definition; it is valid.</param>
    /// <param name="zonepath">Where the zone's files are (<see cref="ZoneInfo.Zonepath"/>); null for what the spec says, which may be nothing.</param>
    /// <param name="system">Whose zonecfg is to take it: words that it lacks are left out, each with a warning. Null keeps all that <see cref="Read"/>
    /// knows, with one warning of the words that not every system has.</param>
    public static ZonecfgCommands Write(ZoneSpec spec, string? zonepath = null, ZonecfgSystem? system = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ZonecfgWriter.Write(spec, zonepath ?? spec.Zonepath, system);
    }
}

/// <summary>What <see cref="ZonecfgFormat.Read"/> understood.</summary>
/// <param name="Spec">The definition, valid.</param>
/// <param name="Warnings">What of the export is not in it and why, in the order of the lines.</param>
public sealed record ZonecfgImport(ZoneSpec Spec, SpecList<SpecProblem> Warnings);

/// <summary>What <see cref="ZonecfgFormat.Write"/> could say.</summary>
/// <param name="Text">Commands, a line each.</param>
/// <param name="Warnings">What of the spec is not in them and why.</param>
public sealed record ZonecfgCommands(string Text, SpecList<SpecProblem> Warnings);
