using Zones.Interop;

namespace Zones.Resources;

/// <summary>Shows zones what their limits leave them, where /proc and /sys tell what the whole host has.</summary>
internal interface IResourceView
{
    /// <summary>Why this host cannot; null when it can.</summary>
    string? WhyNot { get; }

    /// <summary>The files of a zone's directory, and what they take the place of.</summary>
    IReadOnlyList<ViewFile> Files { get; }

    /// <summary>What a zone has to hold for it, from ready to halt, after its cgroup; the generation is the caller's to fill in.</summary>
    Resource Intent(string zone);

    /// <summary>A detached mount with a directory for each zone; what <see cref="Intent"/> says is held.</summary>
    /// <exception cref="ZoneResourceException">It is not there.</exception>
    SafeFd Open();
}

/// <summary>A file that tells of limits.</summary>
/// <param name="Name">In the zone's directory.</param>
/// <param name="Target">What it takes the place of in the zone.</param>
internal sealed record ViewFile(string Name, string Target);
