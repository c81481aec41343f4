using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>The <c>zone</c> command as another manager: a process that can be killed at any point of what it does.</summary>
internal static class ZoneCommand
{
    /// <summary>Starts it on a state directory.</summary>
    public static Process Start(string state, params string[] arguments) => Launch(Path.Combine(TestHost.BinDirectory, "zone"), ["--state", state, .. arguments]);

    /// <summary>Runs it to its end; its exit code and what it said.</summary>
    public static Task<(int Code, string Said)> RunAsync(string state, params string[] arguments) => EndAsync(Start(state, arguments));

    /// <summary>Runs it and kills it when one of its threads makes the given system calls for the so-manieth time (strace's fault injection).</summary>
    /// <returns>Whether it was killed; false when it ended before.</returns>
    public static async Task<bool> RunKilledAsync(string state, string calls, int at, params string[] arguments)
    {
        string zone = Path.Combine(TestHost.BinDirectory, "zone");
        string[] trace = ["-f", "-qq", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:signal=KILL:when={at}", zone, "--state", state];
        (int code, string said) = await EndAsync(Launch("strace", [.. trace, .. arguments]));
        Assert.True(code is 137 or 0 or 1, $"status {code}: {said}");
        return code == 137;
    }

    /// <summary>Starts it so that it does its work and then stays, as a service would, until it is killed.</summary>
    public static Process StartLasting(string state, params string[] arguments)
    {
        const string stay = "inject=exit_group:delay_enter=600000000"; // microseconds
        return Launch("strace", ["-qq", "-o", "/dev/null", "-e", "trace=exit_group", "-e", stay, Path.Combine(TestHost.BinDirectory, "zone"), "--state", state, .. arguments]);
    }

    private static Process Launch(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static async Task<(int Code, string Said)> EndAsync(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await error);
        }
    }
}
