using System.Diagnostics;
using System.Globalization;

namespace Zones.Tests.Guest;

/// <summary>Runs a script as process 1 of a QEMU guest. Emulated where the processor has no virtualization, and then some ten times slower than the host;
/// a q35 machine, because an emulated microvm, having no other timer, may hang while the kernel calibrates its clock on a busy host.</summary>
internal static class VirtualMachine
{
    private const string OwnNetwork = "/proc/self/ns/net";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The arguments of a network in which the host's loopback is 10.0.2.2.</summary>
    public static IReadOnlyList<string> Network { get; } = ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"];

    /// <summary>Boots a guest, waits for its end, and gives what it printed.</summary>
    /// <param name="script">A bash script of Zones.Tests/Guest.</param>
    /// <param name="mebibytes">Its memory.</param>
    /// <param name="init">What is process 1.</param>
    /// <param name="settings">What the script begins with: assignments.</param>
    /// <param name="printed">Told of each line that it prints.</param>
    /// <param name="package">A file that is /opt/zones.deb there.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(string script, int mebibytes, GuestInit init = GuestInit.Script, string settings = "", Action<string>? printed = null, string? package = null)
    {
        GuestImage image = GuestImage.Get();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("zones-guest-");
        try
        {
            (string disk, string initrd) = image.Prepare(directory.FullName, script, init, settings, package);
            return await RunAsync(image, initrd, mebibytes, ["-drive", $"id=disk,file={disk},format=raw,if=none", "-device", "virtio-blk-pci,drive=disk", .. Network], printed);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Boots a guest from an initial root of one's own, waits for its end, and gives what it printed.</summary>
    /// <param name="image">Has the kernel.</param>
    /// <param name="initrd">The initial root's file.</param>
    /// <param name="mebibytes">Its memory.</param>
    /// <param name="devices">What it has besides a console, as arguments.</param>
    /// <param name="printed">Told of each line that it prints.</param>
    /// <param name="network">The network namespace that it is in; the test's own unless given.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(GuestImage image, string initrd, int mebibytes, IReadOnlyList<string> devices, Action<string>? printed = null, string network = OwnNetwork)
    {
        string accelerator = File.ReadAllText("/proc/cpuinfo") is var flags && (flags.Contains(" vmx ", StringComparison.Ordinal) || flags.Contains(" svm ", StringComparison.Ordinal)) && File.Exists("/dev/kvm") ? "kvm" : "tcg";

        // no_timer_check: on a busy host an emulated timer may be too slow for the kernel's look at it.
        return await RunAsync(
            [
                "-M", $"q35,accel={accelerator}", "-cpu", "max", "-smp", "2", "-m", mebibytes.ToString(CultureInfo.InvariantCulture),
                "-kernel", image.Kernel, "-initrd", initrd, "-append", "console=ttyS0 reboot=t panic=-1 quiet no_timer_check systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service", .. devices,
            ],
            Patience,
            printed,
            network);
    }

    /// <summary>Runs QEMU, waits for its end, and gives what the machine printed on its serial line.</summary>
    /// <param name="machine">Machine, memory, kernel and devices, as arguments.</param>
    /// <param name="patience">After it the machine is killed.</param>
    /// <param name="printed">Told of each line that it prints.</param>
    /// <param name="network">The network namespace that it is in; the test's own unless given.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<string> machine, TimeSpan patience, Action<string>? printed = null, string network = OwnNetwork)
    {
        ProcessStartInfo start = new("nsenter", [$"--net={network}", "qemu-system-x86_64", .. machine, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process qemu = Process.Start(start)!;
        qemu.StandardInput.Close();
        List<string> console = [];
        qemu.OutputDataReceived += (_, line) => Add(line.Data);
        qemu.ErrorDataReceived += (_, line) => Add(line.Data);
        qemu.BeginOutputReadLine();
        qemu.BeginErrorReadLine();
        using CancellationTokenSource timeout = new(patience);
        try
        {
            await qemu.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            qemu.Kill();
            Add($"the guest did not end within {patience}");
        }

        lock (console)
        {
            return [.. console];
        }

        void Add(string? line)
        {
            if (line is not null)
            {
                lock (console)
                {
                    console.Add(line.TrimEnd('\r'));
                }

                printed?.Invoke(line.TrimEnd('\r'));
            }
        }
    }
}

