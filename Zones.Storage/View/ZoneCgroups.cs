using System.Globalization;
using Zones.Cgroups;

namespace Zones.Storage.View;

/// <summary>What the control files of one zone say, whichever version has them.</summary>
/// <param name="layout">This host's hierarchies.</param>
/// <param name="path">The zone's place in each.</param>
internal sealed class ZoneCgroups(CgroupLayout layout, string path)
{
    private readonly string _unified = Path.Combine(layout.Unified!, path);

    /// <summary>Where memory is counted; null when it is not, as for zones without a cap on a hybrid host.</summary>
    public ControlDirectory? Memory => Find("memory");

    /// <summary>Where processor time is limited; null when it is not.</summary>
    public ControlDirectory? Processor => Find("cpu");

    /// <summary>Where the processors are named on which the zone may run; null when they are not.</summary>
    public ControlDirectory? Processors => Find("cpuset");

    /// <summary>cgroup2's, which counts processor time without any controller.</summary>
    public ControlDirectory Unified => new(_unified, IsUnified: true);

    private ControlDirectory? Find(string controller) =>
        layout.Find(controller) is { } hierarchy && Path.Combine(hierarchy.Root, path) is var directory && Directory.Exists(directory)
            ? new(directory, hierarchy.IsUnified)
            : null;
}

/// <summary>A zone's directory in a hierarchy.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsUnified">Whether it is cgroup2's.</param>
internal sealed record ControlDirectory(string Path, bool IsUnified)
{
    /// <summary>A file's text; empty when it is not there.</summary>
    public string Text(string file) => ControlFile.Read(System.IO.Path.Combine(Path, file)).Trim();

    /// <summary>A file that holds a number; null when it is not there or says <c>max</c>.</summary>
    public long? Number(string file) => long.TryParse(Text(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>A file of names and numbers.</summary>
    public Dictionary<string, long> Table(string file)
    {
        Dictionary<string, long> table = new(StringComparer.Ordinal);
        foreach (string line in Text(file).Split('\n'))
        {
            if (line.Split(' ') is [string name, string number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            {
                table[name] = value;
            }
        }

        return table;
    }
}
