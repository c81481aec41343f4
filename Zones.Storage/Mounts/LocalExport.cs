using System.Net;
using System.Net.NetworkInformation;
using Zones.Interop;
using Zones.Specs;
using Zones.Storage.Fuse;

namespace Zones.Storage.Mounts;

/// <summary>Whether an export is a directory of this very host, which then needs no network between it and a zone.</summary>
internal static class LocalExport
{
    /// <summary>Whether the server is this host.</summary>
    public static bool IsOnThisHost(NfsAddress address)
    {
        IPAddress server = RemoteExport.Resolve(address);
        return IPAddress.IsLoopback(server)
            || NetworkInterface.GetAllNetworkInterfaces().Any(link => link.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(server)));
    }

    /// <summary>The directory that is exported; null when it cannot be told.</summary>
    /// <param name="address">The export; its path is taken for the directory's, as servers usually have it.</param>
    /// <param name="root">What the server says of its root.</param>
    public static string? Find(NfsAddress address, FuseAttributes root) => IsSame(address.Export, root) ? address.Export : null;

    /// <summary>A directory of the same path need not be the same one: number, mode and the times of its last changes, to the
    /// nanosecond, have to agree.</summary>
    private static bool IsSame(string path, FuseAttributes root) =>
        FileStatus.Of(path, follow: true) is { } status
        && status.Inode == root.Inode
        && status.Mode == root.Mode
        && status.Modified == root.ModificationTime
        && status.ModifiedNanoseconds == root.ModificationNanoseconds
        && status.Changed == root.ChangeTime
        && status.ChangedNanoseconds == root.ChangeNanoseconds;
}
