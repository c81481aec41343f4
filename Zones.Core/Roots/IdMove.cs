namespace Zones.Roots;

/// <summary>From one zone's ids to another's: what owns files on disk, outside.</summary>
/// <param name="From">The first of the 65,536 ids that files have; 0 without a user namespace.</param>
/// <param name="To">The first of those that they get.</param>
internal readonly record struct IdMove(uint From, uint To)
{
    private const uint Size = 65_536;

    /// <summary>The ids stay as they are.</summary>
    public static IdMove None => default;

    /// <summary>The id in the new range; one that is not in the old range is not the zone's and stays.</summary>
    public uint Of(uint id) => unchecked(id - From) < Size ? To + (id - From) : id;
}
