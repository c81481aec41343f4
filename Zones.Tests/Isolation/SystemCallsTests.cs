using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>The filter in force, tried from inside.</summary>
public class SystemCallsTests(DefaultZone fixture) : IClassFixture<DefaultZone>
{
    private const int X32 = 0x4000_0000;
    private readonly Zone _zone = fixture.Zone;

    [Fact]
    public async Task The_filter_is_in_force() => Assert.Equal("2", await _zone.StatusAsync("Seccomp"));

    [Theory]
    [InlineData("435, 0, 0", 38)] // clone3
    [InlineData("272, 0x10000000", 1)] // unshare(CLONE_NEWUSER)
    [InlineData("272, 0x20000", 1)] // unshare(CLONE_NEWNS)
    [InlineData("56, 0x10000011, 0, 0, 0, 0", 1)] // clone(CLONE_NEWUSER | SIGCHLD)
    [InlineData("308, 0, 0", 1)] // setns
    [InlineData("165, 'x', '/mnt', 'tmpfs', 0, 0", 1)] // mount
    [InlineData("166, '/proc', 2", 1)] // umount2
    [InlineData("155, '.', '.'", 1)] // pivot_root
    [InlineData("428, -100, '/', 1", 1)] // open_tree
    [InlineData("250, 0, 0", 1)] // keyctl
    [InlineData("248, 'user', 'a', 'b', 1, -3", 1)] // add_key
    [InlineData("249, 'user', 'a', 0, -3", 1)] // request_key
    [InlineData("246, 0, 0, 0, 0", 1)] // kexec_load
    [InlineData("320, 0, 0, 0, 0, 0", 1)] // kexec_file_load
    [InlineData("167, '/x', 0", 1)] // swapon
    [InlineData("323, 0", 1)] // userfaultfd
    [InlineData("425, 1, 0", 38)] // io_uring_setup
    [InlineData("321, 0, 0, 0", 1)] // bpf
    [InlineData("298, 0, 0, 0, 0, 0", 1)] // perf_event_open
    [InlineData("175, 0, 0, ''", 1)] // init_module
    [InlineData("304, -100, 0, 0", 1)] // open_by_handle_at
    [InlineData("154, 0, 0, 0", 1)] // modify_ldt
    [InlineData("103, 3, 0, 0", 1)] // syslog
    [InlineData("135, 0x0040000", 1)] // personality(ADDR_NO_RANDOMIZE)
    [InlineData("41, 40, 1, 0", 97)] // socket(AF_VSOCK)
    [InlineData("41, 38, 5, 0", 97)] // socket(AF_ALG)
    [InlineData("16, 0, 0x5412, 0", 1)] // ioctl(TIOCSTI)
    [InlineData("16, 0, 0x100005412, 0", 1)] // the same with the upper half set, which the kernel does not look at
    [InlineData("999", 38)] // a call of kernels to come
    public async Task A_dangerous_call_is_refused(string call, int errno) => Assert.Equal(errno, (await _zone.SyscallAsync(call)).Errno);

    [Fact]
    public async Task Calls_of_x32_do_not_exist() => Assert.Equal(38 /* ENOSYS */, (await _zone.SyscallAsync($"{X32 + 39}")).Errno);

    [Fact]
    public async Task A_call_of_32_bits_ends_the_process()
    {
        // mov eax, 20 (getpid of i386); int 0x80; mov edi, 7; mov eax, 60 (exit of x86-64); syscall
        byte[] code = [0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xBF, 7, 0, 0, 0, 0xB8, 60, 0, 0, 0, 0x0F, 0x05];
        string hex = Convert.ToHexString(SmallElf.Program(code));
        ExecResult result = await _zone.ExecAsync(["sh", "-c", $"perl -e 'print pack(q(H*), q({hex}))' >/var/call32; chmod +x /var/call32; /var/call32"]);
        Assert.Equal(128 + 31 /* SIGSYS */, result.ExitCode);
    }

    [Fact]
    public async Task What_a_capability_opens_is_open_with_it()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });
        Assert.Equal(0, (await zone.SyscallAsync("165, 'x', '/mnt', 'tmpfs', 0, 0")).Errno);
        Assert.Equal(0, (await zone.SyscallAsync("272, 0x20000")).Errno);
    }

    [Fact]
    public async Task Unconfined_means_no_filter()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { Seccomp = "unconfined" } });
        Assert.Equal("0", await zone.StatusAsync("Seccomp"));
    }
}
