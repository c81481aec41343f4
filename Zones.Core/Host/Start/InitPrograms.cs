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

    /// <summary>Whether init is systemd, or may be, and makes cgroups for its services. It gets the zone's own to divide, where its root
    /// is nobody outside: the host's root could write the zone's limits as well.</summary>
    public static bool DividesCgroup(ZoneSpec spec) => MayBeSystemd(spec) && spec is { IpType: IpType.Exclusive, Security.UserNamespace: true };

    /// <summary>The signal that asks init to shut the zone down in an orderly way.</summary>
    public static int ShutdownSignal(ZoneSpec spec)
    {
        const int realTimeMinimum = 34;
        return WantReaper(spec) ? Wire.Linux.SIGTERM
            : MayBeSystemd(spec) ? realTimeMinimum + 3
            : Wire.Linux.SIGPWR;
    }

    /// <summary>Whether init is systemd by its name.</summary>
    public static bool MayBeSystemd(ZoneSpec spec) => !WantReaper(spec) && spec.Init is { Count: > 0 } init && Path.GetFileName(init[0]) is "systemd" or "init";
}
