using Zones.Tests.Recovery;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>A zone at another place.</summary>
public sealed class MoveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_zone_moves_with_its_files_and_its_spec_says_where()
    {
        await using TestHost test = new();
        Zone zone = await FilledAsync(test);
        string derived = (await zone.InfoAsync()).Zonepath, place = Path.Combine(_directory.Path, "deep/er/z1");
        await zone.MoveAsync(place);
        await AssertAtAsync(test, zone, place, derived);
        Assert.Equal(place, (await zone.InfoAsync()).Spec.Zonepath);
        Assert.Contains((await test.Host.EventsAsync("changed")), e => e.Detail == $"zonepath: {derived} -> {place}");
        await zone.MoveAsync(place);
        await zone.MoveAsync(derived);
        await AssertAtAsync(test, zone, derived, place);
        Assert.Null((await zone.InfoAsync()).Spec.Zonepath);
    }

    [Fact]
    public async Task From_one_file_system_to_another_it_is_copied()
    {
        await using TestHost test = new();
        using TemporaryMount mount = new("64m");
        Zone zone = await FilledAsync(test);
        string derived = (await zone.InfoAsync()).Zonepath;

        // Below the file system, and back; and as the file system.
        await zone.MoveAsync(mount.Path + "/z1");
        await AssertAtAsync(test, zone, mount.Path + "/z1", derived);
        await zone.MoveAsync(derived);
        await AssertAtAsync(test, zone, derived, mount.Path + "/z1");
        File.SetUnixFileMode(mount.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await zone.MoveAsync(mount.Path);
        await AssertAtAsync(test, zone, mount.Path, derived);
        await zone.MoveAsync(derived);
        Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
    }

    [Fact]
    public async Task Where_there_is_no_room_it_stays_where_it_is()
    {
        await using TestHost test = new();
        using TemporaryMount mount = new("64k");
        Zone zone = await FilledAsync(test);
        string derived = (await zone.InfoAsync()).Zonepath;
        ZoneResourceException error = await Assert.ThrowsAsync<ZoneResourceException>(() => zone.MoveAsync(mount.Path + "/z1"));
        Assert.Contains("make room", error.Message, StringComparison.Ordinal);
        await AssertAtAsync(test, zone, derived, mount.Path + "/z1");
    }

    [Fact]
    public async Task A_bad_place_is_refused_before_anything_is_moved()
    {
        await using TestHost test = new();
        Zone zone = await FilledAsync(test);
        string derived = (await zone.InfoAsync()).Zonepath;
        await test.Host.CreateAsync(TestHost.Spec("z2") with { Zonepath = _directory.Path + "/z2" });
        _directory.File("full/file");
        _directory.Link("link", "full");
        foreach ((string place, string why) in ((string, string)[])[
            ("relative", "not an absolute path"), ("/", "no place for a zone's files"), ("/proc/z1", "no place"), (_directory.Path + "/full", "not empty"), (_directory.Path + "/full/file", "not a directory"),
            (_directory.Path + "/link/z1", "symbolic link"), (_directory.Path + "/z2", "zonepath of z2"), (_directory.Path + "/z2/in", "zonepath of z2"), (derived + "/root/in", "belongs to user"), (derived + "/in", "zonepath of z1")])
        {
            ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.MoveAsync(place));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }

        await AssertAtAsync(test, zone, derived, "/nowhere");
    }

    private static async Task<Zone> FilledAsync(TestHost test)
    {
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ExecAsync(["sh", "-c", "echo mine >/srv/file; chown 33 /srv/file"]);
        await zone.HaltAsync();
        return zone;
    }

    private static async Task AssertAtAsync(TestHost test, Zone zone, string place, string not)
    {
        Assert.Equal((place, ZoneState.Installed), ((await zone.InfoAsync()).Zonepath, (await zone.InfoAsync()).State));
        Assert.False(Directory.Exists(not) && Directory.EnumerateFileSystemEntries(not).Any());
        await Scenes.AssertRightAsync(test, zone.Name);
        await zone.BootAsync();
        Assert.Equal("mine\n33\n", (await zone.ExecAsync(["sh", "-c", "cat /srv/file; stat -c %u /srv/file"])).StandardOutput);
        await zone.HaltAsync();
    }
}
