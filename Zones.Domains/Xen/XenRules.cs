using Zones.Domains.Build;
using Zones.Hosting;

namespace Zones.Domains.Xen;

/// <summary>What a spec may say of a domain under Xen, and what of Xen has to be there.</summary>
internal static class XenRules
{
    /// <summary>Looks at a spec and at the host.</summary>
    public static void Check(XenHost host, ZoneSpec spec, KernelFiles? kernel, List<SpecProblem> problems, List<string> warnings)
    {
        DomainSpec domain = spec.Domain ?? new();
        CheckUnsupported(spec, domain, problems);
        if (!host.IsControl)
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, $"{host.Reason}; boot the host under Xen, or use toolstack: microvm"));
            return;
        }

        if (host.Version! < XenHost.Oldest)
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, $"Xen {host.Version} is too old: {XenHost.Oldest} or newer has the xl that this needs"));
        }
        else if (host.Xl is null)
        {
            problems.Add(new("domain.toolstack", domain.Toolstack, $"xl of Xen {host.Version} is not there; install xen-utils-{host.Version} (Debian)"));
        }

        string type = TypeOf(host, spec);
        CheckType(host, domain, type, problems);
        if (kernel is not null && XenKernel.WhyNot(kernel.Image.Path, type) is { } reason)
        {
            problems.Add(new("domain.kernel", domain.Kernel, $"{kernel.Image.Path}: {reason}"));
        }

        warnings.Add($"domain: runs under Xen {host.Version} as {type}, {(domain.Toolstack == "auto" ? host.Reason : "as the spec says")}");
    }

    /// <summary>As the spec says; else PVH where the processor has virtualization: its kernel has fewer ways around it, and the hypervisor less to emulate.</summary>
    public static string TypeOf(XenHost host, ZoneSpec spec) => spec.Domain?.XenType ?? (host.RunsPvh ? "pvh" : "pv");

    private static void CheckType(XenHost host, DomainSpec domain, string type, List<SpecProblem> problems)
    {
        if (type == "pvh" && !host.RunsPvh)
        {
            problems.Add(new("domain.xen-type", domain.XenType, "the processor has no virtualization that Xen could use (xl info, xen_caps: no hvm-3.0-x86_64); use pv"));
        }
        else if (type == "pv" && !host.RunsPv)
        {
            problems.Add(new("domain.xen-type", domain.XenType, "this Xen runs no 64-bit PV domains (xl info, xen_caps: no xen-3.0-x86_64); use pvh"));
        }
    }

    private static void CheckUnsupported(ZoneSpec spec, DomainSpec domain, List<SpecProblem> problems)
    {
        if (domain.Accel != "auto")
        {
            problems.Add(new("domain.accel", domain.Accel, "belongs to QEMU, and the toolstack here is xen; leave it out, or use toolstack: microvm"));
        }

        if (!InitPrograms.WantReaper(spec))
        {
            problems.Add(new("init-mode", "exec", "process 1 of a domain under Xen is this library's, which runs init as its child; use init-mode: reaper, or another init"));
        }

        if (spec.Anet.Count == 0)
        {
            problems.Add(new("anet", null, "a domain of Xen's has its root over a link of its own; give it one, such as { linkname: net0, allowed-address: auto }, and a pool of addresses ('zone pool create')"));
        }

        for (int i = 0; i < spec.Anet.Count; i++)
        {
            if (spec.Anet[i].Mtu is { } mtu)
            {
                problems.Add(new($"anet[{i}].mtu", mtu.ToString(System.Globalization.CultureInfo.InvariantCulture), "Xen's network driver is not told of one; set it inside, or leave it out"));
            }
        }

        if (spec.CappedMemory?.Swap is { } swap)
        {
            problems.Add(new("capped-memory.swap", swap.ToString(), "a domain of Xen's has the memory that it was built with, and nothing of it is swapped; leave it out"));
        }
    }
}
