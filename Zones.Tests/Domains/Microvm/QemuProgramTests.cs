using Zones.Domains.Microvm;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains.Microvm;

/// <summary>A QEMU that is not there, is none, or is too old.</summary>
public sealed class QemuProgramTests
{
    [Fact]
    public void The_hosts_own_does() => Assert.Null(QemuProgram.Problem(MicrovmCommand.Program));

    [Theory]
    [InlineData("echo 'QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11)'", "is version 5.2, which is too old; a domain needs 7.2 or newer")]
    [InlineData("echo 'QEMU emulator version 10.0.2'", null)]
    [InlineData("echo something else; echo more >&2; exit 1", "is no QEMU: it does not say its version")]
    public void Its_version_is_asked_for(string says, string? problem)
    {
        using TemporaryDirectory directory = new();
        string program = Path.Combine(directory.Path, "qemu");
        // Written by another process: while one of this one's that is being started had it open too, it could not be executed.
        GuestImage.Output("sh", "-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\"; chmod 500 \"$1\"", "sh", program, says);
        Assert.Equal(problem is null ? null : $"{program} {problem}", QemuProgram.Problem(program));
    }

    [Fact]
    public void One_that_is_missing_or_cannot_be_executed_says_so()
    {
        Assert.Contains("is not there; install qemu-system-x86", QemuProgram.Problem("/no/such/qemu"));
        Assert.Contains("/etc/passwd cannot be started", QemuProgram.Problem("/etc/passwd"));
    }

    [Fact]
    public void One_that_could_not_be_asked_is_asked_again()
    {
        using TemporaryDirectory directory = new();
        string program = Path.Combine(directory.Path, "qemu");
        GuestImage.Output("sh", "-c", "printf '#!/bin/sh\\necho QEMU emulator version 10.0.2\\n' > \"$1\"; chmod 400 \"$1\"", "sh", program);
        Assert.Contains("cannot be started", QemuProgram.Problem(program));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Null(QemuProgram.Problem(program));
    }
}
