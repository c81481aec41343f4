namespace Zones.Tool.Cli;

/// <summary>The specs of a file or of all *.yaml and *.yml of a directory.</summary>
internal static class SpecSet
{
    /// <summary>Reads them; what is wrong in any of them is told at once.</summary>
    /// <exception cref="ZoneSpecException">Specs are wrong.</exception>
    public static SpecList<ZoneSpec> Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return [SpecSource.FromFile(path)];
        }

        string[] files = [.. Directory.GetFiles(path).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new ZoneException($"{path}: holds no *.yaml or *.yml; -f names a spec or a directory of specs");
        }

        List<ZoneSpec> specs = [];
        List<SpecProblem> problems = [];
        foreach (string file in files)
        {
            try
            {
                specs.Add(SpecSource.FromFile(file));
            }
            catch (ZoneSpecException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        return problems.Count == 0 ? [.. specs] : throw new ZoneSpecException(problems);
    }
}
