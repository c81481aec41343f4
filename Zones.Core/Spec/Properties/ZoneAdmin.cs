namespace Zones;

/// <summary><c>admin</c>: somebody who may do something to the zone through a served host (<see cref="ZoneHost.ConnectAsync"/>), after zonecfg's resource.</summary>
/// <param name="User">A user of the host, or a group of the host with @ before it. <example>alice</example></param>
public sealed record ZoneAdmin(string User)
{
    /// <summary><c>auths</c>: login, manage, clonefrom.</summary>
    /// <example>[login, manage]</example>
    public SpecList<string> Auths { get; init; } = [];
}
