using System.Globalization;
using Zones.Security;

namespace Zones.Specs;

/// <summary>The walls around a zone, and what only domains have.</summary>
internal static class SecurityRules
{
    private const uint Ids = 65_536;

    /// <summary>Whether the running kernel has a capability is for verify to say; all that are known so far are allowed here.</summary>
    private static readonly int LastKnown = CapabilityNames.All.Length - 1;

    public static void Check(ZoneSpec spec, Findings findings)
    {
        if (spec.Limitpriv.Count == 0)
        {
            findings.Add("limitpriv", "[]", "is empty; write none for no capability at all, or leave it out for the default");
        }

        Limitpriv.Resolve(spec.Limitpriv, LastKnown, findings.Problems);
        ZoneSecurity security = spec.Security;
        if (security.Seccomp is not ("default" or "unconfined"))
        {
            if (security.Seccomp.StartsWith('/'))
            {
                findings.Path("security.seccomp", security.Seccomp);
            }
            else
            {
                findings.Add("security.seccomp", security.Seccomp, $"'{security.Seccomp}' is not default, unconfined or the absolute path of a profile");
            }
        }

        if (security.IdBase is { } first)
        {
            string text = first.ToString(CultureInfo.InvariantCulture);
            if (!security.UserNamespace)
            {
                findings.Add("security.id-base", text, "ids are mapped by the user namespace, which user-namespace turns off; leave one of the two out");
            }

            if (first == 0 || first % Ids != 0 || first > uint.MaxValue - (2 * Ids) + 1)
            {
                findings.Add("security.id-base", text, $"{text} is not a multiple of {Ids} from {Ids} to {uint.MaxValue - (2 * Ids) + 1}");
            }
        }

        if (spec.Domain is { } domain)
        {
            Domain(spec, domain, findings);
        }
    }

    private static void Domain(ZoneSpec spec, DomainSpec domain, Findings findings)
    {
        if (spec.Brand != ZoneBrand.Domain)
        {
            findings.Add("domain", null, "domain belongs to brand: domain; leave it out, or set the brand");
        }

        if (domain.Kernel is { } kernel)
        {
            findings.Path("domain.kernel", kernel);
        }

        Word("domain.toolstack", domain.Toolstack, ["auto", "microvm", "xen"], findings);
        Word("domain.accel", domain.Accel, ["auto", "kvm", "tcg"], findings);
        Word("domain.autoconf", domain.Autoconf, ["none", "rarp", "dhcp"], findings);
        if (domain.XenType is { } type)
        {
            Word("domain.xen-type", type, ["pv", "pvh"], findings);
        }

        for (int i = 0; i < domain.KernelArgs.Count; i++)
        {
            if (SpecPath.Unprintable(domain.KernelArgs[i]))
            {
                findings.Add($"domain.kernel-args[{i}]", null, "holds a control character; a kernel's command line is one line");
            }
        }
    }

    private static void Word(string property, string value, string[] allowed, Findings findings)
    {
        if (!allowed.Contains(value))
        {
            findings.Add(property, value, $"'{value}' is not one of {string.Join(", ", allowed)}");
        }
    }
}
