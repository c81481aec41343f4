using System.Diagnostics;
using System.Security.Cryptography;
using Mono.Unix.Native;
using Zones.Tests.Served;

namespace Zones.Tests.Copying;

/// <summary>Archives into zones and out of them, beside GNU tar; in process and over the socket.</summary>
public sealed class ArchiveTests
{
    private const string InProcess = "in process", Served = "served";
    private static readonly DateTime s_time = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Theory]
    [InlineData(InProcess, "gnu")]
    [InlineData(InProcess, "pax")]
    [InlineData(InProcess, "ustar")]
    [InlineData(Served, "gnu")]
    public Task What_tar_packs_goes_in_and_what_comes_out_it_unpacks(string way, string format) => RunAsync(way, async (_, _, zone, here) =>
    {
        byte[] bulk = RandomNumberGenerator.GetBytes(3_000_001);
        string deep = $"{new string('d', 70)}/{new string('e', 70)}";
        here.File($"tree/{deep}/{new string('f', 60)}", "long");
        await File.WriteAllBytesAsync(here.File("tree/ünï cödé"), bulk);
        File.SetLastWriteTimeUtc(here.File("tree/tool", "run", UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead), s_time);
        here.File("tree/nothing");
        here.Make("tree/empty");
        here.Link("tree/link", "/etc/shadow");
        Assert.Equal(0, Syscall.link(here.Path + "/tree/tool", here.Path + "/tree/other name"));
        Directory.SetLastWriteTimeUtc(here.Path + "/tree/empty", s_time);
        Directory.SetLastWriteTimeUtc(here.Path + "/tree", s_time);

        using MemoryStream packed = new(await TarAsync(["-c", "--format", format, "-C", here.Path, "tree"]));
        CopyReport report = await zone.CopyInAsync(packed, "/srv");
        Assert.Equal((5L, 4L, 1L, 0L), (report.Files, report.Directories, report.Links, report.RefusedCount));
        Assert.Equal($"540 0 0 540 0 0 /etc/shadow long {s_time:yyyy-MM-dd} {s_time:yyyy-MM-dd}", (await zone.ShellAsync($"cd /srv/tree; stat -c '%a %u %g' tool 'other name'; readlink link; cat {deep}/f*; echo; stat -c %.10y . empty; cmp tool 'other name'; test ! -s nothing")).ReplaceLineEndings(" "));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bulk)), (await zone.ShellAsync("sha256sum /srv/tree/ün*")).Split(' ')[0]);

        using MemoryStream unpacked = new();
        CopyReport back = await zone.CopyOutAsync("/srv/tree", unpacked);
        Assert.Equal((5L, 4L, 1L, report.Bytes), (back.Files, back.Directories, back.Links, back.Bytes));
        string place = here.Make("back");
        await TarAsync(["-x", "-p", "-C", place], unpacked.ToArray());
        Assert.Equal(Listing(here.Path + "/tree"), Listing(place + "/tree"));
        Assert.Equal(bulk, await File.ReadAllBytesAsync(place + "/tree/ünï cödé"));
        Assert.Equal("", await zone.ShellAsync("find / -xdev -name '.zone-cp*' 2>/dev/null"));

        // Names begin with the last one of the path, a file is one too, and the contents of a directory have ./ before them.
        using MemoryStream single = new(), contents = new();
        await zone.CopyOutAsync("/srv/tree/tool", single);
        Assert.Equal("tool\n", await NamesAsync(single.ToArray()));
        await zone.CopyOutAsync("/srv/tree/.", contents);
        Assert.StartsWith("./\n./", await NamesAsync(contents.ToArray()));
        contents.Position = 0;
        await zone.CopyInAsync(contents, "/tmp");
        Assert.Equal("run", await zone.ShellAsync("cat /tmp/tool"));
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task What_is_there_is_replaced_file_by_file_and_the_rest_stays(string way) => RunAsync(way, async (host, _, zone, here) =>
    {
        here.File("tree/sub/new", "new");
        here.File("tree/sub/changed", "changed");
        here.File("tree/was-link", "file");
        await zone.ShellAsync("mkdir -p /srv/tree/sub; chmod 711 /srv/tree; cd /srv/tree; echo own >sub/own; echo old >sub/changed; ln -s /etc/hostname was-link");
        using MemoryStream packed = new(await TarAsync(["-c", "-C", here.Path, "tree"]));
        await zone.CopyInAsync(packed, "/srv");
        Assert.Equal("new changed own file z1 711", (await zone.ShellAsync("cd /srv/tree; cat sub/new; echo; cat sub/changed; echo; cat sub/own was-link; echo; cat /etc/hostname; stat -c %a /srv/tree")).ReplaceLineEndings(" "));
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(packed.ToArray()), "/nowhere"));
        Assert.Equal((2, "z1:/nowhere: cannot open the directory: ENOENT (no such file or directory); make it first"), (refused.Errno, refused.Message));
        Assert.Equal(2, (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync("/nowhere", new MemoryStream()))).Errno);
        Assert.Contains("begins with /", (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(), "srv"))).Message);
        Assert.Equal(30, (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(packed.ToArray()), "/usr"))).Errno);

        // A disk that is full half-way.
        await host.UpdateAsync("z1", TestHost.Spec() with { Fs = [new ZoneFs("/small", null) { Type = FsType.Tmpfs, Options = ["size=1M"] }] });
        here.File("tree/a", "first");
        await File.WriteAllBytesAsync(here.Path + "/tree/great", new byte[4 << 20]);
        using MemoryStream great = new(await TarAsync(["-c", "--sort=name", "-C", here.Path, "tree"]));
        ZoneException full = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(great, "/small"));
        Assert.Equal(28, full.Errno);
        Assert.EndsWith("; what came before it is in place: 1 files, 1 new directories, 0 links", full.Message);
        Assert.Equal("/small /small/tree /small/tree/a", (await zone.ShellAsync("find /small | sort")).ReplaceLineEndings(" "));
    });

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task Owners_come_along_when_they_are_asked_for_and_no_rights_come_out(string way) => RunAsync(way, async (_, _, zone, here) =>
    {
        string file = here.File("file", "x");
        Assert.Equal(0, Syscall.chown(file, 33, 44));
        Assert.Equal(0, Syscall.chmod(file, (FilePermissions)Convert.ToUInt32("6755", 8)));
        Assert.Equal(0, Syscall.chown(here.File("foreign", "x"), 3_000_000, 70_000));
        byte[] packed = await TarAsync(["-c", "-C", here.Path, "file", "foreign"]);
        await zone.ShellAsync("mkdir /srv/plain /srv/kept");
        await zone.CopyInAsync(new MemoryStream(packed), "/srv/plain");
        await zone.CopyInAsync(new MemoryStream(packed), "/srv/kept", new CopyOptions { Owners = true });
        Assert.Equal("755 0 0 6755 33 44 65534 65534", (await zone.ShellAsync("stat -c '%a %u %g' /srv/plain/file /srv/kept/file; stat -c '%u %g' /srv/kept/foreign")).ReplaceLineEndings(" "));
        foreach ((bool owners, string expected) in ((bool, string)[])[(false, "-rwxr-xr-x 0/0"), (true, "-rwxr-xr-x 33/44")])
        {
            using MemoryStream archive = new();
            await zone.CopyOutAsync("/srv/kept/file", archive, new CopyOptions { Owners = owners });
            Assert.StartsWith(expected, await ListAsync(archive.ToArray()));
        }
    });

    [Fact]
    public async Task Of_an_installed_zone_it_is_its_private_files()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        here.File("tree/file", "content");
        byte[] packed = await TarAsync(["-c", "-C", here.Path, "tree"]);
        await zone.CopyInAsync(new MemoryStream(packed), "/srv");
        ZoneException elsewhere = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(packed), "/usr"));
        Assert.EndsWith("is there only while the zone runs; boot it first", elsewhere.Message);

        // Below a directory that is the zone's own, too, nothing goes where it would not be seen any more.
        here.File("etc/mine", "mine");
        here.File("tmp/lost", "lost");
        here.File("usr/bin/lost", "lost");
        CopyReport partly = await zone.CopyInAsync(new MemoryStream(await TarAsync(["-c", "-C", here.Path, "etc", "tmp", "usr"])), "/");
        Assert.Equal((1L, 0L, 3L), (partly.Files, partly.Directories, partly.RefusedCount));
        Assert.Contains("z1:/tmp/lost: what is at /tmp is there only while the zone runs; boot it first", partly.Refused);
        Assert.Empty(FileTree.Of(await zone.PrivateRootAsync() + "/tmp"));
        Assert.Empty(FileTree.Of(await zone.PrivateRootAsync() + "/usr"));
        ZoneException lost = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(here.Path + "/tmp/.", "/tmp"));
        Assert.EndsWith("boot it first", lost.Message);
        lost = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(here.Path + "/.", "/"));
        Assert.EndsWith("boot it first", lost.Message);
        using MemoryStream back = new();
        await zone.CopyOutAsync("/srv/tree", back);
        Assert.Equal("tree/\ntree/file\n", await NamesAsync(back.ToArray()));
        await zone.BootAsync();
        Assert.Equal("content 0", (await zone.ShellAsync("cat /srv/tree/file; echo; stat -c %u /srv/tree/file")).ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData(InProcess)]
    [InlineData(Served)]
    public Task Whoever_leaves_in_the_middle_leaves_nothing_half_made(string way) => RunAsync(way, async (_, inside, zone, here) =>
    {
        await File.WriteAllBytesAsync(here.Path + "/great", new byte[8 << 20]);
        byte[] packed = await TarAsync(["-c", "-C", here.Path, "great"]);
        using CancellationTokenSource leaving = new();
        using HaltingStream halting = new(packed, 4 << 20);
        Task<CopyReport> copying = zone.CopyInAsync(halting, "/srv", cancellationToken: leaving.Token);
        await halting.Halted;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        await Eventually.TrueAsync(async () => await inside.ShellAsync("ls -A /srv") == "", "something is left");
        await Eventually.TrueAsync(async () => (await inside.StatAsync()).Processes == 1, "its helper is left");

        // What cannot be read is nobody's fault here, and is told.
        ZoneException broken = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(packed, 0, 100_000), "/srv"));
        Assert.Equal("the archive ends in the middle", broken.Message);
        Assert.Equal("", await inside.ShellAsync("ls -A /srv"));

        using CancellationTokenSource enough = new();
        await inside.ShellAsync("truncate -s 100G /srv/holes");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => zone.CopyOutAsync("/srv/holes", new EndlessSink(() => enough.Cancel()), cancellationToken: enough.Token));
        await Eventually.TrueAsync(async () => (await inside.StatAsync()).Processes == 1, "its helper is left");
    });

    [Fact]
    public async Task An_archive_that_breaks_off_on_its_way_out_is_not_taken_for_whole()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync("mkdir /srv/t; echo x >/srv/t/file");
        await zone.PerlAsync("chdir '/srv/t'; for (1..1100) { mkdir 'd' or die; chdir 'd' or die }");
        using MemoryStream archive = new();
        ZoneException deep = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync("/srv/t", archive));
        Assert.Contains("directories deep", deep.Message);
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyInAsync(new MemoryStream(archive.ToArray()), "/tmp"));
        Assert.StartsWith("the archive ends without the mark of its end", refused.Message);
    }

    [Fact]
    public Task A_file_older_than_the_count_of_seconds_keeps_its_time() => RunAsync(InProcess, async (_, _, zone, here) =>
    {
        here.File("old", "1");
        using Process touch = Process.Start("touch", ["-d", "@-1.5", here.Path + "/old"]);
        await touch.WaitForExitAsync();
        using MemoryStream packed = new(await TarAsync(["-c", "--format=posix", "-C", here.Path, "old"]));
        await zone.CopyInAsync(packed, "/srv");
        Assert.Equal("-1.500000000", await zone.ShellAsync("stat -c %.9Y /srv/old"));
    });

    [Fact]
    public async Task What_an_archive_does_not_hold_is_left_out_and_told()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync(@"mkdir /srv/t; cd /srv/t; echo x >file; mkfifo pipe; echo y >""$(printf 'b\351d')""; ln -s ""$(printf 'b\351d')"" link; touch -d '1901-01-01' old; touch -d '2400-01-01' new");
        using MemoryStream archive = new();
        CopyReport report = await zone.CopyOutAsync("/srv/t", archive);
        Assert.Equal((3L, 0L, 3L), (report.Files, report.Links, report.RefusedCount));
        Assert.Contains("z1:/srv/t/pipe: is a pipe (FIFO), which is not copied", report.Refused);
        Assert.Contains("z1:/srv/t/link: leads to a name that is not UTF-8, which an archive does not hold", report.Refused);
        Assert.Equal(["t/", "t/file", "t/new", "t/old"], (await NamesAsync(archive.ToArray())).TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    /// <summary>Over the socket it is for who may log in, and of a zone that runs: what a halted zone's files may become is not up to them.</summary>
    [Fact]
    public async Task Over_the_socket_it_is_for_who_may_log_in_and_of_a_zone_that_runs()
    {
        await using TestHost test = new();
        using ServedUsers users = new();
        ZoneSpec spec = TestHost.Spec() with { Admin = [new("daemon") { Auths = ["login", "manage"] }, new("games") { Auths = ["manage", "clonefrom"] }] };
        Zone zone = await test.RunningAsync(spec);
        await test.RunningAsync(TestHost.Spec("other"));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await zone.ShellAsync("echo content >/srv/file");
        using Process copy = users.Start(serve, "daemon", "cp", "z1:/srv/file", "-");
        using MemoryStream archive = new();
        await copy.StandardOutput.BaseStream.CopyToAsync(archive);
        await copy.WaitForExitAsync();
        Assert.Equal("file\n", await NamesAsync(archive.ToArray()));
        Assert.Equal(0, await SendAsync(users.Start(serve, "daemon", "cp", "-", "z1:/tmp"), archive.ToArray()));
        Assert.Equal("content", await zone.ShellAsync("cat /tmp/file"));

        Assert.Contains("does not give you login", (await users.RunAsync(serve, "games", "cp", "z1:/srv/file", "-")).Complaint());
        Assert.Contains("does not give you login", (await users.RunAsync(serve, "games", "cp", "-", "z1:/srv")).Complaint());
        Assert.Contains("no such zone", (await users.RunAsync(serve, "daemon", "cp", "other:/etc/passwd", "-")).Complaint());
        Assert.Contains("not permitted: a path of the host is root's", (await users.RunAsync(serve, "daemon", "cp", "z1:/srv/file", "/tmp/x")).Complaint());
        await zone.HaltAsync();
        Assert.Contains("is not running; boot it first", (await users.RunAsync(serve, "daemon", "cp", "z1:/srv/file", "-")).Complaint());
        Assert.Contains("is not running; boot it first", (await users.RunAsync(serve, "daemon", "cp", "-", "z1:/srv")).Complaint());
    }

    /// <summary>A scenario on a running zone: with the host that it is asked of, the zone as this process knows it and as that host does, and a directory.</summary>
    private static async Task RunAsync(string way, Func<IZoneHost, Zone, Zone, TemporaryDirectory, Task> scenario)
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone inside = await test.RunningAsync(TestHost.Spec());
        if (way == InProcess)
        {
            await scenario(test.Host, inside, inside, here);
            return;
        }

        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await scenario(host, inside, await host.GetAsync(inside.Name), here);
    }

    /// <summary>Types, modes, times and names.</summary>
    private static IEnumerable<string> Listing(string directory) => FileTree.Of(directory).Prepend(directory)
        .Select(path => $"{FileStat.Mode(path):x} {(new FileInfo(path).LinkTarget is { } target ? target : $"{File.GetLastWriteTimeUtc(path):s}")} {path[directory.Length..]}");

    private static async Task<string> NamesAsync(byte[] archive) => System.Text.Encoding.UTF8.GetString(await TarAsync(["-t", "--quoting-style=literal"], archive));

    private static async Task<string> ListAsync(byte[] archive) => System.Text.Encoding.UTF8.GetString(await TarAsync(["-t", "-v", "--numeric-owner"], archive));

    /// <summary>Runs tar, which has nothing to complain of.</summary>
    internal static async Task<byte[]> TarAsync(string[] words, byte[]? input = null)
    {
        using Process tar = Process.Start(new ProcessStartInfo("tar", words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using MemoryStream output = new();
        Task<string> complaint = tar.StandardError.ReadToEndAsync();
        Task reading = tar.StandardOutput.BaseStream.CopyToAsync(output);
        await tar.StandardInput.BaseStream.WriteAsync(input ?? []);
        tar.StandardInput.Close();
        await reading;
        Assert.Equal("", await complaint);
        await tar.WaitForExitAsync();
        return output.ToArray();
    }

    private static async Task<int> SendAsync(Process process, byte[] archive)
    {
        using (process)
        {
            await process.StandardInput.BaseStream.WriteAsync(archive);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }

    /// <summary>An archive whose sender falls silent.</summary>
    private sealed class HaltingStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _halted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Halted => _halted.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= most)
            {
                _halted.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }

    /// <summary>Takes what comes, and says when it was enough.</summary>
    private sealed class EndlessSink(Action enough) : MemoryStream
    {
        private long _taken;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _taken += buffer.Length;
            if (_taken > 8 << 20)
            {
                enough();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        }
    }
}
