using Zones.Specs;

namespace Zones;

/// <summary>Reads and writes specs as YAML. The documentation of <see cref="ZoneSpec"/> names each property as it is written here.
/// Short forms: <c>root: host</c>, <c>root: /dir</c>, <c>capped-cpu: 1.5</c>, <c>dedicated-cpu: 0-3</c>, <c>capped-memory: 256M</c>,
/// <c>device: [/dev/fuse]</c>, <c>rctl: { nofile: 4096 }</c>.</summary>
public static class ZoneSpecYaml
{
    /// <summary>The longest text that is read, characters.</summary>
    internal const int MaxLength = 1 << 20;

    /// <summary>The JSON Schema (draft 7) of what <see cref="Read"/> takes, for editors and other programs.</summary>
    public static string Schema
    {
        get
        {
            using StreamReader reader = new(typeof(ZoneSpecYaml).Assembly.GetManifestResourceStream("zone.schema.json")!);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Reads and validates one spec; every problem found is reported at once, each with its line and column.</summary>
    /// <param name="text">The document, at most 1 MiB.</param>
    /// <param name="source">Named in errors, such as the file.</param>
    /// <exception cref="ZoneSpecException">The text is no spec, or a wrong one.</exception>
    public static ZoneSpec Read(string text, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        YamlReading reading = new(source);
        ZoneSpec? spec = reading.Document(text) is { } map ? SpecReader.Read(map) : null;
        if (spec is not null)
        {
            reading.Validate(spec);
        }

        return reading.Problems.Count == 0 ? spec! : throw new ZoneSpecException(reading.InOrder());
    }

    /// <summary>Reads what the catalogue holds, which was validated when it was written, maybe by rules that have changed since.</summary>
    internal static ZoneSpec ReadStored(string text, string zone)
    {
        YamlReading reading = new("the catalogue's spec of " + zone);
        ZoneSpec? spec = reading.Document(text) is { } map ? SpecReader.Read(map) : null;
        return reading.Problems.Count == 0 ? spec! : throw new ZoneSpecException(reading.InOrder()) { Zone = zone };
    }

    /// <summary>Reads without validating, for what is validated later.</summary>
    internal static ZoneSpec ReadUnchecked(string text)
    {
        YamlReading reading = new(null);
        ZoneSpec? spec = reading.Document(text) is { } map ? SpecReader.Read(map) : null;
        return reading.Problems.Count == 0 ? spec! : throw new ZoneSpecException(reading.InOrder());
    }

    /// <summary>Writes a spec so that <see cref="Read"/> gives an equal one; what has its default is left out.</summary>
    /// <param name="spec">The definition.</param>
    public static string Write(ZoneSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SpecWriter.Write(spec);
    }
}
