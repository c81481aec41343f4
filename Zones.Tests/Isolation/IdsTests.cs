using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

public class IdsTests
{
    [Fact]
    public async Task Ranges_of_zones_are_65536_ids_each_and_never_overlap()
    {
        await using TestHost test = new();
        HashSet<uint> seen = [];
        for (int i = 0; i < 4; i++)
        {
            Zone zone = await test.RunningAsync(TestHost.Spec($"z{i}"));
            uint first = (await zone.InfoAsync()).IdBase!.Value;
            Assert.True(first > 0 && first % 65536 == 0);
            Assert.True(seen.Add(first), $"{first} is the range of two zones");
            foreach (string map in (string[])["uid_map", "gid_map"])
            {
                Assert.Equal($"0 {first} 65536", await zone.ShellAsync($"tr -s ' ' </proc/self/{map} | sed 's/^ //'"));
            }
        }
    }

    [Fact]
    public async Task A_range_that_a_spec_names_is_not_given_to_another_zone()
    {
        await using TestHost test = new();
        Zone first = await test.InstalledAsync(TestHost.Spec("first"));
        uint taken = (await first.InfoAsync()).IdBase!.Value;
        Zone second = await test.Host.CreateAsync(TestHost.Spec("second") with { Security = new() { IdBase = taken } });
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => second.InstallAsync());
        Assert.Contains("first", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ZoneState.Configured, (await second.InfoAsync()).State);
    }

    [Fact]
    public async Task What_is_made_inside_belongs_to_the_zone_outside_and_to_nobody_of_the_host()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        uint first = (await zone.InfoAsync()).IdBase!.Value;
        await zone.ShellAsync("echo x >/var/made; touch /var/of-33; chown 33:33 /var/of-33; mkdir /var/dir; ln -s /etc /var/link; cp /bin/true /var/setuid; chmod 6755 /var/setuid");
        string root = await zone.PrivateRootAsync();
        foreach ((string name, uint id) in (ReadOnlySpan<(string, uint)>)[("made", first), ("of-33", first + 33), ("dir", first), ("link", first), ("setuid", first)])
        {
            Assert.Equal((id, id), Owner($"{root}/var/{name}"));
        }

        Assert.Equal("0:0 33:33", await zone.ShellAsync("echo $(stat -c %u:%g /var/made /var/of-33)"));
    }

    [Fact]
    public async Task No_file_of_a_new_private_root_is_root_s_of_the_host()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        uint first = (await zone.InfoAsync()).IdBase!.Value;
        string root = await zone.PrivateRootAsync();
        foreach (string path in FileTree.Of(root).Prepend(root))
        {
            (uint user, uint group) = Owner(path);
            Assert.True(user >= first && user < first + 65536 && group >= first && group < first + 65536, $"{path} belongs to {user}:{group}");
        }
    }

    [Fact]
    public async Task The_zonepath_is_closed_to_the_users_of_the_host()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        string zonepath = (await zone.InfoAsync()).Zonepath;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(zonepath));
        Assert.Equal((0u, 0u), Owner(zonepath));
    }

    [Fact]
    public async Task The_log_is_closed_to_the_users_of_the_host()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "cp /bin/true /proc/self/fd/1; chmod 4777 /proc/self/fd/1; exec sleep inf"] });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(test.State, "log")));
    }

    [Fact]
    public async Task A_boundary_of_the_range_is_no_way_to_ids_of_others()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Assert.Equal(22 /* EINVAL */, (await zone.SyscallAsync("105, 65536")).Errno); // setuid
        Assert.Equal(0, (await zone.SyscallAsync("105, 65535")).Errno);
        Assert.False(await zone.SucceedsAsync("touch /var/x && chown 65536 /var/x"));
    }

    private static (uint User, uint Group) Owner(string path) => FileStat.Owner(path);
}
