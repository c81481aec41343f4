using Zones.Interop;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall.Host;

/// <summary>/proc/sys/net, which shows the network namespace of the thread that opens a file of it.</summary>
internal static class SysctlFiles
{
    public static T In<T>(SafeFd? networkNamespace, Func<T> work) =>
        networkNamespace is null ? work() : NamespaceThread.Run(networkNamespace, work);

    /// <summary>A switch's value; null when this kernel has none of that name.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Sets a switch, unless it is so already.</summary>
    public static void Write(string path, string value)
    {
        if (Read(path) == value)
        {
            return;
        }

        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneException($"{path}: cannot write {value}: {e.Message}", e) { Path = path };
        }
    }
}
