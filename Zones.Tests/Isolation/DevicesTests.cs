using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

public class DevicesTests
{
    private const int Eperm = 1;
    private static readonly string[] Usual = ["full", "null", "random", "tty", "urandom", "zero"];

    [Fact]
    public async Task Dev_holds_the_needed_nodes_and_no_others()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Assert.Equal(Usual, (await zone.ShellAsync("cd /dev; for f in *; do test -b $f -o -c $f && test ! -L $f && echo $f; done; :")).Split('\n'));
        await zone.ShellAsync("echo x >/dev/null; head -c 4 /dev/zero >/dev/null; head -c 4 /dev/urandom >/dev/null; head -c 1 /dev/random >/dev/null");
        Assert.False(await zone.SucceedsAsync("echo x >/dev/full"));
        Assert.Equal("0:0 666", await zone.ShellAsync("stat -c '%u:%g %a' /dev/null"));
    }

    [Fact]
    public async Task A_device_that_the_spec_names_is_added()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Device = [new ZoneDevice("/dev/fus*")] });
        Assert.Equal("a:e5", await zone.ShellAsync("stat -c %t:%T /dev/fuse"));
        await zone.ShellAsync("exec 3<>/dev/fuse");
    }

    [Fact]
    public async Task A_node_that_is_made_inside_opens_nothing()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });
        Assert.Equal(Eperm, (await zone.SyscallAsync("133, '/var/mem', 0020666, 0x101")).Errno); // mknod of /dev/mem
        Assert.Equal(Eperm, (await zone.SyscallAsync("133, '/dev/mem', 0020666, 0x101")).Errno);
    }

    [Fact]
    public async Task Without_a_user_namespace_a_made_node_cannot_be_opened()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { UserNamespace = false }, Device = [new ZoneDevice("/dev/fuse")] });
        (string Name, int Type, int Device)[] nodes = [("sda", 0x6000, 0x800), ("vda", 0x6000, 0xFD00), ("loop", 0x6000, 0x700), ("mem", 0x2000, 0x101), ("kmsg", 0x2000, 0x10B), ("console", 0x2000, 0x501), ("tty1", 0x2000, 0x401)];
        foreach ((string name, int type, int device) in nodes)
        {
            // In /dev, the one mount inside on which nodes count at all.
            Assert.Equal(0, (await zone.SyscallAsync($"133, '/dev/made-{name}', {type | 0x1B6}, {device}")).Errno);
            Assert.Equal(Eperm, (await zone.SyscallAsync($"2, '/dev/made-{name}', 0, 0")).Errno);
            Assert.Equal(Eperm, (await zone.SyscallAsync($"2, '/dev/made-{name}', 2, 0")).Errno);
        }

        await zone.ShellAsync("mknod /dev/another-null c 1 3; echo x >/dev/another-null; exec 3<>/dev/fuse");
    }

    [Fact]
    public async Task Without_a_user_namespace_nodes_elsewhere_are_none()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { UserNamespace = false } });
        foreach (string directory in (string[])["/var", "/tmp", "/run", "/dev/shm"])
        {
            Assert.Equal(13 /* EACCES, by nodev */, (await zone.SyscallAsync($"133, '{directory}/zero', {0x2000 | 0x1B6}, 0x105")) is { Errno: 0 } ? (await zone.SyscallAsync($"2, '{directory}/zero', 0, 0")).Errno : -1);
        }
    }
}
