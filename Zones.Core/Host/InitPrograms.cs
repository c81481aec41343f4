namespace Zones.Hosting;

/// <summary>Programs that are made to be process 1.</summary>
internal static class InitPrograms
{
    private static readonly HashSet<string> Known = ["init", "systemd", "openrc-init", "runit-init", "s6-svscan"];

    /// <summary>Whether process 1 is the reaper, with init as its child.</summary>
    public static bool WantReaper(ZoneSpec spec) => spec.InitMode switch
    {
        InitMode.Exec => false,
        InitMode.Reaper => true,
        _ => spec.Init is not { Count: > 0 } init || !Known.Contains(Path.GetFileName(init[0])),
    };

    /// <summary>The signal that asks init to shut the zone down in an orderly way.</summary>
    public static int ShutdownSignal(ZoneSpec spec)
    {
        const int realTimeMinimum = 34;
        return WantReaper(spec) ? Wire.Linux.SIGTERM
            : Path.GetFileName(spec.Init![0]) is "systemd" or "init" ? realTimeMinimum + 3
            : Wire.Linux.SIGPWR;
    }
}
