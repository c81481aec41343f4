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

    [Theory]
    [InlineData(2, "cp needs a path in a zone and one of this host", "/etc/hostname", "/tmp/x")]
    [InlineData(2, "cp needs a path in a zone and one of this host", "z1:/a", "z1:/b")]
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
}
