namespace Zones.Server;

/// <summary>How a host is served.</summary>
internal sealed record ServerOptions
{
    /// <summary>The state directory, absolute.</summary>
    public required string State { get; init; }

    /// <summary>The socket, absolute.</summary>
    public required string Socket { get; init; }

    /// <summary>The group that may connect; null for everybody.</summary>
    public string? Group { get; init; }

    /// <summary>Users, and groups with @ before them, who may make zones by cloning those that they may clone.</summary>
    public IReadOnlyList<string> Creators { get; init; } = [];

    /// <summary>Reads what <c>zone serve</c> hands on: STATE SOCKET GROUP [CREATOR …], the group empty for everybody. What people write is checked there.</summary>
    public static ServerOptions Parse(string[] arguments) => arguments is [{ Length: > 0 } state, { Length: > 0 } socket, { } group, ..]
        ? new() { State = state, Socket = socket, Group = group.Length == 0 ? null : group, Creators = arguments[3..] }
        : throw new ZoneException("zone-serve is the program behind 'zone serve'; run that");
}
