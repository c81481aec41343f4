namespace Zones.Roots;

/// <summary>The one range of ids of all zones on a tree that cannot be idmapped: whoever serves it has shifted its files into it.</summary>
/// <param name="Holder">What the zones share; as no zone is called, so that it can hold a lease as a zone does.</param>
/// <param name="First">The first of the 65,536 ids.</param>
internal sealed record IdWindow(string Holder, uint First)
{
    /// <summary>How many ids a zone with a user namespace has: inside they begin with 0.</summary>
    public const uint Size = 65_536;

    /// <summary>The window of a tree; null when its files are not shifted into one.</summary>
    /// <param name="holder">What the zones share.</param>
    /// <param name="owner">The user whose the top of the tree is: root's, shifted.</param>
    public static IdWindow? Of(string holder, uint owner) => IsFirst(owner) ? new(holder, owner) : null;

    /// <summary>Whether an id may be the first of a range.</summary>
    public static bool IsFirst(uint id) => id != 0 && id % Size == 0;

    /// <summary>FIRST to LAST.</summary>
    public override string ToString() => $"{First} to {First + (Size - 1)}";
}
