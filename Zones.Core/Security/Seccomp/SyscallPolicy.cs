namespace Zones.Security;

/// <summary>Which calls a process may make: what a filter is compiled from.</summary>
internal sealed class SyscallPolicy
{
    private readonly SortedDictionary<int, SyscallVerdict> _calls = [];

    /// <summary>A policy in which every call has the same answer.</summary>
    /// <param name="otherwise">For every number that gets no verdict of its own.</param>
    public SyscallPolicy(SeccompAction otherwise) => Otherwise = otherwise;

    /// <summary>For numbers without a verdict of their own.</summary>
    public SeccompAction Otherwise { get; }

    /// <summary>The verdicts, by number.</summary>
    public IReadOnlyDictionary<int, SyscallVerdict> Calls => _calls;

    /// <summary>The verdict on one call, replacing an earlier one.</summary>
    /// <param name="number">0 to 0x3fffffff.</param>
    public SyscallVerdict this[int number]
    {
        set => _calls[number] = value;
    }
}

/// <summary>What happens with one call: the first rule that fits decides.</summary>
/// <param name="Otherwise">When no rule fits.</param>
/// <param name="Rules">In order.</param>
internal sealed record SyscallVerdict(SeccompAction Otherwise, SpecList<SyscallRule> Rules)
{
    /// <summary>A verdict whatever the arguments are.</summary>
    /// <param name="action">What happens.</param>
    public SyscallVerdict(SeccompAction action)
        : this(action, [])
    {
    }
}

/// <summary>An answer for calls with certain arguments.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Tests">All of which must hold.</param>
internal sealed record SyscallRule(SeccompAction Action, SpecList<ArgumentTest> Tests);
