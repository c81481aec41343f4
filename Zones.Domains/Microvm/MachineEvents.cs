using System.Text;
using System.Text.Json;
using Zones.Domains.Brand;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Domains.Microvm;

/// <summary>What QEMU tells of a machine by itself, above all why it ended. Events go to whoever is connected, and nobody is when a domain ends
/// hours after its boot: so there is a second monitor, whose output is a file that outlives QEMU. Its input is a FIFO, on which
/// the boot says that it is ready for events.</summary>
/// <param name="directory">The domain's.</param>
internal sealed class MachineEvents(DomainDirectory directory)
{
    /// <summary>QEMU's name for the two.</summary>
    public const string Name = "events";

    /// <summary>What QEMU reads.</summary>
    public const string Commands = Name + ".in";

    /// <summary>What QEMU writes.</summary>
    public const string Log = Name + ".out";

    /// <summary>Has QEMU tell; false while it does not listen yet.</summary>
    public unsafe bool Begin()
    {
        using SafeFd? fifo = directory.Open(Commands, Linux.O_WRONLY | Linux.O_NONBLOCK);
        if (fifo is null)
        {
            return false;
        }

        ReadOnlySpan<byte> command = "{\"execute\":\"qmp_capabilities\"}\n"u8;
        fixed (byte* start = command)
        {
            return Kernel.Call(Linux.Write, fifo.Number, (long)start, command.Length) == command.Length;
        }
    }

    /// <summary>Why the machine ended, in QEMU's word (ShutdownCause in its QMP reference): <c>guest-reset</c>, <c>guest-shutdown</c>,
    /// <c>host-signal</c> and others. Null when it has not said so.</summary>
    public string? WhyEnded() => directory.Tail(Log).Select(Reason).LastOrDefault(reason => reason is not null);

    private static string? Reason(string line)
    {
        try
        {
            using JsonDocument message = JsonDocument.Parse(line);
            return message.RootElement.TryGetProperty("event", out JsonElement name) && name.GetString() == "SHUTDOWN"
                ? message.RootElement.GetProperty("data").GetProperty("reason").GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // the half of a line at the beginning, or whatever somebody made of the file
        }
    }
}
