using System.Text;
using Zones.Wire;

namespace Zones.Domains.Microvm;

/// <summary>How a domain ended whose init has not told: its kernel was told to reboot or to power off, by whoever may do that inside. It counts as
/// the same does in a zone that shares the host's kernel (pid_namespaces(7)): a reboot as SIGHUP, after which the zone is booted again, and
/// a power-off as SIGINT.</summary>
internal static class MachineEnd
{
    /// <param name="reason">Why QEMU says the machine ended; null when it does not.</param>
    /// <param name="console">What the domain has printed: a kernel that panics resets the machine too.</param>
    public static ExitStatus Of(string? reason, string console) => reason switch
    {
        "guest-reset" when !Panicked(console) => new(128 + Linux.SIGHUP, Linux.SIGHUP),
        "guest-shutdown" => new(128 + Linux.SIGINT, Linux.SIGINT),
        _ => new(-1),
    };

    /// <summary>Whether the last that the kernel had to say was a panic; the word for a reboot comes after whatever an earlier boot has left.</summary>
    private static bool Panicked(string console)
    {
        const int mostRead = 32 << 10;
        if (!File.Exists(console))
        {
            return false;
        }

        using FileStream file = new(console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Max(0, file.Length - mostRead);
        byte[] buffer = new byte[mostRead];
        string text = Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, mostRead, throwOnEndOfStream: false));
        return text.LastIndexOf("Kernel panic - not syncing", StringComparison.Ordinal) > text.LastIndexOf("reboot: ", StringComparison.Ordinal);
    }
}
