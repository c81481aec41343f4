using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>Nothing of the host's tree is in reach once the zone has pivoted.</summary>
public class OldRootTests(DefaultZone fixture) : IClassFixture<DefaultZone>
{
    private readonly Zone _zone = fixture.Zone;

    [Fact]
    public async Task Process_1_s_root_is_the_zone_s() =>
        Assert.Equal(await _zone.ShellAsync("stat -c %d:%i /"), await _zone.ShellAsync("stat -L -c %d:%i /proc/self/root"));

    [Fact]
    public async Task Files_of_the_host_s_are_nowhere_in_the_tree()
    {
        string secret = Path.Combine(Directory.CreateTempSubdirectory("zones-secret-").FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(secret, "secret");
        try
        {
            Assert.Equal("", await _zone.ShellAsync($"find / -xdev -name {Path.GetFileName(secret)} 2>/dev/null; find /proc/*/root/ -maxdepth 3 -name {Path.GetFileName(secret)} 2>/dev/null || :"));
            Assert.False(await _zone.SucceedsAsync($"cat {secret}"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(secret)!, recursive: true);
        }
    }

    [Fact]
    public async Task Walking_up_out_of_a_chroot_ends_at_the_zone_s_root()
    {
        string here = await _zone.ShellAsync("stat -c %d:%i /");
        string there = await _zone.PerlAsync("""
            $jail = '/tmp/jail'; $dot = '.'; mkdir $jail; opendir(D, '/') or die; syscall(161, $jail) == 0 or die "chroot: $!";
            syscall(81, fileno(D)) == 0 or die "fchdir: $!";
            chdir('..') for 1..64; syscall(161, $dot) == 0 or die;
            @s = stat('/'); print "$s[0]:$s[1]"
            """);
        Assert.Equal(here, there);
    }

    [Fact]
    public async Task No_mount_is_the_host_s_own_tree_or_the_spawner_s_stage()
    {
        string mounts = await _zone.ShellAsync("cat /proc/self/mountinfo");
        foreach (string line in mounts.Split('\n'))
        {
            string[] fields = line.Split(' ');
            Assert.NotEqual("/", fields[4] == "/" ? fields[3] : "");
            Assert.DoesNotContain("/stage", fields[4], StringComparison.Ordinal);
        }

        Assert.False(await _zone.SucceedsAsync("test -e /stage"));
    }

    [Fact]
    public async Task Mounts_neither_come_from_the_host_nor_go_to_it()
    {
        string mounts = await _zone.ShellAsync("cat /proc/self/mountinfo");
        foreach (string line in mounts.Split('\n'))
        {
            string optional = line[..line.IndexOf(" - ", StringComparison.Ordinal)];
            Assert.DoesNotContain("shared:", optional, StringComparison.Ordinal);
            Assert.DoesNotContain("master:", optional, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/proc", "proc")]
    [InlineData("/sys", "sysfs")]
    [InlineData("/dev", "tmpfs")]
    [InlineData("/dev/pts", "devpts")]
    [InlineData("/dev/shm", "tmpfs")]
    [InlineData("/dev/mqueue", "mqueue")]
    [InlineData("/run", "tmpfs")]
    [InlineData("/tmp", "tmpfs")]
    public async Task Each_of_its_own_file_systems_is_mounted(string directory, string type) =>
        Assert.Equal(type, await _zone.ShellAsync($"awk '$5 == \"{directory}\" {{ for (i = 7; $i != \"-\"; i++); t = $(i + 1) }} END {{ print t }}' /proc/self/mountinfo"));

    [Theory]
    [InlineData("/dev/shm")]
    [InlineData("/run")]
    [InlineData("/tmp")]
    public async Task What_is_written_to_them_is_not_on_the_host(string directory)
    {
        string name = Guid.NewGuid().ToString("N");
        await _zone.ShellAsync($"touch {directory}/{name}");
        Assert.False(File.Exists($"{directory}/{name}"));
    }

    [Fact]
    public async Task Terminals_of_the_host_are_not_in_its_devpts() =>
        Assert.Equal("ptmx", await _zone.ShellAsync("ls /dev/pts"));
}
