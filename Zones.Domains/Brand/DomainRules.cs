using Zones.Domains.Build;
using Zones.Domains.Microvm;
using Zones.Domains.Network;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>What a domain's spec may say. A property that a domain would not honour is a problem, not a silence.</summary>
internal static class DomainRules
{
    /// <summary>The least memory in which this kernel unpacks its initial root and runs something.</summary>
    private static readonly DataSize LeastMemory = DataSize.MiB(128);

    /// <summary>Looks at a spec and at the host.</summary>
    public static void Check(HostContext context, ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
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

        if (!File.Exists(MicrovmCommand.Program))
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, $"{MicrovmCommand.Program} is not there; install qemu-system-x86 (Debian), 7.2 or newer"));
        }

        Accelerator accelerator = Accelerator.Choose(domain.Accel, out string? why);
        if (why is not null)
        {
            problems.Add(new("domain.accel", domain.Accel, why));
        }

        warnings.Add($"domain: runs under QEMU microvm, {accelerator.Reason}");
        LinkRules.Check(context, spec, problems, warnings);
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
        }

        if (spec.Root.Type != RootType.Whole)
        {
            problems.Add(new("root.type", "sparse", "a domain has the whole of its root over NFS, with a layer in memory over it; use type: whole"));
        }
    }

    private static void CheckUnsupported(ZoneSpec spec, List<SpecProblem> problems)
    {
        ZoneSecurity standard = new();
        (string Property, bool IsSet)[] native =
        [
            ("fs", spec.Fs.Count > 0), ("device", spec.Device.Count > 0), ("rctl", spec.Rctl.Count > 0), ("net", spec.Net.Count > 0),
            ("limitpriv", spec.Limitpriv is not ["default"]), ("max-processes", spec.MaxProcesses is not null), ("max-lwps", spec.MaxLwps is not null), ("hostid", spec.Hostid is not null),
            ("root.file-mac-profile", spec.Root.FileMacProfile != FileMacProfile.None), ("root.inherit", spec.Root.Inherit is not null), ("capped-memory.locked", spec.CappedMemory?.Locked is not null),
            ("security", spec.Security with { IdBase = null } != standard),
        ];
        foreach ((string property, bool isSet) in native)
        {
            if (isSet)
            {
                problems.Add(new(property, null, $"{property} is of zones that share the host's kernel; a domain cannot honour it, leave it out"));
            }
        }

        if (!InitPrograms.WantReaper(spec))
        {
            problems.Add(new("init-mode", "exec", "process 1 of a domain is this library's, which runs init as its child; use init-mode: reaper, or another init"));
        }
    }
}
