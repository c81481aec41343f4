using Zones.Specs;

namespace Zones;

/// <summary>Zone configurations as <c>zonecfg -z NAME export</c> prints them on Solaris 10 (zonecfg(1M)), Solaris 11 (zonecfg(8)) and
/// illumos (zonecfg(8)): from there to a spec, and from a spec to there.</summary>
public static class ZonecfgFormat
{
    /// <summary>Reads an export. What has no equivalent here, or a value that a spec may not have, is left out with a warning that says why;
    /// the spec that results is always valid. A zone without <c>inherit-pkg-dir</c> has a whole root; the operating system itself is this host's.</summary>
    /// <param name="text">The commands, at most 1 MiB.</param>
    /// <param name="zone">The zone's name, which an export does not hold; null takes it from <c>zonename</c>, else from the end of <c>zonepath</c>.</param>
    /// <param name="source">Named in problems and warnings, such as the file.</param>
    /// <exception cref="ZoneSpecException">The text is no zonecfg export, or the name is not known or not allowed.</exception>
    public static ZonecfgImport Read(string text, string? zone = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ZonecfgParser parser = new(text, source);
        ZonecfgResource document = parser.Parse();
        if (parser.Problems.Count > 0)
        {
            throw new ZoneSpecException(parser.Problems);
        }

        ZonecfgImporter importer = new(ZonecfgName.Of(document, zone, source), source);
        importer.Import(document);
        return new(importer.Spec, [.. importer.Warnings.OrderBy(warning => warning.Line).ThenBy(warning => warning.Column)]);
    }

    /// <summary>Writes a spec as commands for <c>zonecfg -z NAME -f FILE</c>. What zonecfg has no equivalent for is left out with a warning;
    /// of the rest, <see cref="Read"/> gives the same.</summary>
    /// <param name="spec">The definition; it is valid.</param>
    public static ZonecfgCommands Write(ZoneSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ZonecfgWriter.Write(spec);
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
