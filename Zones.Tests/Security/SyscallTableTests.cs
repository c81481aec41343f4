using System.Globalization;
using System.Text.RegularExpressions;
using Zones.Security;

namespace Zones.Tests.Security;

public class SyscallTableTests
{
    [Fact]
    public void Every_call_of_the_kernel_headers_has_its_number()
    {
        // linux-libc-dev, which every C compiler here brings along; it may be older or newer than the table.
        string header = File.ReadAllText("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
        (string Name, int Number)[] calls = [.. Regex.Matches(header, @"#define __NR_(\w+) (\d+)").Select(match => (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))];
        Assert.InRange(calls.Length, 350, 600);
        foreach ((string name, int expected) in calls.Where(call => call.Number <= SyscallTable.Last))
        {
            Assert.True(SyscallTable.TryNumber(name, out int number), name);
            Assert.Equal(expected, number);
        }
    }

    [Theory]
    [InlineData("read", 0)]
    [InlineData("rseq", 334)]
    [InlineData("uretprobe", 335)]
    [InlineData("uprobe", 336)]
    [InlineData("pidfd_send_signal", 424)]
    [InlineData("clone3", 435)]
    [InlineData("cachestat", 451)]
    [InlineData("mseal", 462)]
    [InlineData("open_tree_attr", 467)]
    [InlineData("file_setattr", 469)]
    public void Names_have_the_kernels_numbers(string name, int expected)
    {
        Assert.True(SyscallTable.TryNumber(name, out int number));
        Assert.Equal(expected, number);
    }

    [Fact]
    public void Calls_of_other_architectures_are_unknown() => Assert.False(SyscallTable.TryNumber("socketcall", out _));
}
