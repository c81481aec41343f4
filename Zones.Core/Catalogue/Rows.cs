namespace Zones.Catalogue;

/// <summary>A zone's row.</summary>
internal sealed record ZoneRow
{
    public required string Name { get; init; }

    public required string Uuid { get; init; }

    /// <summary>The spec as YAML.</summary>
    public required string Spec { get; init; }

    /// <summary>As zoneadm(8) names it.</summary>
    public required string State { get; init; }

    public required string Zonepath { get; init; }

    /// <summary>The number of the current boot; null unless ready or up.</summary>
    public long? Generation { get; init; }

    public long? IdBase { get; init; }

    /// <summary>Identity of process 1 (<see cref="Hosting.ProcessIdentity"/>).</summary>
    public long? Pid { get; init; }

    public long? StartTicks { get; init; }

    public string? BootId { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? BootedAt { get; init; }

    public long? ExitCode { get; init; }

    public long? ExitSignal { get; init; }

    public long? ExitOom { get; init; }

    /// <summary>Restarts in a row by the restart policy.</summary>
    public long Restarts { get; init; }

    /// <summary>The boot that is to come by itself (<see cref="Catalogue.NextBoot"/>); null when none is.</summary>
    public string? NextBoot { get; init; }

    /// <summary>The spec that is in force in a zone that is up; null when that is <see cref="Spec"/>.</summary>
    public string? RunningSpec { get; init; }

    /// <summary>What a running zone is being changed to, from what is in force; null when no change is under way.</summary>
    public string? Changing { get; init; }

    /// <summary>The set of specs whose apply made the zone; null when none did.</summary>
    public string? ApplySet { get; init; }

    /// <summary>Of an unavailable zone: what was found not to be there; null when somebody marked it so.</summary>
    public string? Missing { get; init; }

    public ZoneState ZoneState => ZoneStateText.TryParse(State, out ZoneState state)
        ? state
        : throw new ZoneException($"{Name}: the catalogue names a state that this version does not know: {State}") { Zone = Name };
}

/// <summary>An event's row.</summary>
internal sealed class EventRow
{
    public required long Cursor { get; init; }

    public required long Time { get; init; }

    public required string Zone { get; init; }

    public required string Kind { get; init; }

    public string? FromState { get; init; }

    public string? ToState { get; init; }

    public string? Detail { get; init; }

    public ZoneEvent ToEvent() => new(Cursor, DateTimeOffset.FromUnixTimeMilliseconds(Time), Zone, Kind, Parse(FromState), Parse(ToState), Detail);

    private static ZoneState? Parse(string? text) => text is not null && ZoneStateText.TryParse(text, out ZoneState state) ? state : null;
}

/// <summary>A ledger row as stored.</summary>
internal sealed class LedgerData
{
    public required long Id { get; init; }

    public required string Zone { get; init; }

    public required long Generation { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string Data { get; init; }

    public required long Held { get; init; }

    public Resource ToResource() => new(Zone, Generation, Kind, Name, Data) { Id = Id, Held = Held != 0 };
}
