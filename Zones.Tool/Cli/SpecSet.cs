namespace Zones.Tool.Cli;

/// <summary>The specs of a file or of all *.yaml and *.yml of a directory.</summary>
/// <param name="Specs">One for each zone.</param>
/// <param name="Files">By zone the file that its spec is in, as errors call it.</param>
internal sealed record SpecSet(SpecList<ZoneSpec> Specs, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Reads them; what is wrong in any of them is told at once.</summary>
    /// <exception cref="ZoneSpecException">Specs are wrong.</exception>
    public static SpecSet Read(string path)
    {
        List<(ZoneSpec Spec, string File)> specs = [];
        List<SpecProblem> problems = [];
        foreach (string file in FilesOf(path))
        {
            try
            {
                specs.Add((SpecSource.FromFile(file), file == "-" ? "standard input" : file));
            }
            catch (ZoneSpecException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        ILookup<string, string> files = specs.ToLookup(spec => spec.Spec.Zone, spec => spec.File);
        problems.AddRange(files.Where(zone => zone.Count() > 1)
            .Select(zone => new SpecProblem("zone", zone.Key, $"'{zone.Key}' is the name of {zone.Count()} specs of the set, in {string.Join(" and ", zone)}; keep one of them")));
        return problems.Count > 0
            ? throw new ZoneSpecException(problems)
            : new([.. specs.Select(spec => spec.Spec)], specs.ToDictionary(spec => spec.Spec.Zone, spec => spec.File, StringComparer.Ordinal));
    }

    /// <summary>An error of a plan, whose problems are of zones, with the files where those zones' specs are.</summary>
    public ZoneSpecException Placed(ZoneSpecException error) =>
        new([.. error.Problems.Select(problem => problem.Source is { } zone && Files.TryGetValue(zone, out string? file) ? problem with { Source = $"{file}: {zone}" } : problem)]);

    private static string[] FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = [.. Directory.GetFiles(path).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new ZoneException($"{path}: holds no *.yaml or *.yml; -f names a spec or a directory of specs");
    }
}
