using System.Globalization;
using Zones.Security;

namespace Zones.Specs;

/// <summary>How much a zone may take.</summary>
internal static class LimitRules
{
    private const int MostTasks = 4_194_304; // PID_MAX_LIMIT
    private const long LeastMemory = 1 << 20;

    private static readonly string[] OtherControls = ["io.weight", "io.max", "oom-group"];

    private static readonly HostLimits AnyHost = new(_ => ResourceLimits.Unlimited);

    public static void Check(ZoneSpec spec, Findings findings)
    {
        if (spec.CappedCpu is { } cpu && cpu.Ncpus is < 0.01m or > 1024m)
        {
            findings.Add("capped-cpu.ncpus", cpu.Ncpus.ToString(CultureInfo.InvariantCulture), $"{cpu.Ncpus.ToString(CultureInfo.InvariantCulture)} is out of range; allowed is 0.01 to 1024 processors' worth");
        }

        if (spec.DedicatedCpu is { } dedicated && CpuList.Parse(dedicated.Cpus) is null)
        {
            findings.Add("dedicated-cpu.cpus", dedicated.Cpus, $"'{dedicated.Cpus}' is not a list of processors such as 0-3,6");
        }

        findings.Range("cpu-shares", spec.CpuShares, 1, 65_535);
        Memory(spec.CappedMemory, findings);
        findings.Range("max-processes", spec.MaxProcesses, 1, MostTasks);
        findings.Range("max-lwps", spec.MaxLwps, 1, MostTasks);
        if (spec.MaxProcesses is not null && spec.MaxLwps is not null)
        {
            findings.Add("max-lwps", Text(spec.MaxLwps.Value), "the kernel counts threads alone, and a process is at least one; give max-processes or max-lwps, not both");
        }

        for (int i = 0; i < spec.Rctl.Count; i++)
        {
            Control(spec.Rctl[i], i, findings);
            if (spec.Rctl[i].Name != "io.max" && spec.Rctl.Take(i).Any(other => other.Name == spec.Rctl[i].Name) && !ResourceLimits.IsResourceLimit(spec.Rctl[i].Name))
            {
                findings.Add($"rctl[{i}].name", spec.Rctl[i].Name, $"'{spec.Rctl[i].Name}' is set twice; keep one of them");
            }
        }

        ResourceLimits.For(spec, AnyHost, findings.Problems);
    }

    private static void Memory(CappedMemory? memory, Findings findings)
    {
        if (memory is null)
        {
            return;
        }

        if (memory is { Physical: null, Swap: null, Locked: null })
        {
            findings.Add("capped-memory", null, "caps nothing; give physical, swap or locked, or leave it out");
        }

        if (memory.Physical is { } physical && physical.Bytes < LeastMemory)
        {
            findings.Add("capped-memory.physical", physical.ToString(), $"{physical} is less than a zone needs to start; give at least 1M");
        }

        NotNegative("capped-memory.swap", memory.Swap, findings);
        NotNegative("capped-memory.locked", memory.Locked, findings);
    }

    private static void NotNegative(string property, DataSize? size, Findings findings)
    {
        if (size is { Bytes: < 0 } negative)
        {
            findings.Add(property, negative.ToString(), "a size is not negative");
        }
    }

    private static void Control(Rctl control, int index, Findings findings)
    {
        string property = $"rctl[{index}].value";
        switch (control.Name)
        {
            case "io.weight":
                if (!int.TryParse(control.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int weight) || weight is < 1 or > 10_000)
                {
                    findings.Add(property, control.Value, $"'{control.Value}' is not a weight; allowed is 1 to 10000");
                }

                break;
            case "io.max":
                if (BlockLimit.Parse(control.Value, out string wrong, out string allowed) is null)
                {
                    findings.Add(property, wrong, allowed);
                }

                break;
            case "oom-group":
                if (control.Value is not ("true" or "false"))
                {
                    findings.Add(property, control.Value, $"'{control.Value}' is not true or false");
                }

                break;
            case { } name when name.StartsWith("hugetlb.", StringComparison.Ordinal):
                Hugetlb(name, control.Value, index, findings);
                break;
            case { } name when !ResourceLimits.IsResourceLimit(name):
                string[] known = [.. OtherControls, "hugetlb.2MB", .. ResourceLimits.Names];
                string hint = NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : $"; known: {string.Join(", ", known)}";
                findings.Add($"rctl[{index}].name", name, $"'{name}' is not a resource control{hint}");
                break;
        }
    }

    private static void Hugetlb(string name, string value, int index, Findings findings)
    {
        string size = name["hugetlb.".Length..];
        if (!(size.EndsWith("KB", StringComparison.Ordinal) || size.EndsWith("MB", StringComparison.Ordinal) || size.EndsWith("GB", StringComparison.Ordinal))
            || !int.TryParse(size[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            findings.Add($"rctl[{index}].name", name, $"'{size}' is not a page size; the kernel's names are such as hugetlb.2MB and hugetlb.1GB");
        }

        if (!DataSize.TryParse(value, out _))
        {
            findings.Add($"rctl[{index}].value", value, $"'{value}' is not a size; allowed is {DataSize.Allowed}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
