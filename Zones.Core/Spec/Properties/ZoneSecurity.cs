namespace Zones;

/// <summary><c>security</c>: the walls around a native zone.</summary>
public sealed record ZoneSecurity
{
    /// <summary><c>seccomp</c>: <c>default</c>, <c>unconfined</c>, or the path of a profile in the OCI runtime specification's JSON.</summary>
    /// <example>unconfined</example>
    public string Seccomp { get; init; } = "default";

    /// <summary><c>no-new-privs</c>: set-user-id programs gain nothing.</summary>
    /// <example>false</example>
    public bool NoNewPrivs { get; init; } = true;

    /// <summary><c>user-namespace</c>: root inside is nobody outside.</summary>
    /// <example>false</example>
    public bool UserNamespace { get; init; } = true;

    /// <summary><c>id-base</c>: the first of the zone's 65,536 user and group ids outside, a multiple of 65,536; null means one is allotted.</summary>
    /// <example>1048576</example>
    public uint? IdBase { get; init; }
}
