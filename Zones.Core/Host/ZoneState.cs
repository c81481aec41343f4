namespace Zones;

/// <summary>The states of a zone, Solaris's (zoneadm(8)).</summary>
public enum ZoneState
{
    /// <summary>The spec is in the catalogue.</summary>
    Configured,

    /// <summary>An install or uninstall is under way or was interrupted.</summary>
    Incomplete,

    /// <summary>The private files are in place; nothing runs.</summary>
    Installed,

    /// <summary>Installed, but something it needs is not there.</summary>
    Unavailable,

    /// <summary>Its resources are held; no process runs.</summary>
    Ready,

    /// <summary>Process 1 lives.</summary>
    Running,

    /// <summary>Process 1 was asked to end.</summary>
    ShuttingDown,

    /// <summary>Process 1 ended; its resources are still held.</summary>
    Down,
}

/// <summary>Text forms of <see cref="ZoneState"/>.</summary>
public static class ZoneStateText
{
    private static readonly string[] Names = ["configured", "incomplete", "installed", "unavailable", "ready", "running", "shutting_down", "down"];

    /// <summary>The name zoneadm(8) prints.</summary>
    /// <param name="state">The state.</param>
    public static string Text(this ZoneState state) => Names[(int)state];

    /// <summary>The state of a name.</summary>
    /// <param name="text">As zoneadm(8) prints it.</param>
    /// <param name="state">The state.</param>
    public static bool TryParse(string text, out ZoneState state)
    {
        int index = Array.IndexOf(Names, text);
        state = (ZoneState)Math.Max(index, 0);
        return index >= 0;
    }
}
