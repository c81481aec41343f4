namespace Zones.Network.Snoop.Filters;

/// <summary>Which end of a packet's way is asked about.</summary>
internal enum Direction
{
    /// <summary>Either end, also written <c>src or dst</c>.</summary>
    Either,

    /// <summary>Where it comes from: <c>src</c>, or snoop's <c>from</c>.</summary>
    Source,

    /// <summary>Where it goes: <c>dst</c>, or snoop's <c>to</c>.</summary>
    Destination,

    /// <summary>Both ends, <c>src and dst</c>.</summary>
    Both,
}

/// <summary>Applies a direction.</summary>
internal static class DirectionExtensions
{
    public static FilterNode Of(this Direction direction, FilterNode source, FilterNode destination) => direction switch
    {
        Direction.Source => source,
        Direction.Destination => destination,
        Direction.Both => source & destination,
        _ => source | destination,
    };
}
