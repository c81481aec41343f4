using Zones.Roots;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Roots;

public sealed class ProgramCheckTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _private = new();
    private readonly TemporaryDirectory _shared = new();

    public void Dispose()
    {
        _private.Dispose();
        _shared.Dispose();
    }

    [Theory]
    [InlineData(62, null)]
    [InlineData(183, "/bin/p is a program for aarch64; this host is x86_64")]
    [InlineData(3, "/bin/p is a program for i386; this host is x86_64")]
    [InlineData(243, "/bin/p is a program for riscv64; this host is x86_64")]
    [InlineData(999, "/bin/p is a program for machine 999; this host is x86_64")]
    public void A_program_of_another_architecture_is_named(int machine, string? problem)
    {
        byte[] head = new byte[64];
        "\u007fELF\u0002\u0001"u8.CopyTo(head);
        BitConverter.TryWriteBytes(head.AsSpan(18), (ushort)machine);
        File.WriteAllBytes(_shared.File("bin/p", "", UnixFileMode.UserWrite | Executable), head);
        Assert.Equal(problem, Check("/bin/p"));
    }

    [Fact]
    public void The_hosts_own_programs_are_fine()
    {
        Assert.Null(ProgramCheck.Check(["/"], "/bin/sh"));
        Assert.Null(ProgramCheck.Check(["/"], "/usr/bin/env"));
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        Assert.Equal("/bin/p does not exist in the zone's root", Check("/bin/p"));
        _shared.File("bin", "a file");
        Assert.Equal("/bin/p does not exist in the zone's root", Check("/bin/p"));
    }

    [Fact]
    public void What_is_not_executable_is_named_with_its_mode()
    {
        _shared.File("bin/p", "#!/bin/sh\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal("/bin/p is not executable (mode 640); chmod +x it or name another", Check("/bin/p"));
    }

    [Fact]
    public unsafe void A_directory_and_a_pipe_are_no_programs()
    {
        _shared.Make("bin/p");
        Assert.Equal("/bin/p is a directory; name a program", Check("/bin/p"));
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(_shared.Path + "/pipe\0"))
        {
            Assert.Equal(0, Kernel.Call(Linux.Mknodat, Linux.AT_FDCWD, (long)path, 0x1000 | 0x1ED));
        }

        Assert.Equal("/pipe is not a file; name a program", Check("/pipe"));
    }

    [Theory]
    [InlineData("#!/bin/sh\n", null)]
    [InlineData("#! /bin/sh -e\n", null)]
    [InlineData("#!/bin/sh", null)]
    [InlineData("#!/opt/python3\nprint()\n", "/bin/p is a script for /opt/python3, which is not in the zone's root")]
    [InlineData("#!sh\n", "/bin/p is a script for sh, which is not in the zone's root")]
    [InlineData("#!\n", "/bin/p is a script that names no interpreter after #!")]
    [InlineData("echo hello\n", "/bin/p is neither a program nor a script that names its interpreter")]
    [InlineData("", "/bin/p is neither a program nor a script that names its interpreter")]
    [InlineData("MZ\u0090", "/bin/p is neither a program nor a script that names its interpreter")]
    [InlineData("\u007fELF", "/bin/p is neither a program nor a script that names its interpreter")]
    public void A_script_needs_its_interpreter_in_the_root(string content, string? problem)
    {
        _shared.File("bin/sh", "", Executable);
        _shared.File("bin/p", content, UnixFileMode.UserWrite | Executable);
        Assert.Equal(problem, Check("/bin/p"));
    }

    [Fact]
    public void The_private_root_counts_first_and_links_stay_in_the_root()
    {
        _private.File("opt/p", "a text", Executable);
        _shared.File("opt/p", "#!/opt/p\n", Executable);
        Assert.Contains("is neither a program", Check("/opt/p"), StringComparison.Ordinal);
        _private.Link("opt/sh", "/bin/sh");
        Assert.Equal("/opt/sh does not exist in the zone's root", Check("/opt/sh"));
        _private.Link("opt/up", "../../../../../../bin/sh");
        Assert.Equal("/opt/up does not exist in the zone's root", Check("/opt/up"));
        _private.Link("opt/loop", "loop");
        Assert.Contains("/opt/loop cannot be opened: ELOOP", Check("/opt/loop"), StringComparison.Ordinal);
    }

    private string? Check(string program) => ProgramCheck.Check([_private.Path, _shared.Path], program);
}
