namespace Zones.Network.Pools;

/// <summary>A subnet's row together with that of its pool.</summary>
internal sealed class PoolRow
{
    public required string Name { get; init; }

    public required string Bridge { get; init; }

    public required long Nat { get; init; }

    public required string Prefix { get; init; }

    public string? Gateway { get; init; }

    /// <summary>Separated by commas.</summary>
    public required string Ranges { get; init; }
}

/// <summary>A lease's row.</summary>
internal sealed class LeaseRow
{
    public required string Address { get; init; }

    public required long Length { get; init; }

    public required string Zone { get; init; }

    public required string Link { get; init; }

    public string? Pool { get; init; }

    public AddressLease ToLease() => new(Address, (int)Length, Zone, Link, Pool);
}

/// <summary>A reservation's row.</summary>
internal sealed class ReservationRow
{
    public required string Address { get; init; }

    public required string Pool { get; init; }

    public string? Zone { get; init; }

    public string? Comment { get; init; }

    public AddressReservation ToReservation() => new(Address, Pool, Zone, Comment);
}
