using Zones.Interop;

namespace Zones.Boot;

/// <summary>All that the program of a command inside a running zone is made from.</summary>
internal sealed record ExecPlan
{
    public required ZoneSpec Spec { get; init; }

    public required ExecRequest Request { get; init; }

    public required bool UserNamespace { get; init; }

    /// <summary>A descriptor of the zone's process 1: the namespaces to enter.</summary>
    public required SafeFd Process1 { get; init; }

    public required ProcessConfinement Confinement { get; init; }

    public required SafeFd Cgroup { get; init; }

    public IReadOnlyList<SafeFd> CgroupTasks { get; init; } = [];

    /// <summary>Write ends of the pipes for the start report and for the wait status.</summary>
    public required SafeFd Report { get; init; }

    public required SafeFd Exit { get; init; }

    /// <summary>Standard descriptors; null when a terminal of the zone's is to be opened.</summary>
    public SafeFd? Input { get; init; }

    public SafeFd? Output { get; init; }

    public SafeFd? Error { get; init; }

    /// <summary>For a terminal: the socket on which the child sends the master.</summary>
    public SafeFd? Terminal { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    public IReadOnlyList<uint> Groups { get; init; } = [];

    public string UserName { get; init; } = "root";

    public string Home { get; init; } = "/root";

    /// <summary>Its shell, for $SHELL; null when nobody has looked.</summary>
    public string? Shell { get; init; }

    public required long Generation { get; init; }
}
