using Zones.Security;

namespace Zones.Tests.Security;

/// <summary>Filters as the kernel sees them. These run as root, so that what is refused is refused by the filter.</summary>
[Trait("needs", "root")]
public sealed class SeccompInstallTests(SeccompProbe probe) : IClassFixture<SeccompProbe>
{
    private const int Eperm = 1, Enosys = 38, Eafnosupport = 97, Sigsys = 1031;

    // The call, what the kernel says without a filter where that is certain, and what the default filter says.
    private static readonly (string Call, int? Bare, int Filtered)[] Table =
    [
        ("39", 0, 0), // getpid
        ("186", 0, 0), // gettid
        ("272:0", 0, 0), // unshare(0)
        ("272:0x200", 0, 0), // unshare(CLONE_FS)
        ("272:0x04000000", 0, Eperm), // unshare(CLONE_NEWUTS)
        ("272:0x00020000", 0, Eperm), // unshare(CLONE_NEWNS)
        ("435:0:0", 22, Enosys), // clone3: EINVAL for a size of 0
        ("165:0:0:0:0:0", null, Eperm), // mount
        ("155:0:0", null, Eperm), // pivot_root
        ("308:-1:0", 9, Eperm), // setns: EBADF
        ("430:0:0", null, Eperm), // fsopen
        ("250:99", null, Eperm), // keyctl
        ("425:0:0", null, Enosys), // io_uring_setup
        ("321:99:0:0", null, Eperm), // bpf
        ("246:0:0:0:0", null, Eperm), // kexec_load
        ("135:0xffffffff", 0, 0), // personality
        ("135:0x40000", 0, Eperm), // ADDR_NO_RANDOMIZE
        ("41:38:5:0", null, Eafnosupport), // AF_ALG
        ("41:40:1:0", null, Eafnosupport), // AF_VSOCK
        ("41:0x100000028:1:0", null, Eafnosupport), // AF_VSOCK with garbage above
        ("41:2:1:0", 0, 0), // AF_INET
        ("16:-1:0x5412", 9, Eperm), // ioctl TIOCSTI: EBADF
        ("16:-1:0x100005412", 9, Eperm),
        ("16:-1:0x541c", 9, Eperm), // TIOCLINUX
        ("16:-1:0x5413", 9, 9), // TIOCGWINSZ
        ("999", Enosys, Enosys),
        ("0x40000027", null, Enosys), // x32 getpid
        ("-1", Enosys, Enosys),
    ];

    [Fact]
    public void The_kernel_takes_the_default_filter_and_does_what_it_says()
    {
        byte[] filter = SeccompProfile.Default(Limitpriv.Default).Filter!;
        int[] bare = probe.Calls(null, Table.Select(row => row.Call));
        int[] filtered = probe.Calls(filter, Table.Select(row => row.Call));
        for (int i = 0; i < Table.Length; i++)
        {
            Assert.True(Table[i].Bare is not { } expected || bare[i] == expected, $"{Table[i].Call} without a filter: {bare[i]}");
            Assert.True(filtered[i] == Table[i].Filtered, $"{Table[i].Call} with the filter: {filtered[i]}, without: {bare[i]}");
        }
    }

    [Fact]
    public void Calls_of_32_bit_programs_end_them()
    {
        const int sigsegv = 1011; // from kernels without IA32_EMULATION
        int bare = Assert.Single(probe.Calls(null, ["i20"]));
        int filtered = Assert.Single(probe.Calls(SeccompProfile.Default(Limitpriv.Default).Filter, ["i20"]));
        Assert.Equal(bare == sigsegv ? sigsegv : Sigsys, filtered);
    }

    [Theory]
    [InlineData("sh", "-c", "echo a | tr a b; sleep 0; ls / >/dev/null")]
    [InlineData("gcc", "--version")]
    [InlineData("dotnet", "--version")]
    [InlineData("perl", "-e", "my $p = fork; exit 0 unless $p; waitpid $p, 0; print qq(b\n)")]
    public void Programs_run_under_the_default_filter_without_any_capability_in_it(params string[] command)
    {
        (int code, string output) = probe.Exec(SeccompProfile.Default(CapabilitySet.None).Filter, command);
        Assert.True(code == 0, output);
        Assert.NotEmpty(output);
    }

    [Fact]
    public void The_kernel_takes_a_filter_as_long_as_allowed_and_argument_conditions_hold()
    {
        SyscallPolicy policy = new(SeccompAction.Allow);
        for (int number = 500; number < 920; number++)
        {
            policy[number] = new(
                SeccompAction.Errno(number),
                [new(SeccompAction.Errno(1000 + number), [new(number % 6, ArgumentComparison.GreaterOrEqual, 0x1_0000_0000UL + (ulong)number)])]);
        }

        byte[] filter = SeccompCompiler.Compile(policy);
        Assert.InRange(filter.Length / 8, 3000, 4096);
        int[] answers = probe.Calls(filter, ["504:0x1000001f8", "504:0x1000001f7", "505:0:0x200000000", "505:0:0xffffffff", "903:0:0:0:0x100000387", "1000", "39"]);
        Assert.Equal([1504, 504, 1505, 505, 1903, Enosys, 0], answers);
    }

    [Fact]
    public void Actions_that_kill_kill()
    {
        SyscallPolicy policy = new(SeccompAction.Allow);
        policy[500] = new(SeccompAction.KillProcess);
        policy[501] = new(SeccompAction.KillThread);
        policy[502] = new(SeccompAction.Trap);
        policy[503] = new(SeccompAction.Log);
        Assert.Equal([Sigsys, Sigsys, Sigsys, Enosys], probe.Calls(SeccompCompiler.Compile(policy), ["500", "501", "502", "503"]));
    }
}
