using CsCheck;
using Zones.Security;

namespace Zones.Tests.Security;

public class SeccompCompilerTests
{
    private const uint Amd64 = 0xC000003E;
    private const uint I386 = 0x40000003;

    // Few distinct bits, so that random tests and random arguments meet.
    private static readonly Gen<ulong> Word = Gen.OneOf(
        OneOf(0UL, 1UL, 2UL, 0x7fffffffUL, 0x80000000UL, 0xffffffffUL, 0x1_00000000UL, 0x1_00000001UL, 0xffffffff_00000000UL, ulong.MaxValue),
        Gen.ULong);

    private static readonly Gen<SeccompAction> Action = Gen.OneOf(
        OneOf(SeccompAction.Allow, SeccompAction.KillProcess, SeccompAction.KillThread, SeccompAction.Trap, SeccompAction.Log),
        Gen.Int[0, 4095].Select(SeccompAction.Errno));

    private static readonly Gen<ArgumentTest> Test = Gen.Select(
        Gen.Int[0, 5], Gen.Enum<ArgumentComparison>(), Word, Word,
        (index, comparison, value, mask) => new ArgumentTest(index, comparison, value, comparison == ArgumentComparison.MaskedEqual ? mask : ulong.MaxValue));

    private static readonly Gen<SyscallVerdict> Verdict = Gen.Select(
        Action,
        Gen.Select(Action, Test.Array[1, 3]).Array[0, 4],
        (otherwise, rules) => new SyscallVerdict(otherwise, [.. rules.Select(rule => new SyscallRule(rule.Item1, [.. rule.Item2]))]));

    private static readonly Gen<SyscallPolicy> Policy = Gen.Select(
        Action,
        Gen.Select(Gen.Int[0, 500], Verdict).Array[0, 60],
        (otherwise, calls) =>
        {
            SyscallPolicy policy = new(otherwise);
            foreach ((int number, SyscallVerdict verdict) in calls)
            {
                policy[number] = verdict;
            }

            return policy;
        });

    [Fact]
    public void A_compiled_filter_decides_as_the_policy_does() =>
        Gen.Select(Policy, Word.Array[6]).Sample(
            (policy, arguments) =>
            {
                byte[] filter = SeccompCompiler.Compile(policy);
                for (uint number = 0; number <= 502; number++)
                {
                    foreach (SyscallData call in PolicyOracle.Edges(policy, number).Append(new(Amd64, number, arguments)))
                    {
                        AssertSame(policy, filter, call);
                    }
                }
            },
            iter: 150);

    [Theory]
    [InlineData(I386)]
    [InlineData(0u)]
    [InlineData(0xC00000B7u)]
    public void Calls_of_another_architecture_end_the_process(uint architecture)
    {
        byte[] filter = SeccompCompiler.Compile(new(SeccompAction.Allow));
        foreach (uint number in (uint[])[0, 1, 252, 0x40000000, uint.MaxValue])
        {
            Assert.Equal(SeccompAction.KillProcess, BpfInterpreter.Run(filter, new(architecture, number)).Action);
        }
    }

    [Theory]
    [InlineData(0x3fffffffu, 0x7fff0000u)]
    [InlineData(0x40000000u, 0x00050026u)]
    [InlineData(0x40000001u, 0x00050026u)]
    [InlineData(0x80000000u, 0x00050026u)]
    [InlineData(0xfffffffeu, 0x00050026u)]
    [InlineData(0xffffffffu, 0x7fff0000u)]
    public void X32_calls_do_not_exist_and_skipped_ones_pass(uint number, uint action)
    {
        byte[] filter = SeccompCompiler.Compile(new(SeccompAction.Allow));
        Assert.Equal(new SeccompAction(action), BpfInterpreter.Run(filter, new(Amd64, number)).Action);
    }

    [Fact]
    public void Neighbours_with_one_answer_are_one_run()
    {
        SyscallPolicy policy = new(SeccompAction.Errno(38));
        for (int number = 0; number < 400; number++)
        {
            policy[number] = new(SeccompAction.Allow);
        }

        Assert.InRange(SeccompCompiler.Compile(policy).Length / 8, 1, 12);
    }

    [Fact]
    public void Jumps_reach_across_thousands_of_instructions()
    {
        SyscallPolicy policy = new(SeccompAction.KillProcess);
        for (int number = 0; number < 400; number++)
        {
            policy[number] = new(SeccompAction.Errno(number), [new(SeccompAction.Allow, [new(number % 6, ArgumentComparison.Greater, (ulong)number << 30)])]);
        }

        byte[] filter = SeccompCompiler.Compile(policy);
        Assert.InRange(filter.Length / 8, 2000, 4096);
        for (uint number = 0; number < 402; number++)
        {
            foreach (SyscallData call in PolicyOracle.Edges(policy, number))
            {
                AssertSame(policy, filter, call);
            }
        }
    }

    [Fact]
    public void A_filter_that_the_kernel_would_not_take_is_refused()
    {
        SyscallPolicy policy = new(SeccompAction.Allow);
        for (int number = 0; number < 450; number++)
        {
            policy[number] = new(SeccompAction.Errno(number), [.. Enumerable.Range(1, 3).Select(i => new SyscallRule(SeccompAction.Allow, [new(i, ArgumentComparison.Equal, (ulong)(number * i))]))]);
        }

        ZoneException error = Assert.Throws<ZoneException>(() => SeccompCompiler.Compile(policy));
        Assert.Contains("the kernel takes 4096", error.Message, StringComparison.Ordinal);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static void AssertSame(SyscallPolicy policy, byte[] filter, SyscallData call)
    {
        SeccompAction expected = PolicyOracle.Decide(policy, call);
        SeccompAction actual = BpfInterpreter.Run(filter, call).Action;
        Assert.True(expected == actual, $"{call}: policy {expected}, filter {actual}");
    }
}
