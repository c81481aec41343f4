namespace Zones;

/// <summary>How a <see cref="ZoneHost"/> works.</summary>
public sealed class ZonesOptions
{
    /// <summary>Where the catalogue, the zones' private files and zoned's records are; made when it is not there. Default: <c>ZONES_STATE</c>, else <c>/var/lib/zones</c>.</summary>
    public string StateDirectory { get; set; } = Environment.GetEnvironmentVariable("ZONES_STATE") is { Length: > 0 } state ? state : "/var/lib/zones";

    /// <summary>The directory that holds the programs <c>zoned</c> and <c>zone</c>. Default: <c>ZONES_BIN</c>, else looked for beside the application.</summary>
    public string? BinDirectory { get; set; } = Environment.GetEnvironmentVariable("ZONES_BIN") is { Length: > 0 } bin ? bin : null;

    /// <summary>How long a boot may take to its first instruction before it is given up. Default: 30 seconds.</summary>
    public TimeSpan BootTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most that is kept of a zone's log, bytes. Default: 8 MiB.</summary>
    public DataSize LogSize { get; set; } = DataSize.MiB(8);

    /// <summary>How many events are kept. Default: 100,000.</summary>
    public int EventsKept { get; set; } = 100_000;

    /// <summary>The clock of events and records. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Packages beside this one that the host loads; each has a method of its own for that.</summary>
    internal List<Resources.ZonesPackage> Packages { get; } = [];
}
