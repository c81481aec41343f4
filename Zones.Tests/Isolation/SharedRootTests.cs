using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>The shared root against a root inside that was even given sys_admin.</summary>
public class SharedRootTests
{
    private static readonly string[] Shared = [.. ((string[])["/usr", "/etc/alternatives", "/etc/ssl/certs"]).Where(Directory.Exists)];

    [Fact]
    public async Task It_looks_as_the_host_s_and_refuses_writing()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Assert.Equal("0:0", await zone.ShellAsync("stat -c %u:%g /usr/bin/env"));
        foreach (string directory in Shared)
        {
            Assert.Equal((30 /* EROFS */, -1), await zone.SyscallAsync($"83, '{directory}/made-inside', 0755")); // mkdir
            Assert.Equal(30, (await zone.SyscallAsync($"90, '{directory}', 0777")).Errno); // chmod
        }

        Assert.False(await zone.SucceedsAsync("echo x >>/usr/bin/env"));
        Assert.False(File.Exists("/usr/made-inside"));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("unconfined")]
    public async Task Not_even_sys_admin_can_remount_or_take_it_away(string seccomp)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"], Security = new() { Seccomp = seccomp } });
        foreach (string directory in Shared)
        {
            Assert.NotEqual(0, (await Mount(zone, directory, "4096 | 32")).Errno); // MS_BIND | MS_REMOUNT: writable again
            Assert.NotEqual(0, (await Mount(zone, directory, "32")).Errno); // the whole file system
            Assert.NotEqual(0, (await zone.SyscallAsync($"166, '{directory}', 2")).Errno); // umount2, MNT_DETACH
            Assert.NotEqual(0, (await zone.SyscallAsync($"442, -100, '{directory}', 0, pack('Q4', 0, 1, 0, 0), 32")).Errno); // mount_setattr: clear RDONLY
            Assert.False(await zone.SucceedsAsync($"mkdir {directory}/made-inside"));
        }
    }

    [Fact]
    public async Task A_bind_of_it_is_as_locked_as_it_is_itself()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });
        Assert.Equal(0, (await zone.SyscallAsync("165, '/usr', '/mnt', 0, 4096, 0")).Errno);
        Assert.NotEqual(0, (await Mount(zone, "/mnt", "4096 | 32")).Errno);
        Assert.False(await zone.SucceedsAsync("mkdir /mnt/made-inside"));
    }

    [Fact]
    public async Task What_lies_below_a_mount_of_the_host_cannot_be_uncovered()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Limitpriv = ["default", "sys_admin"] });

        // A bind of the root that leaves its locked mounts behind would show the private directories under them.
        Assert.NotEqual(0, (await zone.SyscallAsync("165, '/', '/mnt', 0, 4096, 0")).Errno);
        // New namespaces, of mounts and of users, have the same locks.
        Assert.False(await zone.SucceedsAsync("unshare --mount --map-root-user sh -c 'umount -l /usr || umount -l /dev || mount -o remount,bind,rw /usr'"));
    }

    private static Task<(int Errno, long Result)> Mount(Zone zone, string target, string flags) =>
        zone.SyscallAsync($"165, 'none', '{target}', 0, {flags}, 0");
}
