using Zones.Security;

namespace Zones.Tests.Security;

/// <summary>What a policy means, read straight off it: the model that compiled filters are checked against.</summary>
internal static class PolicyOracle
{
    public static SeccompAction Decide(SyscallPolicy policy, SyscallData call)
    {
        if (call.Architecture != 0xC000003E)
        {
            return SeccompAction.KillProcess;
        }

        if (call.Number == uint.MaxValue)
        {
            return SeccompAction.Allow;
        }

        if (call.Number >= 0x40000000)
        {
            return SeccompAction.Errno(38);
        }

        if (!policy.Calls.TryGetValue((int)call.Number, out SyscallVerdict? verdict))
        {
            return policy.Otherwise;
        }

        SyscallRule? fits = verdict.Rules.FirstOrDefault(rule => rule.Tests.All(test => Holds(test, call.Arguments[test.Index])));
        return fits?.Action ?? verdict.Otherwise;
    }

    /// <summary>Argument values at the edges of every condition that a policy has for a call.</summary>
    public static IEnumerable<SyscallData> Edges(SyscallPolicy policy, uint number)
    {
        ArgumentTest[] tests = policy.Calls.TryGetValue((int)number, out SyscallVerdict? verdict) ? [.. verdict.Rules.SelectMany(rule => rule.Tests).Distinct()] : [];
        ulong[][] values = new ulong[6][];
        for (int i = 0; i < 6; i++)
        {
            HashSet<ulong> edges = [0, ulong.MaxValue];
            foreach (ArgumentTest test in tests.Where(test => test.Index == i))
            {
                const ulong upper = 1UL << 32;
                edges.UnionWith([test.Value, test.Value - 1, test.Value + 1, test.Value ^ upper, test.Value + upper, test.Value - upper, test.Value ^ ~test.Mask, test.Value ^ test.Mask, test.Mask, ~test.Mask, test.Value & uint.MaxValue]);
            }

            values[i] = [.. tests.Any(test => test.Index == i) ? edges : [0UL]];
        }

        int[] used = [.. Enumerable.Range(0, 6).Where(i => values[i].Length > 1)];
        if (used.Length <= 2)
        {
            foreach (ulong first in values[used.ElementAtOrDefault(0)])
            {
                foreach (ulong second in used.Length == 2 ? values[used[1]] : [0UL])
                {
                    ulong[] arguments = new ulong[6];
                    arguments[used.ElementAtOrDefault(0)] = first;
                    if (used.Length == 2)
                    {
                        arguments[used[1]] = second;
                    }

                    yield return new(0xC000003E, number, arguments);
                }
            }

            yield break;
        }

        // More than two arguments: every value of each, the others walking along at different speeds.
        int rounds = values.Max(list => list.Length) * 8;
        for (int round = 0; round < rounds; round++)
        {
            yield return new(0xC000003E, number, [.. values.Select((list, i) => list[(round * ((2 * i) + 1) / (i + 1)) % list.Length])]);
        }
    }

    private static bool Holds(ArgumentTest test, ulong argument) => test.Comparison switch
    {
        ArgumentComparison.Equal => argument == test.Value,
        ArgumentComparison.NotEqual => argument != test.Value,
        ArgumentComparison.MaskedEqual => (argument & test.Mask) == test.Value,
        ArgumentComparison.Greater => argument > test.Value,
        ArgumentComparison.GreaterOrEqual => argument >= test.Value,
        ArgumentComparison.Less => argument < test.Value,
        ArgumentComparison.LessOrEqual => argument <= test.Value,
        _ => throw new InvalidOperationException(),
    };
}
