namespace Zones;

/// <summary>How <see cref="IZoneHost.AttachAsync"/> attaches.</summary>
public sealed record AttachOptions
{
    /// <summary>Where the files are, absolute; null means the zonepath of the zone, which then has to be configured. A zone that is not
    /// configured is made from the manifest beside them.</summary>
    public string? Zonepath
    {
        get;
        init => field = value is null ? null : Path.TrimEndingDirectorySeparator(value);
    }

    /// <summary>Only say what would be done and what stands against it; change nothing (<c>attach -n</c>).</summary>
    public bool DryRun { get; init; }
}

/// <summary>What an attach has found.</summary>
/// <param name="Problems">What stands against it; empty when nothing does.</param>
/// <param name="Warnings">What a person should know, lower case.</param>
/// <param name="IdBase">First of the ids that the files have; 0 without a user namespace.</param>
/// <param name="Shifts">Whether the files get other ids, because those belong to somebody else here.</param>
public sealed record AttachReport(IReadOnlyList<SpecProblem> Problems, IReadOnlyList<string> Warnings, uint IdBase, bool Shifts);
