namespace Zones.Domains.Xen;

/// <summary>Whether a kernel was built to run under Xen, as the configuration beside it says. Most distributions put it there; without it xl finds out.</summary>
internal static class XenKernel
{
    /// <summary>Null when nothing is known against it.</summary>
    /// <param name="path">The kernel, boot/vmlinuz-RELEASE.</param>
    /// <param name="type">pv or pvh.</param>
    public static string? WhyNot(string path, string type)
    {
        string name = Path.GetFileName(path), directory = Path.GetDirectoryName(path)!;
        string? file = Array.Find([Path.Combine(directory, "config-" + name[(name.IndexOf('-') + 1)..]), Path.Combine(directory, "config")], File.Exists);
        if (file is null)
        {
            return null;
        }

        HashSet<string> options = [.. File.ReadLines(file)];
        string option = type == "pv" ? "CONFIG_XEN_PV" : "CONFIG_XEN_PVH";
        return options.Contains(option + "=y") ? null
            : $"is no kernel for a {type} domain of Xen's ({file}: {option} is not set); use another{(options.Contains(type == "pv" ? "CONFIG_XEN_PVH=y" : "CONFIG_XEN_PV=y") ? $", or xen-type: {(type == "pv" ? "pvh" : "pv")}" : ", on Debian that of linux-image-amd64")}";
    }
}
