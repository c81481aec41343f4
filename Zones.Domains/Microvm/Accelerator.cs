namespace Zones.Domains.Microvm;

/// <summary>How QEMU runs a domain's processors, and why so.</summary>
/// <param name="IsKvm">By the host's own; else emulated (TCG), some ten times slower.</param>
/// <param name="Reason">For people.</param>
internal sealed record Accelerator(bool IsKvm, string Reason)
{
    private const string Device = "/dev/kvm";

    /// <summary>Chooses by what the host has. The processor's flags come first: /dev/kvm may be there, open, and run guests that never get on.</summary>
    /// <param name="wanted">auto, kvm or tcg.</param>
    /// <param name="problem">Why it cannot be had.</param>
    public static Accelerator Choose(string wanted, out string? problem)
    {
        problem = null;
        if (wanted == "tcg")
        {
            return new(false, "emulated (tcg), as the spec says");
        }

        string? missing = WhyNoKvm(File.ReadAllText("/proc/cpuinfo"), File.Exists(Device));
        if (missing is null)
        {
            return new(true, "by the processor (kvm)");
        }

        problem = wanted == "kvm" ? $"{missing}; use accel: tcg, which emulates" : null;
        return new(false, $"emulated (tcg): {missing}");
    }

    /// <summary>Null when there is nothing against it.</summary>
    internal static string? WhyNoKvm(string cpuInfo, bool device) =>
        !cpuInfo.Split('\n').Any(line => line.StartsWith("flags", StringComparison.Ordinal) && line.Split(' ') is var flags && (flags.Contains("vmx") || flags.Contains("svm")))
            ? "the processor shows no virtualization (neither vmx nor svm among the flags of /proc/cpuinfo)" + (device ? $", so {Device} is of no use" : "")
            : device ? null : $"{Device} is not there; load the kernel's module kvm_intel or kvm_amd";
}
