using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>The <c>zone</c> command started by a process that leaves as much behind for its children as a process can: ignored and
/// blocked signals, a strange umask, limits, an out-of-memory score, one processor, low priority, open descriptors, secrets in its environment, groups.</summary>
internal static class OddManager
{
    /// <summary>A value that must not be seen inside.</summary>
    public const string Secret = "secret-of-the-manager";

    private const string Setup = """
        use POSIX; $SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM USR1 USR2 CHLD WINCH);
        POSIX::sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM, SIGUSR1, SIGTERM));
        umask 077; open(O, '>', '/proc/self/oom_score_adj') && print(O 500) && close(O);
        $^F = 1000; open($f[$_], '<', $ENV{LEAKED}) for 0..5; $) = $( . ' 4 27 1234'; setpriority(0, 0, 5);
        delete $ENV{LEAKED}; $ENV{SECRET} = $ENV{LD_PRELOAD_NOT} = 'secret-of-the-manager';
        exec(@ARGV) or die "exec: $!";
        """;

    /// <summary>Runs <c>zone</c> on the state directory; its standard output.</summary>
    /// <param name="test">Whose state.</param>
    /// <param name="arguments">After <c>--state DIR</c>.</param>
    public static async Task<string> RunAsync(TestHost test, params string[] arguments)
    {
        string leaked = Path.Combine(test.State, "leaked");
        File.WriteAllText(leaked, Secret);
        ProcessStartInfo start = new("prlimit", ["--nofile=200:3000", "--core=0:0", "--stack=4194304:4194304", "taskset", "-c", "0", "perl", "-e", Setup, Path.Combine(TestHost.BinDirectory, "zone"), "--state", test.State, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["LEAKED"] = leaked;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"zone {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{output}{await error}");
        return output;
    }
}
