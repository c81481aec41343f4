using System.Text.Json;
using Zones.Domains.Brand;

namespace Zones.Domains.Microvm;

/// <summary>State and memory of a machine that runs, as QEMU and the balloon driver inside tell them.</summary>
internal static class MachineState
{
    /// <summary>Asks for them; null when QEMU does not answer, or with what is no state.</summary>
    public static MachineUsage? Read(DomainDirectory directory)
    {
        using Qmp? qmp = Qmp.Open(directory);
        if (qmp is null || Text(Qmp.Property(qmp.Ask("query-status"), "status")) is not { } status)
        {
            return null;
        }

        JsonElement? size = qmp.Ask("query-memory-size-summary");
        JsonElement? inside = qmp.Ask("qom-get", """{"path":"/machine/peripheral/balloon","property":"guest-stats"}""");
        return new(status)
        {
            Memory = Number(size, "base-memory"),
            MemoryAvailable = Statistic(inside, "stat-available-memory"),
            MemoryFree = Statistic(inside, "stat-free-memory"),
        };
    }

    /// <summary>Null for one that the domain has not told yet, or does not tell: -1 in 64 bits.</summary>
    private static long? Statistic(JsonElement? balloon, string name) =>
        Number(Qmp.Property(balloon, "stats"), name) is >= 0 and { } value ? value : null;

    private static long? Number(JsonElement? map, string name) =>
        Qmp.Property(map, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    private static string? Text(JsonElement? value)
    {
        try
        {
            return value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }
}
