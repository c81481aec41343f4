namespace Zones.Domains.Compare;

/// <summary>How a <see cref="Comparison"/> is made.</summary>
public sealed record CompareOptions
{
    /// <summary>For a first look, in a fraction of the time: two rounds of short spells, one instance moved.</summary>
    public static CompareOptions Quick { get; } = new() { Repeat = 2, Spell = TimeSpan.FromMilliseconds(50), Instances = 1 };

    /// <summary>How often each figure is measured, 1 to 100. Default: 4.</summary>
    public int Repeat { get; init; } = 4;

    /// <summary>How long one loop of system calls, reads and so on goes on each time, 1 ms to 1 minute. Default: 200 ms.</summary>
    public TimeSpan Spell { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many of each kind are moved to another root at once, 1 to 64. Default: 2.</summary>
    public int Instances { get; init; } = 2;

    /// <summary>The memory for which it is said how many fit; null means all that this host has.</summary>
    public DataSize? Memory { get; init; }

    /// <summary>What is run; null means the spec's init, or this library's own small program where it has none.</summary>
    public Workload? Work { get; init; }

    /// <summary>The root to which instances are moved, a directory; null means the spec's own under another name.</summary>
    public string? OtherRoot { get; init; }

    /// <summary>As <see cref="ZonesOptions.BinDirectory"/>.</summary>
    public string? BinDirectory { get; init; } = new ZonesOptions().BinDirectory;

    /// <summary>Where the comparison's own state directory is made, and removed at its end. Default: the system's place for temporary files.</summary>
    public string TemporaryDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Whether all is within its bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal void Check()
    {
        Within(Repeat, 1, 100, nameof(Repeat));
        Within(Instances, 1, 64, nameof(Instances));
        Within(Spell, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(Spell));
    }

    private static void Within<T>(T value, T least, T most, string name)
        where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }
}

/// <summary>How far a comparison is.</summary>
/// <param name="Done">Steps that are done.</param>
/// <param name="Total">All steps.</param>
/// <param name="Doing">What is being done, for people.</param>
public sealed record CompareProgress(int Done, int Total, string Doing);
