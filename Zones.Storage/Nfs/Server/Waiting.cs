namespace Zones.Storage.Nfs;

/// <summary>Whether the call that this thread answers may wait for a disk. On the threads that receive calls it may not: there whoever would
/// have to says so, gives any answer, and a worker starts the call over.</summary>
internal static class Waiting
{
    [ThreadStatic]
    private static bool s_forbidden;

    [ThreadStatic]
    private static bool s_needed;

    public static bool IsForbidden => s_forbidden;

    /// <summary>Whether somebody had to wait since <see cref="Forbid"/>.</summary>
    public static bool WasNeeded => s_needed;

    public static void Forbid()
    {
        s_forbidden = true;
        s_needed = false;
    }

    public static void Allow() => s_forbidden = false;

    /// <summary>Says that there is no answer without waiting.</summary>
    /// <returns>EAGAIN, which goes to no client.</returns>
    public static int Needed()
    {
        s_needed = true;
        return Wire.Linux.EAGAIN;
    }
}
