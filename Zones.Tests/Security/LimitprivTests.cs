using Zones.Security;

namespace Zones.Tests.Security;

public class LimitprivTests
{
    [Theory]
    [InlineData("none", "none")]
    [InlineData("basic", "chown,dac_override,fowner,kill,setgid,setuid,net_bind_service")]
    [InlineData("default", "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,sys_boot,mknod,audit_write,setfcap")]
    [InlineData("default !default", "none")]
    [InlineData("basic !chown !kill", "dac_override,fowner,setgid,setuid,net_bind_service")]
    [InlineData("basic none sys_time", "sys_time")]
    [InlineData("!kill kill", "kill")]
    [InlineData("kill !kill", "none")]
    [InlineData("default !basic", "fsetid,setpcap,net_raw,sys_chroot,sys_boot,mknod,audit_write,setfcap")]
    [InlineData("", "none")]
    public void Entries_count_in_order(string entries, string expected)
    {
        CapabilitySet set = Limitpriv.Resolve([.. entries.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(expected, set.ToString());
        Assert.Equal(expected == "none" ? 0 : expected.Split(',').Length, set.Count);
    }

    [Theory]
    [InlineData("net_row", "did you mean 'net_raw'")]
    [InlineData("CAP_SYS_TIME", "did you mean 'sys_time'")]
    [InlineData("!net_rwa", "did you mean '!net_raw'")]
    [InlineData("defualt", "did you mean 'default'")]
    [InlineData("!none", "means nothing")]
    [InlineData("", "is not a capability")]
    [InlineData("!", "is not a capability")]
    [InlineData("all", "allowed are default, basic, none")]
    public void What_is_not_understood_is_named(string entry, string message)
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => Limitpriv.Resolve(["basic", entry]));
        SpecProblem problem = Assert.Single(error.Problems);
        Assert.Equal("limitpriv[1]", problem.Property);
        Assert.Equal(entry, problem.Value);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_told()
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => Limitpriv.Resolve(["x", "kill", "y"]));
        Assert.Equal(["limitpriv[0]", "limitpriv[2]"], error.Problems.Select(problem => problem.Property));
    }

    [Fact]
    public void A_capability_that_the_kernel_has_not_is_a_problem_to_have_but_none_to_lack()
    {
        List<SpecProblem> problems = [];
        Assert.Equal(CapabilitySet.Of("kill", "audit_read"), Limitpriv.Resolve(["kill", "!bpf", "audit_read"], lastCap: 37, problems));
        Assert.Empty(problems);
        Limitpriv.Resolve(["bpf"], lastCap: 37, problems);
        Assert.Contains("its last is number 37", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_are_those_of_the_running_kernel()
    {
        Assert.Equal(41, CapabilityNames.All.Length);
        Assert.Equal(41, CapabilityNames.All.Distinct().Count());
        Assert.InRange(Limitpriv.LastCap, 30, 63);
        Assert.Equal(21, CapabilityNames.NumberOf("sys_admin"));
        Assert.Equal(-1, CapabilityNames.NumberOf("cap_sys_admin"));
    }

    [Fact]
    public void A_set_is_its_bits()
    {
        CapabilitySet set = CapabilitySet.Of("chown", "checkpoint_restore");
        Assert.Equal(1UL | (1UL << 40), set.Bits);
        Assert.Equal(CapabilitySet.Of("chown"), set.Remove(40));
        Assert.Equal(["chown", "checkpoint_restore"], set.Names());
        Assert.Throws<ArgumentException>(() => CapabilitySet.Of("nonsense"));
    }
}
