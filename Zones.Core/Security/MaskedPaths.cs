namespace Zones.Security;

/// <summary>What of /proc and /sys a zone does not see or cannot write: the lists that Docker gives runc
/// (podman's are the same but for /proc/interrupts), because the kernel keeps these files for the whole host or lets root of any namespace in.
/// A path that a kernel has not is passed over.</summary>
internal static class MaskedPaths
{
    /// <summary>Hidden: a file under /dev/null, a directory under an empty read-only tmpfs.</summary>
    public static readonly IReadOnlyList<string> Masked =
    [
        "/proc/acpi", // switches of the host's hardware
        "/proc/asound", // the host's sound devices
        "/proc/interrupts", // counts of key strokes and packets of the whole host
        "/proc/kcore", // the host's memory
        "/proc/keys", // keyrings of other users of the host
        "/proc/latency_stats", // stacks and names of other processes
        "/proc/timer_list", // addresses of the kernel, processes of other zones
        "/proc/timer_stats",
        "/proc/sched_debug", // every process of the host (in debugfs from 5.13)
        "/proc/scsi", // removes the host's disks (CVE-2017-16539)
        "/sys/firmware", // ACPI tables, EFI variables
        "/sys/devices/virtual/powercap", // energy counters that tell what other zones compute (CVE-2020-8694)
    ];

    /// <summary>Readable only: the kernel's switches, whose owner is the host's root.</summary>
    public static readonly IReadOnlyList<string> ReadOnly =
    [
        "/proc/bus",
        "/proc/fs",
        "/proc/irq",
        "/proc/sys",
        "/proc/sysrq-trigger",
    ];
}
