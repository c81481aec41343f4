namespace Zones;

/// <summary><c>readiness</c>: what makes a zone ready for those that depend on it. With both, both must hold.</summary>
public sealed record ZoneReadiness
{
    /// <summary><c>tcp</c>: a port, 1 to 65535, on which something inside listens.</summary>
    /// <example>80</example>
    public int? Tcp { get; init; }

    /// <summary><c>exec</c>: a command that is run inside, by root, until it ends with status 0.</summary>
    /// <example>[/usr/bin/pg_isready]</example>
    public SpecList<string>? Exec { get; init; }

    /// <summary><c>timeout</c>: seconds, 1 to 3600, after which the zone is taken not to become ready.</summary>
    /// <example>30</example>
    public int Timeout { get; init; } = 60;
}
