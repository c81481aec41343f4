using System.Globalization;

namespace Zones.Security;

/// <summary>The resource limits of a zone's processes, for prlimit64(2): what the spec says, and for the rest what a process of a
/// freshly booted machine has, so that a zone does not depend on who started it.</summary>
internal static partial class ResourceLimits
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>The limits of a zone.</summary>
    /// <param name="spec">Its <c>rctl</c> and <c>capped-memory.locked</c> count.</param>
    /// <exception cref="ZoneSpecException">A value is not understood, or is more than this host lets be set.</exception>
    public static IReadOnlyList<ProcessLimit> For(ZoneSpec spec)
    {
        List<SpecProblem> problems = [];
        IReadOnlyList<ProcessLimit> limits = For(spec, HostLimits.Current(), problems);
        return problems.Count == 0 ? limits : throw new ZoneSpecException(problems);
    }

    /// <summary>As <see cref="For(ZoneSpec)"/>, with every problem added to a list. What the spec asks for must be had; defaults are as
    /// near as the host lets them be.</summary>
    /// <param name="spec">Its <c>rctl</c> and <c>capped-memory.locked</c> count.</param>
    /// <param name="host">How high limits may be.</param>
    /// <param name="problems">Where problems are added.</param>
    public static IReadOnlyList<ProcessLimit> For(ZoneSpec spec, HostLimits host, List<SpecProblem> problems)
    {
        IReadOnlyDictionary<int, ProcessLimit> given = Given(spec, host, problems);
        return
        [
            .. Defaults.Where(limit => !given.ContainsKey(limit.Resource)).Select(limit => Below(limit, host.Most(limit.Resource))),
            .. given.Values.OrderBy(limit => limit.Resource),
        ];
    }

    /// <summary>The limits that the spec asks for, by RLIMIT_ number; all that verify has to look at. Controls that are not resource
    /// limits are passed over.</summary>
    /// <param name="spec">Its <c>rctl</c> and <c>capped-memory.locked</c> count.</param>
    /// <param name="host">How high limits may be.</param>
    /// <param name="problems">Where problems are added.</param>
    public static IReadOnlyDictionary<int, ProcessLimit> Given(ZoneSpec spec, HostLimits host, List<SpecProblem> problems)
    {
        Dictionary<int, ProcessLimit> given = [];
        if (spec.CappedMemory?.Locked is { } locked)
        {
            given.Add(Memlock, new(Memlock, (ulong)locked.Bytes, (ulong)locked.Bytes));
            Reach(given[Memlock], host, "capped-memory.locked", locked.Bytes.ToString(CultureInfo.InvariantCulture), problems);
        }

        for (int i = 0; i < spec.Rctl.Count; i++)
        {
            Rctl control = spec.Rctl[i];
            if (Kind(control.Name) is not { } kind)
            {
                continue;
            }

            if (given.ContainsKey(kind.Resource))
            {
                string other = kind.Resource == Memlock && spec.CappedMemory?.Locked is not null ? "capped-memory.locked" : "another rctl";
                problems.Add(new($"rctl[{i}].name", control.Name, $"'{control.Name}' is set by {other} too; keep one of them"));
            }
            else if (Parse(kind, control.Value) is { } limit)
            {
                given.Add(kind.Resource, limit);
                Reach(limit, host, $"rctl[{i}].value", control.Value, problems);
            }
            else
            {
                problems.Add(new($"rctl[{i}].value", control.Value, $"'{control.Value}' is not a limit for '{control.Name}'; allowed is {kind.Allowed}, or two as SOFT:HARD with SOFT not above HARD"));
            }
        }

        return given;
    }

    /// <summary>Whether an <c>rctl</c> is a resource limit.</summary>
    /// <param name="name">As in <see cref="Rctl"/>.</param>
    public static bool IsResourceLimit(string name) => Kind(name) is not null;

    /// <summary>The names of all resource limits.</summary>
    public static IEnumerable<string> Names => Kinds.Select(kind => kind.Name);

    private static ProcessLimit Below(ProcessLimit limit, ulong most) =>
        limit with { Soft = Math.Min(limit.Soft, most), Hard = Math.Min(limit.Hard, most) };

    private static void Reach(ProcessLimit limit, HostLimits host, string property, string value, List<SpecProblem> problems)
    {
        ulong most = host.Most(limit.Resource);
        if (limit.Hard > most)
        {
            problems.Add(new(property, value, $"'{value}' is more than the {most} that this host lets be set; ask for less, or raise the limit of the process that starts the zone (prlimit(1), LimitNOFILE= and its like in systemd.exec(5), fs.nr_open)"));
        }
    }

    private static LimitKind? Kind(string name) => Kinds.FirstOrDefault(kind => kind.Name == name);

    private static ProcessLimit? Parse(LimitKind kind, string value)
    {
        int colon = value.IndexOf(':');
        ulong? soft = kind.Parse(colon < 0 ? value : value[..colon]);
        ulong? hard = colon < 0 ? soft : kind.Parse(value[(colon + 1)..]);
        return soft <= hard ? new(kind.Resource, soft.Value, hard.Value) : null;
    }
}
