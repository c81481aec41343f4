using System.Globalization;

namespace Zones.Security;

/// <summary><c>limitpriv</c>: from words to capabilities. The entries count in order: <c>[default, "!net_raw", sys_time]</c>.
/// A capability of a zone with a user namespace reaches only what that namespace owns (user_namespaces(7)).</summary>
internal static class Limitpriv
{
    private const string LastCapFile = "/proc/sys/kernel/cap_last_cap";

    /// <summary><c>default</c>: what Docker gives a container, which is what images are made for, and sys_boot. reboot(2) in a pid
    /// namespace other than the first kills only that namespace's process 1, whoever owns it (pid_namespaces(7)), so sys_boot is
    /// how a zone reboots itself from inside; the other call that it opens, kexec_load(2), asks for it in the host's user
    /// namespace and is refused by the default filter as well.</summary>
    public static readonly CapabilitySet Default = CapabilitySet.Of(
        "chown", "dac_override", "fsetid", "fowner", "mknod", "net_raw", "setgid", "setuid", "setfcap", "setpcap",
        "net_bind_service", "sys_chroot", "kill", "audit_write", "sys_boot");

    /// <summary><c>basic</c>: what a service needs to start as root, take a low port, read its files, and become somebody else.
    /// No raw packets, no device nodes, no file capabilities, no chroot, no reboot from inside.</summary>
    public static readonly CapabilitySet Basic = CapabilitySet.Of(
        "chown", "dac_override", "fowner", "kill", "setgid", "setuid", "net_bind_service");

    private static readonly string[] Words = ["default", "basic", "none", .. CapabilityNames.All];

    private static readonly Lazy<int> RunningLastCap = new(() => int.Parse(File.ReadAllText(LastCapFile), CultureInfo.InvariantCulture));

    /// <summary>The last capability of the running kernel (/proc/sys/kernel/cap_last_cap, capabilities(7)).</summary>
    public static int LastCap => RunningLastCap.Value;

    /// <summary>The capabilities that the entries mean.</summary>
    /// <param name="entries"><see cref="ZoneSpec.Limitpriv"/>.</param>
    /// <exception cref="ZoneSpecException">An entry is not understood, or means a capability that this kernel has not.</exception>
    public static CapabilitySet Resolve(SpecList<string> entries)
    {
        List<SpecProblem> problems = [];
        CapabilitySet set = Resolve(entries, LastCap, problems);
        return problems.Count == 0 ? set : throw new ZoneSpecException(problems);
    }

    /// <summary>As <see cref="Resolve(SpecList{string})"/>, for verify: every problem is added to a list.</summary>
    /// <param name="entries"><see cref="ZoneSpec.Limitpriv"/>.</param>
    /// <param name="lastCap">The last capability of the kernel.</param>
    /// <param name="problems">Where problems are added.</param>
    public static CapabilitySet Resolve(SpecList<string> entries, int lastCap, List<SpecProblem> problems)
    {
        CapabilitySet set = CapabilitySet.None;
        for (int i = 0; i < entries.Count; i++)
        {
            string entry = entries[i];
            bool without = entry.StartsWith('!');
            string name = without ? entry[1..] : entry;
            CapabilitySet? meant = name switch
            {
                "none" => CapabilitySet.None,
                "default" => Default,
                "basic" => Basic,
                _ when CapabilityNames.NumberOf(name) is >= 0 and int number => CapabilitySet.None.Add(number),
                _ => null,
            };
            if (meant is not { } capabilities)
            {
                problems.Add(new($"limitpriv[{i}]", entry, Unknown(entry, name)));
            }
            else if (without && name == "none")
            {
                problems.Add(new($"limitpriv[{i}]", entry, "'!none' means nothing; write the capabilities that the zone is to have"));
            }
            else if (!without && capabilities.Bits >> lastCap >> 1 != 0)
            {
                problems.Add(new($"limitpriv[{i}]", entry, $"this kernel has no capability '{entry}' (its last is number {lastCap}); leave it out"));
            }
            else
            {
                set = without ? new(set.Bits & ~capabilities.Bits)
                    : name == "none" ? CapabilitySet.None
                    : new(set.Bits | capabilities.Bits);
            }
        }

        return set;
    }

    private static string Unknown(string entry, string name)
    {
        string bare = name.ToLowerInvariant();
        bare = bare.StartsWith("cap_", StringComparison.Ordinal) ? bare[4..] : bare;
        string? nearest = NearestName.Of(bare, Words);
        return $"'{entry}' is not a capability; allowed are default, basic, none, and the names of capabilities(7) in lower case without 'cap_', each with '!' before it to take it away"
            + (nearest is null ? "" : $"; did you mean '{(name.Length < entry.Length ? "!" : "")}{nearest}'?");
    }
}
