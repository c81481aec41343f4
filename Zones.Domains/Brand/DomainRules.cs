using Zones.Domains.Build;
using Zones.Domains.Microvm;

namespace Zones.Domains.Brand;

/// <summary>What a domain's spec may say. A property that a domain would not honour is a problem, not a silence.</summary>
internal static class DomainRules
{
    /// <summary>The least memory in which this kernel unpacks its initial root and runs something.</summary>
    private static readonly DataSize LeastMemory = DataSize.MiB(128);

    /// <summary>COMMAND_LINE_SIZE of this architecture, without the NUL: the kernel cuts off what is longer, and says nothing.</summary>
    private const int LongestCommandLine = 2047;

    /// <summary>Looks at a spec and at the host.</summary>
    public static void Check(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        DomainSpec domain = spec.Domain ?? new();
        if (domain.Toolstack == "xen")
        {
            problems.Add(new("domain.toolstack", "xen", "Xen is not supported yet; use microvm, or auto"));
        }

        if (domain.XenType is { } type)
        {
            problems.Add(new("domain.xen-type", type, "belongs to Xen; the toolstack here is microvm, leave it out"));
        }

        CheckRoot(spec, domain, problems);
        CheckUnsupported(spec, problems);
        if (spec.CappedMemory?.Physical is { } memory && memory.CompareTo(LeastMemory) < 0)
        {
            problems.Add(new("capped-memory.physical", memory.ToString(), $"too small for a kernel of its own to unpack its initial root; give the domain {LeastMemory} or more"));
        }

        if (QemuProgram.Problem(MicrovmCommand.Program) is { } qemu)
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, qemu));
        }

        if (MicrovmCommand.KernelCommandLine(spec, kvm: false) is { Length: > LongestCommandLine } line)
        {
            problems.Add(new("domain.kernel-args", null, $"the kernel's command line would be of {line.Length} characters; it reads {LongestCommandLine}"));
        }

        Accelerator accelerator = Accelerator.Choose(domain.Accel, out string? why);
        if (why is not null)
        {
            problems.Add(new("domain.accel", domain.Accel, why));
        }

        warnings.Add($"domain: runs under QEMU microvm, {accelerator.Reason}");
        warnings.Add("anet: there is none, so the domain has QEMU's user network: it reaches what the host reaches, the services on the host's own loopback at 10.0.2.2 too");
    }

    private static void CheckRoot(ZoneSpec spec, DomainSpec domain, List<SpecProblem> problems)
    {
        if (spec.Root.Kind != RootSource.Directory)
        {
            problems.Add(new("root.source", spec.Root.Source, "a domain boots from a directory that holds a root file system; name one"));
        }
        else if (!Directory.Exists(spec.Root.Source))
        {
            problems.Add(new("root.source", spec.Root.Source, $"{spec.Root.Source} is not a directory of this host"));
        }
        else
        {
            try
            {
                KernelFiles.Find(domain.Kernel, spec.Root.Source);
            }
            catch (ZoneResourceException e)
            {
                problems.Add(new("domain.kernel", domain.Kernel, e.Message.Replace("domain.kernel: ", "", StringComparison.Ordinal)));
            }

            if (spec.Root.Type == RootType.Sparse)
            {
                PrivateRoot.Shared(spec, problems);
            }
        }
    }

    private static void CheckUnsupported(ZoneSpec spec, List<SpecProblem> problems)
    {
        ZoneSecurity standard = new();
        (string Property, bool IsSet)[] native =
        [
            ("fs", spec.Fs.Count > 0), ("device", spec.Device.Count > 0), ("rctl", spec.Rctl.Count > 0), ("net", spec.Net.Count > 0), ("resolvers", spec.Resolvers.Count > 0),
            ("limitpriv", spec.Limitpriv is not ["default"]), ("max-processes", spec.MaxProcesses is not null), ("max-lwps", spec.MaxLwps is not null), ("hostid", spec.Hostid is not null),
            ("root.file-mac-profile", spec.Root.FileMacProfile != FileMacProfile.None), ("capped-memory.locked", spec.CappedMemory?.Locked is not null),
            ("security", spec.Security with { IdBase = null } != standard),
        ];
        foreach ((string property, bool isSet) in native)
        {
            if (isSet)
            {
                problems.Add(new(property, null, $"{property} is of zones that share the host's kernel; a domain cannot honour it, leave it out"));
            }
        }

        if (spec.Anet.Count > 0)
        {
            problems.Add(new("anet", null, "links of a domain's own are not supported yet; without one it has QEMU's user network"));
        }
    }
}
