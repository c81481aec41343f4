using Zones.Tests.Support;

namespace Zones.Tests.Fs;

/// <summary>A zone that prepares its private root before a boot: nothing of the host's may be mounted over, written or shown.</summary>
public class HostileRootTests
{
    [Theory]
    [InlineData("/etc")]
    [InlineData("/proc/1/root/etc")]
    [InlineData("../../../../../../../../../../etc")]
    [InlineData("/stage")]
    [InlineData("/dev")]
    public async Task A_target_that_became_a_link_out_of_the_zone_is_refused(string link)
    {
        await using TestHost test = new();
        string special = Directory.CreateDirectory(Path.Combine(test.State, "special")).FullName;
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special)] });
        string srv = Path.Combine(await zone.PrivateRootAsync(), "srv");
        Directory.Delete(srv);
        File.CreateSymbolicLink(srv, link);
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync());
        Assert.Contains("/srv", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/etc/data"));
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("fifo")]
    [InlineData("file")]
    [InlineData("missing")]
    public async Task Whatever_stands_where_the_zone_s_own_mounts_go_harms_the_zone_alone(string kind)
    {
        await using TestHost test = new();
        string victim = Directory.CreateDirectory(Path.Combine(test.State, "victim")).FullName;
        foreach (string name in (string[])["dev", "proc", "sys", "run", "tmp", "usr"])
        {
            Zone zone = await test.InstalledAsync(TestHost.Spec(name));
            string path = Path.Combine(await zone.PrivateRootAsync(), name);
            Directory.Delete(path, recursive: true);
            switch (kind)
            {
                case "link":
                    File.CreateSymbolicLink(path, victim);
                    break;
                case "fifo":
                    Assert.Equal(0, MakeFifo(path));
                    break;
                case "file":
                    File.WriteAllText(path, "");
                    break;
            }

            ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync().WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(victim));
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        }
    }

    [Theory]
    [InlineData("etc/passwd")]
    [InlineData("etc/group")]
    public async Task A_user_database_that_is_a_pipe_or_a_link_to_the_host_s_is_no_trap(string file)
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        string path = Path.Combine(await zone.PrivateRootAsync(), file);
        File.Delete(path);
        Assert.Equal(0, MakeFifo(path));
        ExecResult result = await zone.ExecAsync(new ExecRequest(["true"]) { User = "33" }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, result.ExitCode);
        File.Delete(path);
        File.CreateSymbolicLink(path, "/proc/self/root/../../../../etc/shadow");
        await Assert.ThrowsAnyAsync<ZoneException>(() => zone.StartAsync(new ExecRequest(["true"]) { User = "no-such-user" }));
    }

    [Fact]
    public async Task Devices_set_user_id_files_and_odd_names_are_removed_with_the_zone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync("""
            cd /var; ln -s /etc link; mkfifo fifo; cp /bin/true setuid; chmod 4755 setuid; mkdir -p "$(printf 'a\nb')/-rf /*"
            i=0; d=deep; while [ $i -lt 200 ]; do d=$d/deep; i=$((i + 1)); done; mkdir -p $d; chmod 0 deep
            """);
        await zone.HaltAsync();
        await zone.UninstallAsync();
        Assert.False(Directory.Exists(await zone.PrivateRootAsync()));
        Assert.True(Directory.Exists("/etc"));
    }

    private static unsafe long MakeFifo(string path)
    {
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Wire.Kernel.Call(133 /* mknod */, name, 0x1000 | 0x1B6, 0);
        }
    }
}
