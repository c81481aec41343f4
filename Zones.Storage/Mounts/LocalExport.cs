using System.Net;
using System.Net.NetworkInformation;
using Zones.Specs;
using Zones.Storage.Fuse;
using Zones.Wire;

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
    private static unsafe bool IsSame(string path, FuseAttributes root)
    {
        ulong* status = stackalloc ulong[18]; // struct stat: inode at 1, mode at 3, modification at 11 and 12, change at 13 and 14
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            const long stat = 4;
            return Kernel.Call(stat, (long)name, (long)status) == 0
                && status[1] == root.Inode
                && (uint)status[3] == root.Mode
                && status[11] == root.ModificationTime
                && status[12] == root.ModificationNanoseconds
                && status[13] == root.ChangeTime
                && status[14] == root.ChangeNanoseconds;
        }
    }
}
