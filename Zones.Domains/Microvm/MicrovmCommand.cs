using System.Globalization;
using Zones.Domains.Brand;
using Zones.Domains.Build;

namespace Zones.Domains.Microvm;

/// <summary>QEMU's command line for a domain: the machine type microvm, which has no BIOS and no PCI; virtio over MMIO. What differs from
/// one boot to the next, the links and what the kernel is told of them, comes behind it.</summary>
internal static class MicrovmCommand
{
    /// <summary>The program.</summary>
    public const string Program = "/usr/bin/qemu-system-x86_64";

    /// <summary>What QEMU may need beside the domain's memory: its own, and for emulation the translated code.</summary>
    public static DataSize Allowance(bool kvm) => DataSize.MiB(kvm ? 96 : 192);

    /// <summary>The whole of it.</summary>
    public static IReadOnlyList<string> Compose(ZoneSpec spec, bool kvm)
    {
        long memory = DomainMachine.Memory(spec).Bytes >> 20;
        const int translated = 64; // MiB
        List<string> command =
        [
            Program,
            "-M", "microvm,rtc=on", // without a clock it hangs
            "-accel", kvm ? "kvm" : Text($"tcg,tb-size={translated}"),
            "-cpu", kvm ? "host" : "max",
            "-smp", Text($"{DomainMachine.Processors(spec)}"),
            "-m", Text($"{memory}"),
            "-kernel", DomainDirectory.Inside + "/kernel",
            "-initrd", DomainDirectory.Inside + "/initrd",
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            "-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial", // on a console, ^C is the domain's
            "-qmp", $"unix:{DomainDirectory.Inside}/{Qmp.SocketName},server=on,wait=off",
            "-chardev", $"pipe,id=events,path={DomainDirectory.Inside}/{MachineEvents.Name}", "-mon", "chardev=events,mode=control",
            "-device", "virtio-balloon-device,id=balloon,guest-stats-polling-interval=5",
            "-device", Text($"virtio-serial-device,max_ports={GuestSettings.AgentPorts + 2}"), // the first is for consoles
            "-chardev", $"file,id=status,path={DomainDirectory.Inside}/status", "-device", $"virtserialport,chardev=status,name={GuestSettings.StatusPort}",
        ];
        for (int i = 0; i < GuestSettings.AgentPorts; i++)
        {
            command.AddRange(["-chardev", Text($"socket,id=agent{i},path={DomainDirectory.Inside}/agent{i},server=on,wait=off"), "-device", Text($"virtserialport,chardev=agent{i},name={GuestSettings.AgentPort}{i}")]);
        }

        return command;
    }

    /// <summary>The kernel's. A panic ends the machine instead of leaving it there. An emulated timer on a busy host is too slow for the kernel's
    /// look at it: the look is left out, and how fast its time stamp counter goes, which is the host's, is said where the host says it. Without that, four of
    /// five boots on a busy host hung for ever while the kernel measured it.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="links">What it is told of the domain's links.</param>
    public static string CommandLine(ZoneSpec spec, IEnumerable<string> links)
    {
        bool kvm = Accelerator.Choose(spec.Domain?.Accel ?? "auto", out _).IsKvm;
        string[] timer = kvm ? [] : ["no_timer_check", .. TimeStampCounter(File.ReadAllText("/proc/cpuinfo"), Directory.Exists("/sys/devices/system/cpu/cpu0/cpufreq")) is { } rate ? (string[])[Text($"tsc_early_khz={rate}")] : []];
        string[] own = ["console=ttyS0", "reboot=t", "panic=-1", "quiet", .. timer, .. links];
        return string.Join(' ', own.Concat(spec.Domain?.KernelArgs ?? []));
    }

    /// <summary>In kHz; null when the host does not say. Its "cpu MHz" is that rate where the processor counts at a constant one and the kernel knows no other: one that
    /// scales the frequency (cpufreq), or counts what is done at it (aperfmperf), shows the frequency of the moment there.</summary>
    /// <param name="cpuInfo">The host's /proc/cpuinfo.</param>
    /// <param name="scales">Whether it has /sys/devices/system/cpu/cpu0/cpufreq.</param>
    internal static long? TimeStampCounter(string cpuInfo, bool scales)
    {
        string[] lines = cpuInfo.Split('\n');
        string[] flags = Value("flags")?.Split(' ') ?? [];
        return !scales && flags.Contains("constant_tsc") && !flags.Contains("aperfmperf")
            && decimal.TryParse(Value("cpu MHz"), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal megahertz) ? (long)(megahertz * 1000) : null;

        string? Value(string name) => Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[^1];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
