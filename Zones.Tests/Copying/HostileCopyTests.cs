using System.Globalization;

namespace Zones.Tests.Copying;

/// <summary>A zone whose root does all it can to lead a copy out of the zone: links of every kind, races, files that are none.</summary>
public sealed class HostileCopyTests
{
    private const string Secret = "secret of the host";

    [Fact]
    public async Task No_link_leads_out_of_the_zone()
    {
        await using TestHost test = new();
        using TemporaryDirectory host = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        string secret = host.File("secret", Secret), victim = host.File("victim", "untouched");
        await zone.ShellAsync($"""
            mkdir /srv/t; cd /srv/t
            ln -s {secret} absolute; ln -s ../../../../../../../../../..{secret} above
            ln -s {host.Path} directory; ln -s /proc/self/root{host.Path} magic; ln -s /proc/1/root up; ln -s /proc/self/cwd here
            """);
        foreach (string path in (string[])["absolute", "above", "directory/secret", "magic/secret", "up" + secret, "here/../.." + secret])
        {
            ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync("/srv/t/" + path, host.Path + "/out"));
            Assert.True(refused.Errno is 2 or 13 or 40, refused.Message);
        }

        foreach (string path in (string[])["/proc/self/root" + secret, "/proc/1/root" + secret, "/proc/1/cwd" + secret, "/../../.." + secret])
        {
            await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync(path, host.Path + "/out"));
        }

        Assert.False(File.Exists(host.Path + "/out"));
        foreach (string path in (string[])["directory/victim", "magic/victim", "up" + victim, "directory"])
        {
            await Record.ExceptionAsync(() => zone.CopyInAsync(secret, "/srv/t/" + path));
        }

        // A link at the end is replaced and not written through; in a tree it is copied as a link.
        await zone.ShellAsync($"ln -s {victim} /srv/t/end");
        await zone.CopyInAsync(host.File("new", "new"), "/srv/t/end");
        Assert.Equal("new", await zone.ShellAsync("cat /srv/t/end"));
        Assert.Equal("untouched", File.ReadAllText(victim));
        await zone.CopyOutAsync("/srv/t", host.Path + "/tree");
        Assert.Equal(secret, new FileInfo(host.Path + "/tree/absolute").LinkTarget);
        Assert.Equal(["new", "secret", "tree", "victim"], Directory.GetFileSystemEntries(host.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_directory_that_becomes_a_link_during_the_copy_leads_nowhere()
    {
        await using TestHost test = new();
        using TemporaryDirectory host = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        string inside = host.Make("target");
        host.File("target/secret", Secret);
        await zone.ShellAsync($"mkdir -p /srv/t/real /srv/t/x; echo fine >/srv/t/real/secret; ln -s {inside} /srv/t/link; cp -a /srv/t/real/. /srv/t/x");

        // x is a directory and a link to one of the host's in turn, without a moment at which it is neither.
        const string swap = "$a='/srv/t/x'; $b='/srv/t/link'; while (1) { syscall(316, -100, $a, -100, $b, 2) }"; // renameat2, RENAME_EXCHANGE
        await using ZoneProcess racer = await zone.StartAsync(new ExecRequest(["perl", "-e", swap]) { Io = ExecIo.Detached });
        (string In, string Out)[] ways = [("/srv/t/x/new", "/srv/t/x/secret"), ("/srv/t/x", "/srv/t/x"), ("/srv/t", "/srv/t")];
        string file = host.File("file", "content");
        host.File("packed/x/new", "content");
        host.File("packed/x/below/new", "content");
        byte[] packed = await ArchiveTests.TarAsync(["-c", "-C", host.Path + "/packed", "x"]);
        for (int i = 0; i < 150; i++)
        {
            (string into, string from) = ways[i % ways.Length];
            string copy = host.Path + "/out" + i.ToString(CultureInfo.InvariantCulture);
            await Attempt(() => zone.CopyInAsync(file, into));
            await Attempt(() => zone.CopyOutAsync(from, copy));
            Assert.DoesNotContain(Files(copy), path => File.ReadAllText(path).Contains(Secret, StringComparison.Ordinal));

            // As archives: what is in the way is left out, and nothing of the host's comes.
            using MemoryStream archive = new();
            await Attempt(() => zone.CopyOutAsync(from, archive));
            Assert.Equal(-1, archive.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Secret)));
            await Attempt(() => zone.CopyInAsync(new MemoryStream(packed), "/srv/t"));
        }

        racer.Signal(9);
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(inside).Select(Path.GetFileName));

        // Of what is copied links stay links; the host's own reader follows them, not we.
        static IEnumerable<string> Files(string path) => File.Exists(path) && new FileInfo(path).LinkTarget is null ? [path]
            : Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null ? Directory.EnumerateFileSystemEntries(path).SelectMany(Files) : [];
    }

    [Fact]
    public async Task What_is_no_file_is_left_out_and_holds_nobody_up()
    {
        await using TestHost test = new();
        using TemporaryDirectory host = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.ShellAsync("mkdir /srv/t; cd /srv/t; mkfifo pipe; echo fine >file; perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un(q(socket)))'");
        CopyReport report = await zone.CopyOutAsync("/srv/t", host.Path + "/out").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((1L, 2L), (report.Files, report.RefusedCount));
        Assert.Contains("z1:/srv/t/pipe: is a pipe (FIFO), which is not copied", report.Refused);
        Assert.Equal([host.Path + "/out/file"], Directory.GetFileSystemEntries(host.Path + "/out"));
        foreach (string special in (string[])["/srv/t/pipe", "/dev/null", "/dev/tty", "/dev/pts/ptmx", "/proc/kmsg", "/proc/self/mem", "/sys/kernel/uevent_seqnum"])
        {
            await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync(special, host.Path + "/special").WaitAsync(TimeSpan.FromSeconds(60)));
        }

        Assert.Equal([host.Path + "/out"], Directory.GetFileSystemEntries(host.Path));

        // A tree in which the kernel's own files lie: they stay where they are.
        report = await zone.CopyOutAsync("/dev", host.Path + "/dev").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(Directory.GetFileSystemEntries(host.Path + "/dev/pts"));
    }

    [Fact]
    public async Task A_file_that_grows_without_end_and_a_tree_without_a_floor_come_to_an_end()
    {
        await using TestHost test = new();
        using TemporaryDirectory host = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ZoneProcess writer = await zone.StartAsync(new ExecRequest(["sh", "-c", "while :; do echo more; done >/srv/grows"]) { Io = ExecIo.Detached });
        await Eventually.TrueAsync(() => zone.SucceedsAsync("test -s /srv/grows"), "nothing is written");
        await zone.CopyOutAsync("/srv/grows", host.Path + "/grows").WaitAsync(TimeSpan.FromSeconds(60));
        writer.Signal(9);

        await zone.PerlAsync("chdir '/srv'; for (1..1500) { mkdir 'd' or die; chdir 'd' or die }");
        ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.CopyOutAsync("/srv/d", host.Path + "/deep").WaitAsync(TimeSpan.FromSeconds(120)));
        Assert.Contains("1000 directories deep", refused.Message);
        Assert.Equal([host.Path + "/grows"], Directory.GetFileSystemEntries(host.Path));
    }

    [Fact]
    public async Task A_zone_cannot_reach_the_process_that_copies()
    {
        await using TestHost test = new();
        using TemporaryDirectory host = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ZoneProcess watcher = await zone.StartAsync(new ExecRequest(["sh", "-c", "while :; do for p in /proc/[0-9]*; do read -r name <$p/comm && [ \"$name\" = zone-hand ] && echo seen; done 2>/dev/null; done"]) { Io = ExecIo.Detached });
        for (int i = 0; i < 8; i++)
        {
            await zone.CopyOutAsync("/etc", host.Path + "/etc" + i.ToString(CultureInfo.InvariantCulture));
        }

        watcher.Signal(9);
        Assert.Empty(await zone.LogsAsync().ToListAsync());
    }

    /// <summary>What a race makes of it is an error that says so, or nothing.</summary>
    private static async Task Attempt(Func<Task<CopyReport>> copy)
    {
        Exception? error = await Record.ExceptionAsync(copy);
        Assert.True(error is null or ZoneException, error?.ToString());
    }
}
