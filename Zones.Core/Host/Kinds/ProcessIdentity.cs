using System.Globalization;
using Zones.Interop;

namespace Zones.Hosting;

/// <summary>Who a process is for as long as this kernel runs: its number, its start time, and the boot of the host. A number
/// alone may be somebody else's tomorrow.</summary>
/// <param name="Pid">The process number.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat (proc(5)).</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id.</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    /// <summary>This boot of the host.</summary>
    public static string CurrentBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>This process.</summary>
    public static ProcessIdentity Self => new(Environment.ProcessId, Wire.ProcFiles.StartTicks(Environment.ProcessId), CurrentBoot);

    /// <summary>What <see cref="Text"/> says; null when that is nobody.</summary>
    public static ProcessIdentity? Parse(string text) => text.Split(' ') is [string pid, string start, string boot]
        ? new(int.Parse(pid, CultureInfo.InvariantCulture), long.Parse(start, CultureInfo.InvariantCulture), boot)
        : null;

    /// <summary>As the catalogue keeps it: number, start time and boot id.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks} {BootId}");

    /// <summary>A descriptor of the process, or null when it has ended.</summary>
    public SafeFd? Open()
    {
        if (BootId != CurrentBoot)
        {
            return null;
        }

        SafeFd? descriptor = Wire.Kernel.OpenProcess(Pid, out _);
        if (descriptor is not null && Wire.ProcFiles.StartTicks(Pid) == StartTicks && !Polling.Readable(descriptor, TimeSpan.Zero))
        {
            return descriptor;
        }

        descriptor?.Dispose();
        return null;
    }

    /// <summary>Whether the process lives.</summary>
    public bool IsAlive
    {
        get
        {
            using SafeFd? descriptor = Open();
            return descriptor is not null;
        }
    }
}
