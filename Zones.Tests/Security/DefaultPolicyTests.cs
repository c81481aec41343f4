using Zones.Security;

namespace Zones.Tests.Security;

public class DefaultPolicyTests
{
    private const uint Amd64 = 0xC000003E;
    private static readonly SeccompAction Eperm = SeccompAction.Errno(1);
    private static readonly SeccompAction Enosys = SeccompAction.Errno(38);
    private static readonly CapabilitySet Everything = new((1UL << CapabilityNames.All.Length) - 1);

    public static TheoryData<ulong> Sets =>
        [0, Limitpriv.Default.Bits, Limitpriv.Basic.Bits, Everything.Bits, .. Enumerable.Range(0, CapabilityNames.All.Length).Select(number => 1UL << number)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_filter_decides_as_the_policy_does_for_every_call(ulong capabilities)
    {
        SyscallPolicy policy = DefaultPolicy.For(new(capabilities));
        byte[] filter = SeccompProfile.Default(new(capabilities)).Filter!;
        for (uint number = 0; number < 600; number++)
        {
            foreach (SyscallData call in PolicyOracle.Edges(policy, number))
            {
                Assert.Equal(PolicyOracle.Decide(policy, call), BpfInterpreter.Run(filter, call).Action);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_filter_is_short_and_a_call_walks_little_of_it(ulong capabilities)
    {
        byte[] filter = SeccompProfile.Default(new(capabilities)).Filter!;
        Assert.InRange(filter.Length / 8, 50, 220);
        for (uint number = 0; number < 600; number++)
        {
            Assert.InRange(BpfInterpreter.Run(filter, new(Amd64, number, new ulong[6])).Steps, 4, 20);
        }
    }

    [Fact]
    public void Calls_of_kernels_to_come_do_not_exist()
    {
        foreach (uint number in (uint[])[337, 400, 423, (uint)SyscallTable.Last + 1, 512, 547, 1000, 0x3fffffff])
        {
            Assert.Equal(Enosys, Decide(Everything, number));
        }
    }

    [Theory]
    [InlineData("kexec_load")]
    [InlineData("kexec_file_load")]
    [InlineData("swapon")]
    [InlineData("keyctl")]
    [InlineData("add_key")]
    [InlineData("request_key")]
    [InlineData("userfaultfd")]
    [InlineData("modify_ldt")]
    public void Some_calls_are_refused_whatever_the_capabilities(string call) => Assert.Equal(Eperm, Decide(Everything, call));

    [Theory]
    [InlineData("io_uring_setup")]
    [InlineData("io_uring_enter")]
    [InlineData("io_uring_register")]
    [InlineData("create_module")]
    [InlineData("lookup_dcookie")]
    public void Some_calls_do_not_exist_whatever_the_capabilities(string call) => Assert.Equal(Enosys, Decide(Everything, call));

    [Theory]
    [InlineData("mount", "sys_admin")]
    [InlineData("umount2", "sys_admin")]
    [InlineData("fsopen", "sys_admin")]
    [InlineData("move_mount", "sys_admin")]
    [InlineData("open_tree_attr", "sys_admin")]
    [InlineData("setns", "sys_admin")]
    [InlineData("pivot_root", "sys_admin")]
    [InlineData("bpf", "bpf")]
    [InlineData("perf_event_open", "perfmon")]
    [InlineData("init_module", "sys_module")]
    [InlineData("open_by_handle_at", "dac_read_search")]
    [InlineData("reboot", "sys_boot")]
    [InlineData("clock_settime", "sys_time")]
    [InlineData("syslog", "syslog")]
    [InlineData("chroot", "sys_chroot")]
    [InlineData("kcmp", "sys_ptrace")]
    [InlineData("iopl", "sys_rawio")]
    public void A_capability_opens_its_calls_and_only_it(string call, string capability)
    {
        Assert.Equal(SeccompAction.Allow, Decide(CapabilitySet.Of(capability), call));
        Assert.Equal(Eperm, Decide(Everything.Remove(CapabilityNames.NumberOf(capability)), call));
    }

    [Theory]
    [InlineData("ptrace")]
    [InlineData("seccomp")]
    [InlineData("openat2")]
    [InlineData("statx")]
    [InlineData("rseq")]
    [InlineData("uretprobe")]
    [InlineData("fchmodat2")]
    [InlineData("mseal")]
    public void Programs_get_what_they_need_without_a_capability(string call) => Assert.Equal(SeccompAction.Allow, Decide(CapabilitySet.None, call));

    [Fact]
    public void A_default_zone_can_reboot_itself() => Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Default, "reboot"));

    [Theory]
    [InlineData(0x00020000)]
    [InlineData(0x02000000)]
    [InlineData(0x04000000)]
    [InlineData(0x08000000)]
    [InlineData(0x10000000)]
    [InlineData(0x20000000)]
    [InlineData(0x40000000)]
    public void New_namespaces_need_sys_admin(uint flag)
    {
        const uint sigchld = 17, vm = 0x100;
        CapabilitySet admin = CapabilitySet.Of("sys_admin");
        foreach (ulong upper in (ulong[])[0, 0xdead_0000_0000])
        {
            Assert.Equal(Eperm, Decide(Limitpriv.Default, "clone", upper | flag | vm | sigchld));
            Assert.Equal(Eperm, Decide(Limitpriv.Default, "unshare", upper | flag));
            Assert.Equal(SeccompAction.Allow, Decide(admin, "clone", upper | flag | sigchld));
            Assert.Equal(SeccompAction.Allow, Decide(admin, "unshare", upper | flag));
            Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Default, "clone", upper | vm | sigchld));
        }

        Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Default, "clone", 0x3D0F00)); // pthread_create's flags
        Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Default, "unshare", 0x200)); // CLONE_FS
        Assert.Equal(Eperm, Decide(Limitpriv.Default, "unshare", 0x80)); // CLONE_NEWTIME
        Assert.Equal(Enosys, Decide(Limitpriv.Default, "clone3"));
        Assert.Equal(SeccompAction.Allow, Decide(admin, "clone3"));
    }

    [Theory]
    [InlineData(0x5412)] // TIOCSTI
    [InlineData(0x541C)] // TIOCLINUX
    public void Nobody_types_into_a_terminal(ulong request)
    {
        Assert.Equal(Eperm, Decide(Everything, "ioctl", 0, request));
        Assert.Equal(Eperm, Decide(Everything, "ioctl", 0, 0x1_0000_0000UL | request));
        Assert.Equal(SeccompAction.Allow, Decide(CapabilitySet.None, "ioctl", 0, request + 1UL));
    }

    [Fact]
    public void Socket_families_that_lead_out_do_not_exist()
    {
        SeccompAction noFamily = SeccompAction.Errno(97);
        foreach (ulong upper in (ulong[])[0, 0xffff_ffff_0000_0000])
        {
            Assert.Equal(noFamily, Decide(Everything, "socket", upper | 38, 5, 0)); // AF_ALG
            Assert.Equal(noFamily, Decide(Everything, "socket", upper | 40, 1, 0)); // AF_VSOCK
            Assert.Equal(SeccompAction.Errno(22), Decide(Limitpriv.Basic, "socket", upper | 16, 3, upper | 9)); // NETLINK_AUDIT
        }

        Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Basic, "socket", 16, 3, 0)); // NETLINK_ROUTE
        Assert.Equal(SeccompAction.Allow, Decide(Limitpriv.Basic, "socket", 2, 1, 9));
        Assert.Equal(SeccompAction.Allow, Decide(CapabilitySet.Of("audit_write"), "socket", 16, 3, 9));
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(8UL, true)]
    [InlineData(0x20000UL, true)]
    [InlineData(0xffffffffUL, true)]
    [InlineData(0x40000UL, false)] // ADDR_NO_RANDOMIZE
    [InlineData(0x400000UL, false)] // READ_IMPLIES_EXEC
    public void Personalities_that_undo_hardening_are_refused(ulong persona, bool allowed) =>
        Assert.Equal(allowed ? SeccompAction.Allow : Eperm, Decide(Everything, "personality", persona));

    [Fact]
    public void Zones_with_the_same_capabilities_share_a_filter()
    {
        Assert.Same(SeccompProfile.Default(Limitpriv.Default).Filter, SeccompProfile.Default(Limitpriv.Default).Filter);
        Assert.NotEqual(SeccompProfile.Default(Limitpriv.Default).Filter, SeccompProfile.Default(CapabilitySet.None).Filter);
        Assert.Null(SeccompProfile.Of("unconfined", Limitpriv.Default).Filter);
    }

    private static SeccompAction Decide(CapabilitySet capabilities, string call, params ulong[] arguments)
    {
        Assert.True(SyscallTable.TryNumber(call, out int number), call);
        return Decide(capabilities, (uint)number, arguments);
    }

    private static SeccompAction Decide(CapabilitySet capabilities, uint number, params ulong[] arguments) =>
        BpfInterpreter.Run(SeccompProfile.Default(capabilities).Filter!, new(Amd64, number, arguments)).Action;
}
