using System.Globalization;
using System.Security.Cryptography;
using Mono.Unix.Native;

namespace Zones.Tests.Copying;

/// <summary>Copies into a running zone, into an installed one, and out of them.</summary>
public sealed class CopyTests
{
    private const UnixFileMode Tool = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead;

    [Fact]
    public async Task A_file_goes_in_and_comes_out_as_it_is()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        string file = here.File("tool", "one\n", Tool);
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        // Under its own name into a directory, or under the name that is given; what is there already is replaced.
        Assert.Equal((1L, 0L, 0L, 4L, 0L), await zone.CopyInAsync(file, "/root") switch { var r => (r.Files, r.Directories, r.Links, r.Bytes, r.RefusedCount) });
        await zone.CopyInAsync(file, "/root/other");
        await zone.CopyInAsync(here.File("second", "two\n", Tool), "/root/other");
        Assert.Equal("540 0 0 one 540 0 0 two", (await zone.ShellAsync("stat -c '%a %u %g' /root/tool; cat /root/tool; stat -c '%a %u %g' /root/other; cat /root/other")).ReplaceLineEndings(" "));
        Assert.Equal("981173106", await zone.ShellAsync("stat -c %Y /root/tool"));
        Assert.Equal("other tool", (await zone.ShellAsync("ls -A /root | grep -v '^[.]' | xargs echo")));

        await zone.CopyOutAsync("/root/other", here.Path + "/out");
        Assert.Equal("two\n", File.ReadAllText(here.Path + "/out"));
        Assert.Equal((0u, 0u), FileStat.Owner(here.Path + "/out"));
        await zone.CopyOutAsync("/root/tool", here.Make("directory"));
        Assert.Equal(new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), File.GetLastWriteTimeUtc(here.Path + "/directory/tool"));
    }

    [Fact]
    public async Task A_tree_goes_in_and_comes_out_as_it_is()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        here.File("tree/a/b/deep", "deep");
        here.File("tree/ünï cödé", "named");
        here.Make("tree/empty");
        here.Link("tree/link", "/etc/shadow");
        here.Link("tree/dangling", "nowhere");
        Assert.Equal((2L, 4L, 2L), await zone.CopyInAsync(here.Path + "/tree", "/srv") switch { var r => (r.Files, r.Directories, r.Links) });
        Assert.Equal("deep named /etc/shadow nowhere", (await zone.ShellAsync("cd /srv/tree; cat a/b/deep; echo; cat ün*; echo; readlink link dangling; test -d empty")).ReplaceLineEndings(" "));

        // Into a tree that is there: what is new comes to it, what has the name of something replaces that, the rest stays.
        await zone.ShellAsync("cd /srv/tree; echo own >own; echo changed >a/b/deep; ln -sf /etc/hostname 'ünï cödé'");
        await zone.CopyInAsync(here.Path + "/tree", "/srv");
        Assert.Equal("deep own named z1", (await zone.ShellAsync("cd /srv/tree; cat a/b/deep; echo; cat own; cat ün*; echo; cat /etc/hostname")).ReplaceLineEndings(" "));
        Assert.Equal((3L, 4L, 2L), await zone.CopyOutAsync("/srv/tree", here.Path + "/back") switch { var r => (r.Files, r.Directories, r.Links) });
        File.Delete(here.Path + "/back/own");
        Assert.Equal(FileTree.Of(here.Path + "/tree").Select(line => line.Replace("/tree", "/back")), FileTree.Of(here.Path + "/back"));
        Assert.Equal("", await zone.ShellAsync("find / -xdev -name '.zone-cp*' 2>/dev/null"));
    }

    [Fact]
    public async Task Owners_come_along_by_their_numbers_inside_when_they_are_asked_for()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        string file = here.File("of-33", "x");
        Assert.Equal(0, Syscall.chown(file, 33, 44));
        Assert.Equal(0, Syscall.chmod(file, (FilePermissions)Convert.ToUInt32("6755", 8)));
        await zone.CopyInAsync(file, "/srv/plain");
        await zone.CopyInAsync(file, "/srv/kept", new CopyOptions { Owners = true });
        Assert.Equal("755 0 0 6755 33 44", (await zone.ShellAsync("stat -c '%a %u %g' /srv/plain /srv/kept")).ReplaceLineEndings(" "));

        // Outside no file gives anybody another's rights, whatever the zone has made of it.
        await zone.CopyOutAsync("/srv/kept", here.Path + "/plain");
        await zone.CopyOutAsync("/srv/kept", here.Path + "/kept", new CopyOptions { Owners = true });
        Assert.Equal(((0u, 0u), (33u, 44u)), (FileStat.Owner(here.Path + "/plain"), FileStat.Owner(here.Path + "/kept")));
        Assert.Equal((0x81EDu, 0x81EDu), (FileStat.Mode(here.Path + "/plain"), FileStat.Mode(here.Path + "/kept")));
        Assert.Equal(0, Syscall.chown(here.File("foreign"), 200_000, 200_000));
        await zone.CopyInAsync(here.Path + "/foreign", "/srv/foreign", new CopyOptions { Owners = true });
        Assert.Equal("65534 65534", await zone.ShellAsync("stat -c '%u %g' /srv/foreign"));
    }

    [Fact]
    public async Task Great_files_and_holes_go_through_as_they_are()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        byte[] bytes = RandomNumberGenerator.GetBytes(48 << 20);
        await File.WriteAllBytesAsync(here.Path + "/great", bytes);
        Assert.Equal(bytes.Length, (await zone.CopyInAsync(here.Path + "/great", "/srv/great")).Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (await zone.ShellAsync("sha256sum /srv/great")).Split(' ')[0]);
        await zone.CopyOutAsync("/srv/great", here.Path + "/back");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(here.Path + "/back"));

        await zone.ShellAsync("truncate -s 1T /srv/holes; printf end | dd of=/srv/holes bs=1 seek=1000000000000 conv=notrunc status=none");
        Assert.InRange((await zone.CopyOutAsync("/srv/holes", here.Path + "/holes")).Bytes, 3, 1 << 20);
        using FileStream holes = File.OpenRead(here.Path + "/holes");
        Assert.Equal(1L << 40, holes.Length);
        holes.Position = 1_000_000_000_000;
        Assert.Equal(['e', 'n', 'd'], (int[])[holes.ReadByte(), holes.ReadByte(), holes.ReadByte()]);
    }

    [Fact]
    public async Task Of_a_running_zone_it_is_what_the_zone_sees()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        string special = here.Make("pool");
        Assert.Equal(0, Syscall.chmod(special, (FilePermissions)0x1FF));
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", special), new ZoneFs("/scratch", null) { Type = FsType.Tmpfs }] });
        string file = here.File("file", "content");
        foreach (string directory in (string[])["/srv/data", "/scratch", "/tmp", "/run"])
        {
            await zone.CopyInAsync(file, directory);
            Assert.Equal("content", await zone.ShellAsync($"cat {directory}/file"));
            await zone.CopyOutAsync($"{directory}/file", here.Path + "/out");
            Assert.Equal("content", File.ReadAllText(here.Path + "/out"));
        }

        await zone.CopyOutAsync("/usr/bin/env", here.Path + "/env");
        Assert.Equal(await File.ReadAllBytesAsync("/usr/bin/env"), await File.ReadAllBytesAsync(here.Path + "/env"));
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(file, "/usr/bin/new"));
        Assert.Equal((30, "z1:"), (refused.Errno, refused.Message[..3]));
    }

    [Fact]
    public async Task Of_an_installed_zone_it_is_its_private_files_with_the_owners_that_the_zone_will_see()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Fs = [new ZoneFs("/srv/data", here.Make("pool"))] });
        string file = here.File("file", "content");
        Assert.Equal(0, Syscall.chown(file, 33, 44));
        await zone.CopyInAsync(file, "/root/plain");
        await zone.CopyInAsync(file, "/root/kept", new CopyOptions { Owners = true });
        await zone.CopyOutAsync("/root/kept", here.Path + "/back", new CopyOptions { Owners = true });
        Assert.Equal((33u, 44u), FileStat.Owner(here.Path + "/back"));
        foreach (string elsewhere in (string[])["/usr/bin/env", "/bin/env", "/srv/data", "/srv/data/x", "/tmp/x", "/proc/self"])
        {
            ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(file, elsewhere));
            Assert.EndsWith("is there only while the zone runs; boot it first", refused.Message);
        }

        await zone.BootAsync();
        Assert.Equal("0 0 33 44", (await zone.ShellAsync("stat -c '%u %g' /root/plain /root/kept")).ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task A_whole_root_has_to_run()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Root = ZoneRoot.Directory(DebianRoot.Path) with { Type = RootType.Whole } });
        ZoneStateException refused = await Assert.ThrowsAsync<ZoneStateException>(() => zone.CopyOutAsync("/etc/debian_version", here.Path));
        Assert.Contains("boot it first", refused.Message);
        await zone.BootAsync();
        await zone.CopyOutAsync("/etc/debian_version", here.Path);
        await zone.CopyInAsync(here.File("etc-file", "x"), "/etc");
        Assert.Equal("x", await zone.ShellAsync("cat /etc/etc-file"));
    }

    [Fact]
    public async Task What_cannot_be_copied_is_told_and_leaves_nothing()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        here.File("tree/file", "x");
        foreach ((string source, string target, int errno, string message) in ((string, string, int, string)[])
        [
            ("/nonexistent", "/srv", 2, "/nonexistent: cannot open it: ENOENT"),
            (here.Path + "/tree/file", "/no/where", 2, "z1:/no: cannot open the directory: ENOENT (no such file or directory); make it first"),
            (here.Path + "/tree/file", "/srv/new/", 2, "z1:/srv/new/: cannot open the directory: ENOENT (no such file or directory); make it first, or leave out the / at its end for a copy of that name"),
            (here.Path + "/tree/file", "/etc/passwd/x", 20, "z1:/etc/passwd: cannot open the directory: ENOTDIR"),
            (here.Path + "/tree", "/etc/passwd", 20, "cannot put the copy in its place: ENOTDIR"),
            (here.Path + "/tree/file", "/proc/x", 2, "cannot make the copy: ENOENT"),
            ("/dev/null", "/srv", 0, "/dev/null: is a device, which is not copied"),
            ("/proc/self/status", "/srv", 0, "is the kernel's own"),
        ])
        {
            ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(source, target));
            Assert.Contains(message, refused.Message);
            Assert.Equal(errno, refused.Errno);
        }

        Assert.EndsWith("/nowhere: cannot open the directory: ENOENT (no such file or directory); make it first", (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync("/etc/hostname", "/nowhere/x"))).Message);
        Assert.Contains("begins with /", (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync("/etc/hostname", "srv"))).Message);
        Assert.Equal("", await zone.ShellAsync("find / -xdev -name '.zone-cp*' 2>/dev/null; ls /srv"));

        // A disk that is full half-way, and who cancels.
        Zone small = await test.RunningAsync(TestHost.Spec("z2") with { Fs = [new ZoneFs("/small", null) { Type = FsType.Tmpfs, Options = ["size=1M"] }] });
        await File.WriteAllBytesAsync(here.Path + "/tree/great", new byte[4 << 20]);
        Assert.Equal(28, (await Assert.ThrowsAnyAsync<ZoneException>(() => small.CopyInAsync(here.Path + "/tree", "/small"))).Errno);
        Assert.Equal("", await small.ShellAsync("ls -A /small"));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => small.CopyInAsync(here.Path + "/tree", "/srv", cancellationToken: cancelled.Token));
        Assert.Equal("", await small.ShellAsync("ls -A /srv"));
    }

    [Fact]
    public async Task A_zone_that_is_halted_meanwhile_ends_the_copy_and_keeps_nothing_of_the_hosts()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        for (int i = 0; i < 3000; i++)
        {
            here.File(string.Create(CultureInfo.InvariantCulture, $"tree/{i}"), "x");
        }

        Task<CopyReport> copying = zone.CopyInAsync(here.Path + "/tree", "/srv");
        await Eventually.TrueAsync(async () => (await zone.StatAsync()).Processes == 2, "the copy has not begun");
        await zone.HaltAsync();
        ZoneException? ended = await Record.ExceptionAsync(() => copying) as ZoneException;
        Assert.True(copying.IsCompletedSuccessfully || ended is { IsTransient: true }, ended?.ToString());
        await zone.BootAsync();
    }
}
