namespace Zones.Tests.Tool;

/// <summary><c>zone cp</c>.</summary>
public sealed class CpTests
{
    [Fact]
    public async Task Files_and_directories_go_in_and_out()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone z1 = await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        string file = here.File("tree/a:b", "content\n");
        Assert.Equal("", await zone.OkAsync("cp", file, "z1:/srv/file"));
        Assert.Equal("", await zone.OkAsync("cp", here.Path + "/tree", "z1:/srv"));
        Assert.Equal("content content", (await z1.ShellAsync("cat /srv/file /srv/tree/a:b")).ReplaceLineEndings(" "));
        Assert.Equal("""{"files":1,"directories":1,"links":0,"bytes":8,"refused":[],"refused-count":0}""", Json.Parse(await zone.OkAsync("cp", "--format", "json", "z1:/srv/tree", here.Path + "/back")).ToJsonString());
        Assert.Equal("content\n", File.ReadAllText(here.Path + "/back/a:b"));
        await z1.ShellAsync("chown 33:44 /srv/file; mkfifo /srv/tree/pipe");
        await zone.OkAsync("cp", "-a", "z1:/srv/file", here.Path + "/kept");
        Assert.Equal((33u, 44u), FileStat.Owner(here.Path + "/kept"));
        CommandResult refused = await zone.RunAsync("cp", "z1:/srv/tree", here.Path + "/partly");
        Assert.Equal((1, "zone: z1:/srv/tree/pipe: is a pipe (FIFO), which is not copied"), (refused.Code, refused.Complaint()));
        Assert.True(File.Exists(here.Path + "/partly/a:b"));
    }

    [Fact]
    public async Task A_dash_is_an_archive_of_tars()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        Zone z1 = await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        here.File("tree/file", "content");
        here.File("-", "dash");
        CommandResult both = await zone.ShellAsync($"cd {here.Path}; tar -c tree | zone cp - z1:/srv && zone cp z1:/srv/tree - | tar -x -C {here.Make("back")}; zone cp z1:/srv/tree - | zone cp - z1:/tmp; zone cp ./- z1:/srv/dash");
        Assert.Equal((0, "", ""), (both.Code, both.Output, both.Error));
        Assert.Equal("content", File.ReadAllText(here.Path + "/back/tree/file"));
        Assert.Equal("content dash", await z1.ShellAsync("cat /tmp/tree/file; echo -n ' '; cat /srv/dash"));
        CommandResult told = await zone.ShellAsync($"tar -c -C {here.Path} tree | zone cp --format json - z1:/srv");
        Assert.Equal("""{"files":1,"directories":0,"links":0,"bytes":7,"refused":[],"refused-count":0}""", Json.Parse(told.Output).ToJsonString());
        CommandResult partly = await zone.ShellAsync($"tar -cP {here.Path}/tree/file {here.Path}/- | zone cp - z1:/srv");
        Assert.Equal((1, $"zone: {here.Path}/tree/file: has an absolute name; pack it without -P\nzone: {here.Path}/-: has an absolute name; pack it without -P\n"), (partly.Code, partly.Error));
        Assert.Equal((1, "zone: the archive ends without the mark of its end; what made it has broken off\n"), await zone.ShellAsync("zone cp - z1:/srv </dev/null") switch { var r => (r.Code, r.Error) });

        // A reader that has seen enough is no error, and neither a silent writer nor a reader that does not read keeps anybody from interrupting.
        await z1.ShellAsync("head -c 3000000 /dev/zero >/srv/great");
        CommandResult enough = await zone.ShellAsync("zone cp z1:/srv/great - | head -c 1000 | wc -c");
        Assert.Equal((0, "1000", ""), (enough.Code, enough.Output.Trim(), enough.Error));
        foreach (string[] words in (string[][])[["cp", "-", "z1:/srv"], ["cp", "z1:/srv/great", "-"]])
        {
            using System.Diagnostics.Process stuck = zone.Start(words);
            await Eventually.TrueAsync(async () => (await z1.StatAsync()).Processes == 2, "the copy has not begun");
            Mono.Unix.Native.Syscall.kill(stuck.Id, Mono.Unix.Native.Signum.SIGINT);
            await stuck.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(130, stuck.ExitCode);
        }

        await using PseudoTerminal terminal = PseudoTerminal.Start(test, "cp", "z1:/srv", "-");
        Assert.Equal(2, await terminal.EndAsync());
        await terminal.SeesAsync("zone: standard output is a terminal, and shows no archive; a file of the name - is ./-");
    }

    [Theory]
    [InlineData(2, "cp needs a path in a zone and one of this host", "/etc/hostname", "/tmp/x")]
    [InlineData(2, "cp needs a path in a zone and one of this host", "z1:/a", "z1:/b")]
    [InlineData(2, "cp needs a path in a zone and one of this host", "-", "-")]
    [InlineData(2, "--format tells on standard output what was copied, where the archive is to be", "--format", "json", "z1:/a", "-")]
    [InlineData(2, "'z1:a': a path in a zone begins with /, as in z1:/a; a file of this host with a colon in its name is ./z1:a", "z1:a", "/tmp/x")]
    [InlineData(2, "zone cp needs TARGET; see 'zone cp --help'", "z1:/a")]
    [InlineData(1, "nope: no such zone", "nope:/a", "/tmp/x")]
    [InlineData(1, "z1: not installed; install it first", "z1:/a", "/tmp/x")]
    public async Task What_is_wrong_is_told(int code, string message, params string[] words)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        Assert.StartsWith("zone: " + message, await new ZoneCli(test.State).FailAsync(code, ["cp", .. words]));
    }

    [Fact]
    public async Task What_cannot_be_written_is_named_by_its_own_path()
    {
        await using TestHost test = new();
        using TemporaryDirectory here = new();
        await test.RunningAsync(TestHost.Spec());
        string file = here.File("file", "x");
        Directory.CreateDirectory(here.Path + "/tree");
        File.Move(file, here.Path + "/tree/file");
        foreach ((string source, string target, string named) in ((string, string, string)[])[("tree/file", "/usr/x", "/usr/x"), ("tree/file", "/usr", "/usr/file"), ("tree/.", "/usr/", "/usr/file")])
        {
            Assert.Equal(
                $"zone: z1:{named}: cannot make the copy: EROFS (read-only file system); the zone may only read that, by its root, fs or file-mac-profile; choose another place",
                await new ZoneCli(test.State).FailAsync(1, "cp", $"{here.Path}/{source}", "z1:" + target));
        }
    }
}
