using System.Security.Cryptography;
using Zones.Tests.Support;

namespace Zones.Tests.Exec;

/// <summary>Commands inside a running zone.</summary>
public class CommandTests(DefaultZone fixture) : IClassFixture<DefaultZone>
{
    private readonly Zone _zone = fixture.Zone;

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    public async Task The_exit_code_is_the_command_s(string script, int code) => Assert.Equal(code, (await _zone.ExecAsync(["sh", "-c", script])).ExitCode);

    [Theory]
    [InlineData("no-such-command", 127)]
    [InlineData("/no/such/command", 127)]
    [InlineData("/etc/passwd/x", 127)]
    [InlineData("/etc/passwd", 126)]
    [InlineData("/etc", 126)]
    public async Task A_command_that_cannot_be_executed_says_which_way(string command, int code)
    {
        ExecResult result = await _zone.ExecAsync([command]);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(command, result.StandardError, StringComparison.Ordinal);
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => _zone.StartAsync(new ExecRequest([command])));
        Assert.True(code == 127 ? error.Errno is 2 or 20 : error.Errno == 13, error.Message);
    }

    [Fact]
    public async Task A_name_in_a_directory_of_PATH_that_is_not_executable_is_passed_over()
    {
        await _zone.ShellAsync("mkdir -p /var/one /var/two; echo x >/var/one/tool; printf '#!/bin/sh\\necho two\\n' >/var/two/tool; chmod +x /var/two/tool");
        ExecResult result = await _zone.ExecAsync(new ExecRequest(["tool"]) { Environment = new() { ["PATH"] = "/nowhere:/var/one:/var/two" } });
        Assert.Equal("two\n", result.StandardOutput);
        Assert.Equal(126, (await _zone.ExecAsync(new ExecRequest(["tool"]) { Environment = new() { ["PATH"] = "/var/one" } })).ExitCode);
    }

    [Theory]
    [InlineData("www-data", "33 33 33 /var/www www-data")]
    [InlineData("33", "33 33 33 /var/www www-data")]
    [InlineData("33:4", "33 4 4 /var/www www-data")]
    [InlineData("5000:6000", "5000 6000 - / 5000")]
    public async Task It_runs_as_the_user_that_is_named(string user, string expected)
    {
        ExecResult result = await _zone.ExecAsync(new ExecRequest(["perl", "-e", "@g = split ' ', $); shift @g; print \"$> \", $)+0, ' ', join(',', @g) || '-', \" $ENV{HOME} $ENV{USER}\""]) { User = user });
        Assert.Equal(expected, result.StandardOutput);
    }

    [Theory]
    [InlineData("nobody-of-that-name")]
    [InlineData("-1")]
    [InlineData("0:x")]
    [InlineData("70000")]
    public async Task A_user_that_is_none_is_an_error(string user) =>
        await Assert.ThrowsAnyAsync<ZoneException>(() => _zone.StartAsync(new ExecRequest(["true"]) { User = user }));

    [Fact]
    public async Task It_starts_where_it_is_told_to()
    {
        Assert.Equal("/\n", (await _zone.ExecAsync(["pwd"])).StandardOutput);
        Assert.Equal("/usr/lib\n", (await _zone.ExecAsync(new ExecRequest(["pwd"]) { WorkingDirectory = "/usr/lib" })).StandardOutput);
        await _zone.ShellAsync("mkdir -p /var/www");
        Assert.Equal("/var/www\n", (await _zone.ExecAsync(new ExecRequest(["pwd"]) { User = "www-data" })).StandardOutput);
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => _zone.StartAsync(new ExecRequest(["pwd"]) { WorkingDirectory = "/no/where" }));
        Assert.Contains("/no/where", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Megabytes_of_any_bytes_go_in_and_come_out_as_they_are()
    {
        const int length = 24 << 20;
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        await using ZoneProcess process = await _zone.StartAsync(new ExecRequest(["sh", "-c", "tee /dev/stderr"]));
        Task write = Task.Run(async () =>
        {
            await process.StandardInput!.WriteAsync(sent);
            await process.StandardInput.DisposeAsync();
        });
        Task<byte[]> output = ReadAsync(process.StandardOutput!), error = ReadAsync(process.StandardError!);
        await write;
        Assert.Equal(SHA256.HashData(sent), await output);
        Assert.Equal(SHA256.HashData(sent), await error);
        Assert.Equal(0, (await process.WaitAsync()).Code);
    }

    [Fact]
    public async Task Megabytes_are_collected_whole()
    {
        ExecResult result = await _zone.ExecAsync(new ExecRequest(["sh", "-c", "cat; head -c 5000000 /dev/zero | tr '\\0' e >&2"]) { StandardInput = new string('ä', 3_000_000) });
        Assert.Equal(new string('ä', 3_000_000), result.StandardOutput);
        Assert.Equal(5_000_000, result.StandardError.Length);
    }

    [Fact]
    public async Task Input_that_is_not_read_is_no_error() =>
        Assert.Equal(0, (await _zone.ExecAsync(new ExecRequest(["true"]) { StandardInput = new string('x', 1 << 20) })).ExitCode);

    [Fact]
    public async Task What_was_printed_is_there_though_a_child_holds_the_pipe()
    {
        ExecResult result = await _zone.ExecAsync(["sh", "-c", "echo out; echo err >&2; sleep 1000 & exit 3"]);
        Assert.Equal(new ExecResult(3, "out\n", "err\n"), result);
        await _zone.ShellAsync("kill $(cat /proc/[0-9]*/stat | awk '$2 == \"(sleep)\" { print $1 }')");
    }

    [Theory]
    [InlineData(10, 1000)]
    [InlineData(20_000, 20)]
    [InlineData(3, 100_000)]
    public async Task Long_lists_of_arguments_arrive(int count, int length)
    {
        string[] arguments = [.. Enumerable.Range(0, count).Select(i => new string((char)('a' + (i % 26)), length))];
        ExecResult result = await _zone.ExecAsync(["perl", "-e", "print scalar(@ARGV), ' ', length(join('', @ARGV)), ' ', $ARGV[-1] eq chr(97 + $#ARGV % 26) x length($ARGV[-1]) ? 1 : 0", .. arguments]);
        Assert.Equal($"{count} {(long)count * length} 1", result.StandardOutput);
    }

    [Fact]
    public async Task A_list_that_is_too_long_is_refused_with_the_limit()
    {
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => _zone.ExecAsync(["true", .. Enumerable.Range(0, 5000).Select(i => $"{i}{new string('x', 1000)}")]));
        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_longer_than_the_kernel_takes_is_an_error_that_says_so()
    {
        ExecResult result = await _zone.ExecAsync(["true", new string('x', 200_000)]);
        Assert.Equal(126, result.ExitCode);
        Assert.Contains("E2BIG", result.StandardError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Odd_arguments_arrive_as_they_are()
    {
        string[] odd = ["", " ", "a b", "'\"\\$`", "-n", "ünïcödé ☃", "\n"];
        ExecResult result = await _zone.ExecAsync(["perl", "-e", "print join '|', @ARGV", "--", .. odd]);
        Assert.Equal(string.Join('|', odd), result.StandardOutput);
    }

    [Fact]
    public async Task What_the_kernel_would_take_a_part_of_is_refused_before_anything_runs()
    {
        ExecRequest whole = new(["true"]);
        foreach (ExecRequest request in (ExecRequest[])
        [
            whole with { Command = ["echo", "a\0b"] }, whole with { Command = ["true", "\ud800"] }, whole with { User = "root\0x" }, whole with { WorkingDirectory = "/\0x" },
            whole with { Environment = new() { ["A=B"] = "c" } }, whole with { Environment = new() { [""] = "c" } }, whole with { Environment = new() { ["A"] = "b\0C=d" } },
        ])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => _zone.ExecAsync(request));
        }

        using MemoryStream archive = new();
        Assert.Contains("has no NUL", (await Assert.ThrowsAsync<ZoneException>(() => _zone.CopyOutAsync("/etc\0/x", archive))).Message, StringComparison.Ordinal);
        Assert.Equal(0, archive.Length);
    }

    [Fact]
    public async Task Cancelling_kills_the_whole_command()
    {
        using CancellationTokenSource cancel = new();
        Task<ExecResult> running = _zone.ExecAsync(["sh", "-c", "sleep 4711 & sleep 4711; true"], cancel.Token);
        await Eventually.TrueAsync(async () => await Sleepers() >= 2, "the command did not start");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.TrueAsync(async () => await Sleepers() == 0, "a child of the cancelled command lives on");

        async Task<int> Sleepers() => int.Parse(await _zone.ShellAsync("cat /proc/[0-9]*/stat 2>/dev/null | grep -c '(sleep)' || :"), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_timeout_kills_it()
    {
        ExecResult result = await _zone.ExecAsync(new ExecRequest(["sh", "-c", "echo begun; sleep 1001"]) { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(new ExecResult(124, "begun\n", "") { TimedOut = true }, result);
    }

    [Fact]
    public async Task A_timeout_kills_what_has_left_the_process_group_and_its_parents_too()
    {
        // Of what it leaves nothing is there when it is over: no process, and no cgroup.
        ExecRequest request = new(["sh", "-c", "setsid setsid -f sleep 4712; setsid sleep 4712 & sleep 4712; true"]) { Timeout = TimeSpan.FromMilliseconds(700) };
        Assert.True((await _zone.ExecAsync(request)).TimedOut);
        Assert.Equal("0", await _zone.ShellAsync("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[s]leep 4712' || :"));
        Assert.Empty(Directory.GetDirectories(await CgroupAsync()));
    }

    [Fact]
    public async Task A_command_within_its_time_ends_as_it_ends()
    {
        TimeSpan hour = TimeSpan.FromHours(1);
        Assert.Equal(new ExecResult(124, "", ""), await _zone.ExecAsync(new ExecRequest(["sh", "-c", "exit 124"]) { Timeout = hour }));
        Assert.Equal(new ExecResult(137, "", ""), await _zone.ExecAsync(new ExecRequest(["sh", "-c", "kill -KILL $$"]) { Timeout = hour }));
        Assert.Equal(127, (await _zone.ExecAsync(new ExecRequest(["/no/such/command"]) { Timeout = hour })).ExitCode);
        Assert.Empty(Directory.GetDirectories(await CgroupAsync()));
    }

    [Fact]
    public async Task A_time_that_no_timer_keeps_is_refused_before_anything_runs()
    {
        string[] before = Directory.GetDirectories(await CgroupAsync());
        foreach (TimeSpan time in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(60), TimeSpan.MaxValue])
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => _zone.StartAsync(new ExecRequest(["sleep", "4715"]) { Timeout = time }));
        }

        Assert.Equal("0", await CountAsync("[s]leep 4715"));
        Assert.Empty(Directory.GetDirectories(await CgroupAsync()).Except(before));
    }

    [Fact]
    public async Task What_outlives_a_command_keeps_its_cgroup_only_as_long_as_it_lives()
    {
        ExecRequest request = new(["sh", "-c", "setsid -f sleep 0.4716 </dev/null >/dev/null 2>&1"]) { Timeout = TimeSpan.FromHours(1) };
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, (await _zone.ExecAsync(request)).ExitCode);
        }

        await Eventually.TrueAsync(async () => await CountAsync("[s]leep 0.4716") == "0");
        await _zone.ExecAsync(new ExecRequest(["true"]) { Timeout = TimeSpan.FromHours(1) });
        Assert.Empty(Directory.GetDirectories(await CgroupAsync()));
    }

    [Fact]
    public async Task Commands_with_a_time_take_no_cgroup_away_from_each_other()
    {
        ExecRequest request = new(["sh", "-c", "setsid -f sleep 0.01 </dev/null >/dev/null 2>&1"]) { Timeout = TimeSpan.FromHours(1) };
        ExecResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            ExecResult last = await _zone.ExecAsync(request);
            for (int i = 0; i < 20 && last.ExitCode == 0; i++)
            {
                last = await _zone.ExecAsync(request);
            }

            return last;
        })));
        Assert.All(results, result => Assert.Equal(new ExecResult(0, "", ""), result));

        // The cgroups of the last go with the next command, when what outlives them has ended: other tests of this zone find none.
        await Eventually.TrueAsync(
            async () =>
            {
                await _zone.ExecAsync(new ExecRequest(["true"]) { Timeout = TimeSpan.FromHours(1) });
                return Directory.GetDirectories(await CgroupAsync()).Length == 0;
            },
            "a cgroup is left");
    }

    [Fact]
    public async Task What_prints_without_end_is_killed_and_does_not_fill_the_callers_memory()
    {
        ExecRequest request = new(["sh", "-c", "head -c 100000000 /dev/zero; exec sleep 4717"]) { Timeout = TimeSpan.FromSeconds(20) };
        ZoneException error = await Assert.ThrowsAsync<ZoneException>(() => _zone.ExecAsync(request));
        Assert.Contains("more than 64 MiB", error.Message, StringComparison.Ordinal);
        Assert.Equal("0", await CountAsync("[s]leep 4717"));
    }

    [Fact]
    public async Task A_timeout_ends_what_was_only_started_too()
    {
        await using ZoneProcess process = await _zone.StartAsync(new ExecRequest(["sleep", "4713"]) { Io = ExecIo.Terminal, Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(new ExitStatus(124, 9), await process.WaitAsync());
    }

    [Fact]
    public async Task A_detached_command_outlives_who_started_it_prints_to_the_log_and_ends_with_the_zone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        int pid;
        await using (ZoneProcess process = await zone.StartAsync(new ExecRequest(["sh", "-c", "echo from $(id -un); cat; echo err >&2; exec sleep 4714"]) { Io = ExecIo.Detached, User = "nobody" }))
        {
            pid = process.Pid;
            Assert.Null(process.StandardOutput);
        }

        await test.ReopenAsync();
        zone = await test.Host.GetAsync("z1");
        await Eventually.TrueAsync(async () => (await zone.LogsAsync().ToListAsync()) is ["from nobody", "err"], "it does not print to the log");
        Assert.Equal(2, (await zone.StatAsync()).Processes);
        await zone.HaltAsync();
        Assert.False(ZonedProcesses.Lives(pid));
    }

    [Fact]
    public async Task Nobody_keeps_the_time_of_a_detached_command_or_collects_its_output()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _zone.StartAsync(new ExecRequest(["true"]) { Io = ExecIo.Detached, Timeout = TimeSpan.FromSeconds(1) }));
        await Assert.ThrowsAsync<ArgumentException>(() => _zone.ExecAsync(new ExecRequest(["true"]) { Io = ExecIo.Detached }));
    }

    /// <summary>How many of the zone's processes have a command line of this form.</summary>
    private Task<string> CountAsync(string pattern) => _zone.ShellAsync($"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '{pattern}' || :");

    /// <summary>The zone's cgroup: what is below it is of commands.</summary>
    private async Task<string> CgroupAsync()
    {
        int process1 = (await _zone.InfoAsync()).Pid!.Value;
        string root = File.ReadAllLines("/proc/self/mounts").Select(line => line.Split(' ')).First(mount => mount[2] == "cgroup2")[1];
        return root + File.ReadLines($"/proc/{process1}/cgroup").First(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
    }

    [Fact]
    public async Task A_signal_reaches_it()
    {
        await using ZoneProcess process = await _zone.StartAsync(new ExecRequest(["sh", "-c", "trap 'echo caught; exit 5' USR1; echo ready; while :; do sleep 0.05; done"]));
        using StreamReader reader = new(process.StandardOutput!);
        Assert.Equal("ready", await reader.ReadLineAsync());
        process.Signal(10);
        Assert.Equal("caught", await reader.ReadLineAsync());
        Assert.Equal(5, (await process.WaitAsync()).Code);
    }

    [Fact]
    public async Task Fifty_at_once_each_get_their_own_answer()
    {
        ExecResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _zone.ExecAsync(new ExecRequest(["sh", "-c", $"cat; exit {i}"]) { StandardInput = $"input {i}" })));
        for (int i = 0; i < results.Length; i++)
        {
            Assert.Equal(new ExecResult(i, $"input {i}", ""), results[i]);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using SHA256 hash = SHA256.Create();
        return await hash.ComputeHashAsync(stream);
    }
}
