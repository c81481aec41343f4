using System.Globalization;

namespace Zones.Specs;

/// <content>Processors, memory and resource controls.</content>
internal sealed partial class ZonecfgImporter
{
    private const string Rctl = "rctl.";

    /// <summary>Controls that have a property here.</summary>
    private static readonly string[] Limits =
        ["zone.cpu-cap", "zone.cpu-shares", "zone.max-lwps", "zone.max-processes", "zone.max-physical-memory", "zone.max-swap", "zone.max-locked-memory"];

    private void CappedCpu(ZonecfgResource resource)
    {
        if (resource.Find("ncpus") is { } setting)
        {
            Processors(setting, "capped-cpu.ncpus", setting.Text, 1);
        }

        WarnOthers(resource, "ncpus");
    }

    private void Processors(ZonecfgNode place, string property, string text, int parts)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal ncpus))
        {
            Adopt(place, property, text, spec => spec with { CappedCpu = new(ncpus / parts) });
        }
        else
        {
            Warn(place, property, text, $"left out: '{text}' is not a number of processors");
        }
    }

    private void DedicatedCpu(ZonecfgResource resource)
    {
        if (resource.Find("cpus") is { } cpus)
        {
            Adopt(cpus, "dedicated-cpu.cpus", cpus.Text, spec => spec with { DedicatedCpu = new(cpus.Text) });
        }

        if (resource.Find("ncpus") is { } ncpus)
        {
            string most = ncpus.Text.Split('-')[^1];
            Warn(ncpus, $"no equivalent: Linux does not choose processors for a zone; name them in dedicated-cpu.cpus. Taken as capped-cpu {most}", "dedicated-cpu.");
            Processors(ncpus, "dedicated-cpu.ncpus", most, 1);
        }

        WarnOthers(resource, "cpus", "ncpus");
    }

    private void CappedMemory(ZonecfgResource resource)
    {
        foreach (ZonecfgSetting setting in resource.Settings.Where(setting => setting.Name is "physical" or "swap" or "locked"))
        {
            _memory[setting.Name] = setting;
        }

        WarnOthers(resource, "physical", "swap", "locked");
    }

    /// <summary>A control by its name; values that only count, or that another privilege level sets, are no limits of the zone.</summary>
    private void ResourceControl(ZonecfgResource resource)
    {
        string name = resource.Find("name")?.Text ?? "";
        ZonecfgItem? limit = null;
        foreach (ZonecfgSetting setting in resource.Settings.Where(setting => setting.Name == "value"))
        {
            foreach (ZonecfgItem item in setting.Items)
            {
                if (item.Fields is not { } fields || !fields.TryGetValue("limit", out string? number))
                {
                    Warn(setting, Rctl + name, item.Text, "left out: a value is (priv=…,limit=…,action=…)");
                }
                else if (!Limits.Contains(name))
                {
                    Warn(setting, Rctl + name, number, ZonecfgWhy.Of(name.StartsWith("zone.", StringComparison.Ordinal) ? name["zone.".Length..] : name));
                }
                else if (limit is not null || fields.GetValueOrDefault("priv", "privileged") != "privileged" || (fields.GetValueOrDefault("action") == "none" && name != "zone.cpu-shares"))
                {
                    Warn(setting, Rctl + name, item.Text, "no equivalent: a zone has one limit of each kind, set by its administrator and enforced");
                }
                else
                {
                    limit = item;
                    Limit(setting, name, number);
                }
            }
        }

        WarnOthers(resource, "name", "value");
    }

    private void Limit(ZonecfgSetting setting, string name, string number)
    {
        switch (name)
        {
            case "zone.cpu-cap":
                Processors(setting, Rctl + name, number, 100);
                break;
            case "zone.cpu-shares" or "zone.max-lwps" or "zone.max-processes":
                Control(setting, name, number);
                break;
            default:
                string property = name switch { "zone.max-physical-memory" => "physical", "zone.max-swap" => "swap", _ => "locked" };
                _memory[property] = new(Rctl + name, [new(number)], setting.Line, setting.Column);
                break;
        }
    }

    private void Control(ZonecfgNode place, string name, string text)
    {
        if (Number(place, name, text) is not { } number)
        {
            return;
        }

        Adopt(place, name, text, spec => name switch
        {
            "cpu-shares" or "zone.cpu-shares" => spec with { CpuShares = number },
            "max-lwps" or "zone.max-lwps" => spec with { MaxLwps = number },
            _ => spec with { MaxProcesses = number },
        });
    }

    /// <summary>Solaris's swap is all memory that is no file's, in RAM or out of it; ours is swap space alone.</summary>
    private void Memory()
    {
        DataSize? physical = Size("physical"), swap = Size("swap"), locked = Size("locked");
        ZonecfgSetting? place = _memory.GetValueOrDefault("swap");
        if (swap is { } all && physical is null)
        {
            Warn(place!, "no equivalent: zonecfg's swap caps memory and swap space together; taken as physical, with no swap space");
            (physical, swap) = (all, new DataSize(0));
        }
        else if (swap is { } total && total.Bytes < physical!.Value.Bytes)
        {
            Warn(place!, "no equivalent: zonecfg's swap caps memory and swap space together, and is below physical; taken as no swap space");
            swap = new DataSize(0);
        }
        else if (swap is { } both)
        {
            swap = new DataSize(both.Bytes - physical!.Value.Bytes);
        }

        if ((physical ?? swap ?? locked) is not null)
        {
            Adopt(_memory.Values.First(), "capped-memory", null, spec => spec with { CappedMemory = new(physical) { Swap = swap, Locked = locked } });
        }
    }

    private DataSize? Size(string name)
    {
        if (!_memory.TryGetValue(name, out ZonecfgSetting? setting))
        {
            return null;
        }

        string text = setting.Text.ToUpperInvariant().TrimEnd('B');
        int power = text.Length > 1 ? "KMGT".IndexOf(text[^1]) + 1 : 0;
        if (decimal.TryParse(power > 0 ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number <= long.MaxValue >> (10 * power))
        {
            return new DataSize((long)(number * (1L << (10 * power))));
        }

        Warn(setting, $"left out: '{setting.Text}' is not a size");
        return null;
    }
}
