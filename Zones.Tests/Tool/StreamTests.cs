using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>Standard descriptors that are closed, full or not read, and callers who are not root.</summary>
public sealed class StreamTests
{
    private const string Nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";

    [Theory]
    [InlineData("list -c")]
    [InlineData("list -c --format json")]
    [InlineData("list -c --format yaml")]
    [InlineData("show z1")]
    [InlineData("events")]
    [InlineData("stat")]
    [InlineData("verify z1 --format json")]
    [InlineData("--help")]
    [InlineData("list --help")]
    [InlineData("--version")]
    public async Task Output_that_cannot_be_written_is_an_error(string command)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        CommandResult full = await zone.ShellAsync($"zone {command} >/dev/full");
        Assert.Equal((1, "zone: standard output cannot be written: ENOSPC (no space left on device)"), (full.Code, full.Complaint()));
        CommandResult closed = await zone.ShellAsync($"zone {command} >&-");
        Assert.Equal((1, "zone: standard output cannot be written: EBADF (bad file descriptor)"), (closed.Code, closed.Complaint()));
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_is_no_error()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        foreach (string command in (string[])["list -c", "show z1", "events", "stat 0.05", "--help"])
        {
            // The pause lets the reader end first, so that the first write already fails.
            Assert.Equal(new CommandResult(0, "0\n", ""), await zone.ShellAsync($"exec 3>&1; {{ sleep 0.2; zone {command}; echo $? >&3; }} | :"));
        }
    }

    [Fact]
    public async Task Without_standard_descriptors_it_works_and_its_own_files_are_not_taken_for_them()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        Assert.Equal(new CommandResult(0, "", ""), await zone.ShellAsync("zone launch a <&- >&- 2>&-"));
        Assert.Equal(new CommandResult(2, "", ""), await zone.ShellAsync("zone nonsense 2>&-"));
        Assert.Equal(new CommandResult(0, "", ""), await zone.ShellAsync("zone exec a -- cat <&-"));
        Assert.Equal(new CommandResult(0, "[]\n", ""), await zone.ShellAsync("zone exec a -- sh -c 'echo \"[$(cat)]\"' <&- 2>&-"));
        CommandResult empty = await zone.ShellAsync("zone create -f - <&-");
        Assert.Equal((1, "zone: standard input:1:1: is empty; a spec has at least 'zone: NAME'"), (empty.Code, empty.Complaint()));
        Assert.Equal("a\n", await zone.OkAsync("list"));
    }

    [Fact]
    public async Task Who_is_not_root_is_told_so()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        foreach (string command in (string[])["list", "show z1", "stat z1", "boot z1", "halt z1", "recover", "create z2", "delete -F z1", "logs z1"])
        {
            CommandResult result = await AsNobodyAsync(zone, command);
            Assert.Equal(1, result.Code);
            Assert.Contains("root", result.Complaint());
        }

        Assert.Equal(125, (await AsNobodyAsync(zone, "exec z1 -- true")).Code);
        Assert.Equal(125, (await AsNobodyAsync(zone, "run --rm z3 -- true")).Code);
        Assert.Equal(ZoneState.Running, (await test.Host.InfoAsync("z1")).State);
        Assert.Single(await test.Host.ListAsync());
    }

    /// <summary>A place that is hidden, not there, not theirs, or whose catalogue is: none of them is a host without zones.</summary>
    [Theory]
    [InlineData("hidden", 0x1C0)]
    [InlineData("none", null)]
    [InlineData("empty", 0x1ED)]
    [InlineData("open", 0x1ED)]
    public async Task A_state_directory_that_is_not_ones_own_is_no_empty_host(string directory, int? mode)
    {
        using TemporaryDirectory place = new();
        File.SetUnixFileMode(place.Path, (UnixFileMode)0x1ED);
        await using TestHost test = new(below: directory, directory: place.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(test.State)!, (UnixFileMode)0x1ED);
        if (mode is { } own)
        {
            Directory.CreateDirectory(test.State, (UnixFileMode)own);
        }

        if (directory == "open")
        {
            await test.Host.CreateAsync(TestHost.Spec());
        }

        ZoneCli zone = new(test.State);
        foreach (string command in (string[])["list -c", "list -c --format json", "show z1", "boot z1", "create z2", "events", "recover"])
        {
            CommandResult result = await AsNobodyAsync(zone, command);
            Assert.Equal((1, ""), (result.Code, result.Output));
            Assert.Contains("zones need root: use sudo, or 'zone --connect /run/zones.sock' where an administrator runs 'zone serve'", result.Complaint());
        }
    }

    [Fact]
    public async Task Who_is_not_root_may_write_specs_but_not_run_them()
    {
        await using TestHost test = new();
        DirectoryInfo own = Directory.CreateTempSubdirectory("zones-nobody-");
        try
        {
            File.SetUnixFileMode(own.FullName, (UnixFileMode)0x1ff);
            ZoneCli zone = new(own.FullName);
            Assert.Equal(new CommandResult(0, "", ""), await AsNobodyAsync(zone, "create z1"));
            Assert.Equal(new CommandResult(0, "z1\n", ""), await AsNobodyAsync(zone, "list -c"));
            foreach (string command in (string[])["install z1", "boot z1", "launch z2", "recover"])
            {
                CommandResult result = await AsNobodyAsync(zone, command);
                Assert.Equal((1, "zone: zones need root: use sudo, or 'zone --connect /run/zones.sock' where an administrator runs 'zone serve'"), (result.Code, result.Complaint()));
            }

            Assert.Equal(new CommandResult(0, "z1\n", ""), await AsNobodyAsync(zone, "list -c"));
            Assert.Equal(new CommandResult(0, "", ""), await AsNobodyAsync(zone, "delete -F z1"));
        }
        finally
        {
            own.Delete(recursive: true);
        }
    }

    /// <summary>The program lies where not everybody may go, so root opens it.</summary>
    private static Task<CommandResult> AsNobodyAsync(ZoneCli zone, string command) =>
        zone.ShellAsync($"exec 9<'{ZoneCli.Path}'; {Nobody} /proc/self/fd/9 {command}");
}
