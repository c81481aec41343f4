namespace Zones;

/// <summary>Reads and writes specs as YAML.</summary>
public static class ZoneSpecYaml
{
    /// <summary>Reads one spec; every problem found is reported at once.</summary>
    /// <param name="text">The document.</param>
    /// <param name="source">Named in errors, such as the file.</param>
    /// <exception cref="ZoneSpecException">The text is no spec.</exception>
    public static ZoneSpec Read(string text, string? source = null) => throw new NotImplementedException();

    /// <summary>Writes a spec so that <see cref="Read"/> gives an equal one; what has its default is left out.</summary>
    /// <param name="spec">The definition.</param>
    public static string Write(ZoneSpec spec) => throw new NotImplementedException();
}

/// <summary>Checks a spec as a whole, without looking at the host.</summary>
public static class ZoneSpecValidator
{
    /// <summary>All that is wrong, in the order of the properties; empty when nothing is.</summary>
    /// <param name="spec">The definition.</param>
    public static IReadOnlyList<SpecProblem> Validate(ZoneSpec spec) => throw new NotImplementedException();
}
