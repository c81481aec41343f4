using System.Globalization;

namespace Zones.Domains.Xen;

/// <summary>What this host is to Xen, as its kernel shows it in /sys/hypervisor (its Documentation/ABI/stable/sysfs-hypervisor-xen) and /proc/xen.</summary>
/// <param name="IsControl">Whether this is domain 0, from which others are built.</param>
/// <param name="Reason">Why so, for people.</param>
internal sealed record XenHost(bool IsControl, string Reason)
{
    /// <summary>The oldest whose xl knows <c>type</c>, and PVH as it is now.</summary>
    public static readonly Version Oldest = new(4, 10);

    /// <summary>The hypervisor's; null where there is none.</summary>
    public Version? Version { get; init; }

    /// <summary>Whether it runs kernels that know they run on it, without the processor's virtualization.</summary>
    public bool RunsPv { get; init; }

    /// <summary>Whether it runs kernels by the processor's virtualization.</summary>
    public bool RunsPvh { get; init; }

    /// <summary>xl of this version; null when it is not installed.</summary>
    public string? Xl { get; init; }

    /// <summary>Looks.</summary>
    /// <param name="root">Where /proc, /sys and /usr are.</param>
    public static XenHost Read(string root = "/")
    {
        string hypervisor = Path.Combine(root, "sys/hypervisor");
        if (Text(hypervisor, "type") != "xen")
        {
            return new(false, "this host does not run under Xen (/sys/hypervisor/type)");
        }

        // Without xenfs at /proc/xen the kernel's own features say it: XENFEAT_dom0.
        const int domain0 = 11;
        bool control = Text(Path.Combine(root, "proc/xen"), "capabilities").Contains("control_d", StringComparison.Ordinal)
            || (ulong.TryParse(Text(hypervisor, "properties/features"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong features) && (features >> domain0 & 1) != 0);
        if (!control)
        {
            return new(false, "this host is a domain of Xen's, and not domain 0 (/proc/xen/capabilities does not say control_d)");
        }

        Version version = new(Number(hypervisor, "version/major"), Number(hypervisor, "version/minor"));
        string[] capabilities = Text(hypervisor, "properties/capabilities").Split(' ');
        return new(true, $"this host is domain 0 of Xen {version}")
        {
            Version = version,
            RunsPv = capabilities.Contains("xen-3.0-x86_64"),
            RunsPvh = capabilities.Contains("hvm-3.0-x86_64"),
            Xl = Array.Find([$"/usr/lib/xen-{version}/bin/xl", "/usr/sbin/xl", "/usr/bin/xl"], path => File.Exists(root.TrimEnd('/') + path)),
        };
    }

    /// <summary>Empty when the file is not there.</summary>
    private static string Text(string directory, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, name)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static int Number(string directory, string name) => int.TryParse(Text(directory, name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
