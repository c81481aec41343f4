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
    /// look at it: the look is left out, and how fast its time stamp counter goes, which is the host's, is said. Without that, four of
    /// five boots on a busy host hung for ever while the kernel measured it.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="links">What it is told of the domain's links.</param>
    public static string CommandLine(ZoneSpec spec, IEnumerable<string> links)
    {
        bool kvm = Accelerator.Choose(spec.Domain?.Accel ?? "auto", out _).IsKvm;
        string[] timer = kvm ? [] : ["no_timer_check", .. TimeStampCounter() is { } rate ? (string[])[Text($"tsc_early_khz={rate}")] : []];
        string[] own = ["console=ttyS0", "reboot=t", "panic=-1", "quiet", .. timer, .. links];
        return string.Join(' ', own.Concat(spec.Domain?.KernelArgs ?? []));
    }

    /// <summary>In kHz; null when the host does not say.</summary>
    private static long? TimeStampCounter()
    {
        string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("cpu MHz", StringComparison.Ordinal));
        return line is not null && decimal.TryParse(line.Split(':')[1], NumberStyles.Number, CultureInfo.InvariantCulture, out decimal megahertz) ? (long)(megahertz * 1000) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
