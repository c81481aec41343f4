namespace Zones;

/// <summary>What process 1 of a zone is.</summary>
public enum InitMode
{
    /// <summary>Exec for programs that are made to be process 1 (init, systemd, openrc-init, runit-init, s6-svscan), else a reaper.</summary>
    Auto,

    /// <summary>The init program itself.</summary>
    Exec,

    /// <summary>A small process that starts the init program, forwards signals to it, and reaps orphans.</summary>
    Reaper,
}
