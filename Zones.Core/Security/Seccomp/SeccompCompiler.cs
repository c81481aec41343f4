using Zones.Wire;

namespace Zones.Security;

/// <summary>From a policy to the filter that seccomp(2) installs, for x86-64: the architecture, then a balanced search over
/// runs of numbers with the same answer, then argument conditions. A call walks about log2 of the number of runs; from kernel
/// 5.11 a call that is allowed whatever its arguments walks none at all, since the kernel works that out when it installs the
/// filter (the action cache of kernel/seccomp.c) as long as only architecture and number are looked at on the way.</summary>
internal static class SeccompCompiler
{
    /// <summary>AUDIT_ARCH_X86_64 of linux/audit.h.</summary>
    public const uint Architecture = 0xC000_003E;

    /// <summary>__X32_SYSCALL_BIT of asm/unistd.h: numbers from here on are calls of the x32 ABI.</summary>
    public const uint X32 = 0x4000_0000;

    /// <summary>What a tracer sets to skip a call (ptrace(2)), before the filter is asked.</summary>
    public const uint Skipped = uint.MaxValue;

    // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6], little-endian.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;
    private const uint HalfSize = 4;

    /// <summary>The answer to a call of another architecture. A 32-bit program cannot do anything sensible with a failed exit(2),
    /// and int 0x80 from a 64-bit one is an attempt to pass the filter: both end, as on a kernel built without IA32_EMULATION.</summary>
    public static SeccompAction OtherArchitecture => SeccompAction.KillProcess;

    /// <summary>The answer to x32 calls: that of a kernel built without CONFIG_X86_X32_ABI, which is what programs know.</summary>
    public static SeccompAction X32Call => SeccompAction.Errno(Linux.ENOSYS);

    /// <summary>Compiles a policy.</summary>
    /// <param name="policy">What is allowed.</param>
    /// <returns>An array of struct sock_filter.</returns>
    /// <exception cref="ZoneException">The filter is longer than the kernel takes (4,096 instructions).</exception>
    public static byte[] Compile(SyscallPolicy policy)
    {
        BpfAssembler program = new();
        List<(uint First, int Place)> runs = [];
        Dictionary<SyscallVerdict, int> places = [];
        int otherwise = program.Ends(policy.Otherwise);
        uint next = 0;
        foreach ((int number, SyscallVerdict verdict) in policy.Calls)
        {
            if ((uint)number > next)
            {
                Run(runs, next, otherwise);
            }

            if (!places.TryGetValue(verdict, out int place))
            {
                place = Verdict(program, verdict);
                places.Add(verdict, place);
            }

            Run(runs, (uint)number, place);
            next = (uint)number + 1;
        }

        Run(runs, next, otherwise);
        Run(runs, X32, program.Ends(X32Call));
        Run(runs, Skipped, program.Ends(SeccompAction.Allow));

        int search = Search(program, runs, 0, runs.Count);
        int number64 = program.Load(NumberOffset, search);
        int other = program.Ends(OtherArchitecture);
        program.Load(ArchitectureOffset, program.Branch(BpfTest.Equal, Architecture, number64, other));
        return program.ToBytes("the system-call filter", "give the profile fewer argument conditions");
    }

    private static void Run(List<(uint First, int Place)> runs, uint first, int place)
    {
        if (runs.Count == 0 || runs[^1].Place != place)
        {
            runs.Add((first, place));
        }
    }

    private static int Search(BpfAssembler program, List<(uint First, int Place)> runs, int from, int to)
    {
        if (to - from == 1)
        {
            return runs[from].Place;
        }

        int middle = (from + to) / 2;
        int upper = Search(program, runs, middle, to);
        int lower = Search(program, runs, from, middle);
        return program.Branch(BpfTest.GreaterOrEqual, runs[middle].First, upper, lower);
    }

    private static int Verdict(BpfAssembler program, SyscallVerdict verdict)
    {
        int place = program.Ends(verdict.Otherwise);
        for (int i = verdict.Rules.Count - 1; i >= 0; i--)
        {
            int no = place;
            place = program.Ends(verdict.Rules[i].Action);
            for (int j = verdict.Rules[i].Tests.Count - 1; j >= 0; j--)
            {
                place = Test(program, verdict.Rules[i].Tests[j], place, no);
            }
        }

        return place;
    }

    private static int Test(BpfAssembler program, ArgumentTest test, int yes, int no)
    {
        uint low = ArgumentsOffset + ((uint)test.Index * 2 * HalfSize);
        return test.Comparison switch
        {
            ArgumentComparison.Equal => Equal(program, low, test.Value, ulong.MaxValue, yes, no),
            ArgumentComparison.NotEqual => Equal(program, low, test.Value, ulong.MaxValue, no, yes),
            ArgumentComparison.MaskedEqual => Equal(program, low, test.Value, test.Mask, yes, no),
            ArgumentComparison.Greater => Above(program, low, test.Value, BpfTest.Greater, yes, no),
            ArgumentComparison.GreaterOrEqual => Above(program, low, test.Value, BpfTest.GreaterOrEqual, yes, no),
            ArgumentComparison.Less => Above(program, low, test.Value, BpfTest.GreaterOrEqual, no, yes),
            ArgumentComparison.LessOrEqual => Above(program, low, test.Value, BpfTest.Greater, no, yes),
            _ => throw new ArgumentOutOfRangeException(nameof(test), test.Comparison, "not a comparison"),
        };
    }

    private static int Equal(BpfAssembler program, uint low, ulong value, ulong mask, int yes, int no)
    {
        int lower = Half(program, low, (uint)value, (uint)mask, yes, no);
        return Half(program, low + HalfSize, (uint)(value >> 32), (uint)(mask >> 32), lower, no);
    }

    private static int Half(BpfAssembler program, uint offset, uint value, uint mask, int yes, int no)
    {
        if (mask == 0)
        {
            return value == 0 ? yes : no;
        }

        int branch = program.Branch(BpfTest.Equal, value, yes, no);
        return program.Load(offset, mask == uint.MaxValue ? branch : program.Mask(mask, branch));
    }

    private static int Above(BpfAssembler program, uint low, ulong value, BpfTest lowTest, int yes, int no)
    {
        uint high = (uint)(value >> 32);
        int lower = program.Load(low, program.Branch(lowTest, (uint)value, yes, no));
        return program.Load(low + HalfSize, program.Branch(BpfTest.Greater, high, yes, program.Branch(BpfTest.Equal, high, lower, no)));
    }
}
