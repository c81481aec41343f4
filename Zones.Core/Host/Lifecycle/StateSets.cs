namespace Zones.Hosting;

/// <summary>Sets of states that more than one place asks for.</summary>
internal static class StateSets
{
    /// <summary>Whether init may be running: commands get in.</summary>
    public static bool IsLive(this ZoneState state) => state is ZoneState.Running or ZoneState.ShuttingDown;

    /// <summary>Whether process 1 was cloned, and may have ended since.</summary>
    public static bool IsBooted(this ZoneState state) => state.IsLive() || state == ZoneState.Down;

    /// <summary>Whether what a boot needs is held.</summary>
    public static bool IsUp(this ZoneState state) => state.IsBooted() || state == ZoneState.Ready;
}
