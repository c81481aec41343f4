namespace Zones.Benchmarks;

/// <summary>What a run is asked to do.</summary>
/// <param name="Floor">The compiled floor.c.</param>
/// <param name="Results">The file to write; null means none.</param>
/// <param name="Filter">Only measurements whose name contains this.</param>
/// <param name="Samples">How often each side of a comparison is measured.</param>
/// <param name="LaterBoots">How many boots lie between the two looks at a process 1.</param>
/// <param name="Zones">How many zones run at once where many do.</param>
internal sealed record Settings(string Floor, string? Results, string Filter, int Samples, int LaterBoots, int Zones)
{
    /// <summary>The compiled stack.c.</summary>
    public string Stack => Path.Combine(Path.GetDirectoryName(Floor)!, "stack");

    /// <summary>The compiled tcp.c.</summary>
    public string Tcp => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Floor)!, "tcp"));

    public static Settings Parse(string[] args)
    {
        Settings settings = new("artifacts/bench/floor", null, "", 100, 1000, 1000);
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value");
            settings = args[i] switch
            {
                "--floor" => settings with { Floor = value },
                "--results" => settings with { Results = value },
                "--filter" => settings with { Filter = value },
                "--samples" => settings with { Samples = int.Parse(value) },
                "--later-boots" => settings with { LaterBoots = int.Parse(value) },
                "--zones" => settings with { Zones = int.Parse(value) },
                _ => throw new ArgumentException($"unknown option {args[i]}: --floor, --results, --filter, --samples, --later-boots, --zones"),
            };
        }

        return settings;
    }
}
