using System.Globalization;
using System.Text;
using Zones.Boot;
using Zones.Domains.Brand;

namespace Zones.Domains.Xen;

/// <summary>A domain's configuration in the words of xl.cfg(5).</summary>
internal static class XenConfiguration
{
    /// <summary>Its file, in the carrier.</summary>
    public const string FileName = "xl.cfg";

    /// <summary>The whole of it.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="type">pv or pvh.</param>
    /// <param name="uuid">Which Xen is to know it by.</param>
    /// <param name="links">Of the boot.</param>
    /// <param name="commandLine">The kernel's.</param>
    public static string Compose(ZoneSpec spec, string type, string uuid, IReadOnlyList<BootLink> links, string commandLine)
    {
        long memory = DomainMachine.Memory(spec).Bytes >> 20;
        StringBuilder text = new();
        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
        Add("name", Quote(spec.Zone));
        Add("uuid", Quote(uuid));
        Add("type", Quote(type));
        Add("kernel", Quote(DomainDirectory.Inside + "/kernel"));
        Add("ramdisk", Quote(DomainDirectory.Inside + "/initrd"));
        Add("cmdline", Quote(commandLine));
        Add("memory", Number(memory));
        Add("vcpus", Number(DomainMachine.Processors(spec)));
        if (spec.CappedCpu is { } cap)
        {
            Add("cap", Number((long)Math.Max(1, Math.Ceiling(cap.Ncpus * 100))));
        }

        if (spec.DedicatedCpu is { } dedicated)
        {
            Add("cpus", Quote(dedicated.Cpus));
        }

        if (spec.CpuShares is { } shares)
        {
            Add("cpu_weight", Number(Weight(shares)));
        }

        // The host's end is made a port of its bridge, and protected, by whoever boots the zone: see XenBoot.
        Add("vif", $"[ {string.Join(", ", links.Select(link => Quote($"mac={link.Mac},bridge={link.Bridge},script=/bin/true")))} ]");

        // A domain that has ended stays until it has been asked how, and is released: what runs again, and when, is not xl's to say.
        foreach (string end in (string[])["poweroff", "reboot", "crash", "watchdog"])
        {
            Add("on_" + end, Quote("preserve"));
        }

        return text.ToString();
    }

    /// <summary>Xen's scheduler gives 256 to who has no weight, a zone without shares has 100.</summary>
    private static long Weight(int shares) => Math.Clamp(shares * 256L / 100, 1, 65_535);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value) => "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
