using Zones.Interop;

namespace Zones.Storage.Mounts;

/// <summary>What is kept open for a mount as long as a zone uses it, by the keeper and by the process that serves it.</summary>
/// <param name="mount">A detached mount: as long as it is open, there is a file system.</param>
/// <param name="device">For FUSE its /dev/fuse descriptor.</param>
/// <param name="table">For FUSE its nodes (<see cref="Fuse.NodeTable"/>).</param>
internal sealed class HeldMount(SafeFd mount, SafeFd? device, SafeFd? table) : IDisposable
{
    public SafeFd Mount { get; } = mount;

    public SafeFd? Device { get; } = device;

    public SafeFd? Table { get; } = table;

    /// <summary>In the order in which they are handed on.</summary>
    public IReadOnlyList<SafeFd> Descriptors => Device is null || Table is null ? [Mount] : [Mount, Device, Table];

    /// <summary>From descriptors in the order of <see cref="Descriptors"/>; they are the result's then.</summary>
    public static HeldMount From(IReadOnlyList<SafeFd> descriptors) =>
        new(descriptors[0], descriptors.Count > 1 ? descriptors[1] : null, descriptors.Count > 2 ? descriptors[2] : null);

    public void Dispose()
    {
        Mount.Dispose();
        Device?.Dispose();
        Table?.Dispose();
    }
}
