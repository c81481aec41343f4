using Zones.Interop;

namespace Zones.Boot;

/// <summary>What is mounted into a running zone, and all that is needed for it.</summary>
internal sealed record LiveMountPlan
{
    public required ZoneSpec Spec { get; init; }

    /// <summary>Indices into <see cref="ZoneSpec.Fs"/> of what is to be mounted, or of what is to be taken away.</summary>
    public required IReadOnlyList<int> Fs { get; init; }

    /// <summary>The bind mounts' trees in the order of <see cref="Fs"/>; null for the other types.</summary>
    public IReadOnlyList<SafeFd?> Trees { get; init; } = [];

    /// <summary>Indices of those whose tree is a file.</summary>
    public IReadOnlySet<int> Files { get; init; } = new HashSet<int>();

    /// <summary>First of the zone's ids outside; null without a user namespace.</summary>
    public uint? IdBase { get; init; }

    /// <summary>The zone's user namespace; null without one.</summary>
    public SafeFd? Users { get; init; }

    public required SafeFd Mounts { get; init; }

    /// <summary>What stays locked for as long as the child lives, whatever becomes of its manager.</summary>
    public required SafeFd Turn { get; init; }

    /// <summary>Write ends of the pipes for the start report and for the wait status.</summary>
    public required SafeFd Report { get; init; }

    public required SafeFd Exit { get; init; }

    public required long Generation { get; init; }
}
