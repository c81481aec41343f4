namespace Zones.Storage.Nfs;

/// <summary>Moves the users and groups 0 to <see cref="Count"/>-1 on disk to a window on the wire, so that zones whose ids are in that
/// window see them as their own 0 to <see cref="Count"/>-1. The default value moves nothing.</summary>
/// <param name="First">What id 0 on disk is on the wire.</param>
/// <param name="Count">How many ids the window has; others on disk show as its <see cref="Nobody"/>.</param>
public readonly record struct IdShift(uint First, uint Count = IdShift.Window)
{
    /// <summary>The user and group of nobody.</summary>
    public const uint Nobody = 65534;

    private const uint Window = 65536;

    /// <summary>An id as clients see it.</summary>
    public uint ToWire(uint onDisk) => Count == 0 ? onDisk : First + (onDisk < Count ? onDisk : Nobody);

    /// <summary>An id as it is on disk; false for one outside the window.</summary>
    public bool TryToDisk(uint onWire, out uint onDisk)
    {
        onDisk = Count == 0 ? onWire : onWire - First;
        return Count == 0 || onDisk < Count;
    }
}
