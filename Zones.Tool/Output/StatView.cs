using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Network;
using Zones.Tool.Cli;
using Zones.Tool.Commands.Look;

namespace Zones.Tool.Output;

/// <summary>Shows the difference of two samples, the host's line first.</summary>
internal static class StatView
{
    public static void Write(TextWriter output, StatSample before, StatSample now, OutputFormat format, bool stream)
    {
        List<(ZoneUsage? Before, ZoneUsage Now)> rows = [(before.Host, now.Host), .. now.Zones.Values.Select(zone => (before.Zones.GetValueOrDefault(zone.Zone), zone))];
        if (format != OutputFormat.Table)
        {
            JsonArray trees = new([.. rows.Select(row => Tree(row.Before, row.Now, now.Host, now.Networks.GetValueOrDefault(row.Now.Zone)))]);
            if (stream)
            {
                Document.WriteElement(output, trees, format);
            }
            else
            {
                Document.Write(output, trees, format);
            }

            return;
        }

        Columns table = new("ZONE", "CPUS", "%HOST", "MEMORY", "%HOST", "%CAP", "PEAK", "SWAP", "PROCS", "READ/s", "WRITE/s", "CPU-PSI", "MEM-PSI", "IO-PSI", "OOM") { Right = [.. Enumerable.Range(1, 14)] };
        foreach ((ZoneUsage? old, ZoneUsage usage) in rows)
        {
            double? cpus = Rate(old?.Cpu?.TotalSeconds, usage.Cpu?.TotalSeconds, old, usage);
            table.Add(
                usage.Zone,
                cpus?.ToString("F2", CultureInfo.InvariantCulture) ?? "-",
                Sizes.Percent(cpus * 100 / Environment.ProcessorCount),
                Sizes.Bytes(usage.Memory),
                Sizes.Percent(Share(usage.Memory, now.Host.MemoryCap)),
                Sizes.Percent(Share(usage.Memory, usage.MemoryCap)),
                Sizes.Bytes(usage.MemoryPeak),
                Sizes.Bytes(usage.Swap),
                Sizes.Count(usage.Processes),
                Sizes.Bytes(Rate(old?.ReadBytes, usage.ReadBytes, old, usage)),
                Sizes.Bytes(Rate(old?.WrittenBytes, usage.WrittenBytes, old, usage)),
                Sizes.Percent(usage.CpuPressure),
                Sizes.Percent(usage.MemoryPressure),
                Sizes.Percent(usage.IoPressure),
                Sizes.Count(usage.OutOfMemoryKills));
        }

        if (stream)
        {
            output.WriteLine(now.Host.Time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        }

        table.WriteTo(output);
        if (now.Zones.Values.Any(zone => zone.Machine is not null))
        {
            output.WriteLine();
            WriteMachines(output, now.Zones.Values);
        }

        if (now.Networks.Count > 0)
        {
            output.WriteLine();
            NetworkStatView.Write(output, before, now);
        }

        if (stream)
        {
            output.WriteLine();
        }
    }

    private static void WriteMachines(TextWriter output, IEnumerable<ZoneUsage> zones)
    {
        Columns table = new("DOMAIN", "STATUS", "MEMORY", "AVAILABLE", "FREE") { Right = [2, 3, 4] };
        foreach (ZoneUsage zone in zones)
        {
            if (zone.Machine is { } machine)
            {
                table.Add(zone.Zone, machine.Status, Sizes.Bytes(machine.Memory), Sizes.Bytes(machine.MemoryAvailable), Sizes.Bytes(machine.MemoryFree));
            }
        }

        table.WriteTo(output);
    }

    private static JsonNode Tree(ZoneUsage? old, ZoneUsage usage, ZoneUsage host, ZoneNetworkUsage? network)
    {
        double? cpus = Rate(old?.Cpu?.TotalSeconds, usage.Cpu?.TotalSeconds, old, usage);
        return new JsonObject
        {
            ["zone"] = usage.Zone,
            ["time"] = usage.Time.ToString("O", CultureInfo.InvariantCulture),
            ["cpu-seconds"] = usage.Cpu?.TotalSeconds,
            ["cpus"] = cpus,
            ["cpu-percent-of-host"] = cpus * 100 / Environment.ProcessorCount,
            ["memory"] = usage.Memory,
            ["memory-percent-of-host"] = Share(usage.Memory, host.MemoryCap),
            ["memory-cap"] = usage.MemoryCap,
            ["memory-peak"] = usage.MemoryPeak,
            ["swap"] = usage.Swap,
            ["processes"] = usage.Processes,
            ["read-bytes"] = usage.ReadBytes,
            ["written-bytes"] = usage.WrittenBytes,
            ["read-bytes-per-second"] = Rate(old?.ReadBytes, usage.ReadBytes, old, usage),
            ["written-bytes-per-second"] = Rate(old?.WrittenBytes, usage.WrittenBytes, old, usage),
            ["cpu-pressure-percent"] = usage.CpuPressure,
            ["memory-pressure-percent"] = usage.MemoryPressure,
            ["io-pressure-percent"] = usage.IoPressure,
            ["out-of-memory-kills"] = usage.OutOfMemoryKills,
            ["machine"] = usage.Machine is not { } machine ? null : new JsonObject
            {
                ["status"] = machine.Status,
                ["memory"] = machine.Memory,
                ["memory-available"] = machine.MemoryAvailable,
                ["memory-free"] = machine.MemoryFree,
            },
            ["connections"] = network?.Connections,
            ["links"] = new JsonArray([.. (network?.Links ?? []).Select(NetworkShown.Link)]),
        };
    }

    /// <summary>What was used a second; a zone that was booted anew in between began at zero.</summary>
    private static double? Rate(double? old, double? current, ZoneUsage? before, ZoneUsage now) =>
        current is { } value && before is not null && now.Time > before.Time
            ? Math.Max(0, value - (old is { } start && start <= value ? start : 0)) / (now.Time - before.Time).TotalSeconds
            : null;

    private static double? Share(long? part, long? whole) => part is { } some && whole is > 0 and { } all ? 100.0 * some / all : null;
}
