namespace Zones;

/// <summary>How long a zone lives.</summary>
public enum ZoneLifetime
{
    /// <summary>Until it is deleted.</summary>
    Persistent,

    /// <summary>Halted, uninstalled and deleted when the process that booted it ends, however it ends.</summary>
    Owner,
}

/// <summary>What happens when a zone's init ends by itself.</summary>
public enum RestartPolicy
{
    /// <summary>The zone is halted.</summary>
    Never,

    /// <summary>Booted again when init ended with a status other than 0 or by a signal.</summary>
    OnFailure,

    /// <summary>Booted again.</summary>
    Always,
}

/// <summary>How a running zone ends when its host does, after zonecfg's autoshutdown.</summary>
public enum Autoshutdown
{
    /// <summary>Init is asked to end; after a minute the zone is halted.</summary>
    Shutdown,

    /// <summary>Halted at once.</summary>
    Halt,
}
