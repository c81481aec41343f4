using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>The <c>zone</c> command as a process, on one state directory: another manager, which can be killed at any point of what it does.</summary>
/// <param name="state">The state directory.</param>
internal sealed class ZoneCli(string state)
{
    /// <summary>For how long a command may run.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(TestHost.BinDirectory, "zone");

    /// <summary>What it reads; null is an end of file at once.</summary>
    public string? Input { get; init; }

    /// <summary>Variables beside those of the test; <c>ZONES_STATE</c> is the state directory.</summary>
    public Dictionary<string, string?> Environment { get; init; } = [];

    /// <summary>Another copy of the program.</summary>
    public string Program { get; init; } = Path;

    /// <summary>A command that runs it, such as one that enters a namespace first.</summary>
    public string[] Prefix { get; init; } = [];

    /// <summary>Runs it to its end.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(Program, arguments);

    /// <summary>Runs it and expects that it succeeds without a word of complaint.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> OkAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result is { Code: 0, Error: "" }, $"zone {string.Join(' ', arguments)}: exit code {result.Code}\n{result.Error}");
        return result.Output;
    }

    /// <summary>Runs it and expects one line of complaint and an exit code.</summary>
    /// <returns>The line, without its end.</returns>
    public async Task<string> FailAsync(int code, params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.Equal(code, result.Code);
        return result.Complaint();
    }

    /// <summary>Runs a shell script in which <c>zone</c> is the command.</summary>
    public Task<CommandResult> ShellAsync(string script) => RunAsync("/bin/sh", ["-c", $"zone() {{ '{Path}' \"$@\"; }}; {script}"]);

    /// <summary>Starts it; the caller waits for it.</summary>
    public Process Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>Runs it and kills it at a sweep's step, as it makes that system call (strace's fault injection); then the sweep is at its next step.
    /// A command that is not killed succeeds.</summary>
    public async Task RunKilledAsync(KillSweep sweep, params string[] arguments)
    {
        using TemporaryDirectory directory = new();
        string trace = directory.Path + "/trace", step = $"{sweep.Call} {sweep.At}";
        CommandResult result = await RunAsync("strace", ["-f", "-qq", "-o", trace, "-e", $"trace={string.Join(',', sweep.Left)}", "-e", $"inject={sweep.Call}:signal=KILL:when={sweep.At}", Path, .. arguments]);
        Assert.True(result.Code is 137 or 0, $"{step}: status {result.Code}: {result.Error}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{step}: {result.Code}");
        sweep.Next(result.Code == 137);
        if (result.Code == 0)
        {
            string made = await File.ReadAllTextAsync(trace);
            sweep.Keep(call => made.Contains($" {call}(", StringComparison.Ordinal));
        }
    }

    /// <summary>Starts it so that it does its work and then stays, as a service would, until it is killed.</summary>
    public Process StartLasting(params string[] arguments)
    {
        const string stay = "inject=exit_group:delay_enter=600000000"; // microseconds
        return Start("strace", ["-qq", "-o", "/dev/null", "-e", "trace=exit_group", "-e", stay, Path, .. arguments]);
    }

    private async Task<CommandResult> RunAsync(string program, string[] arguments)
    {
        using Process process = Start(program, arguments);
        using CancellationTokenSource limit = new(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await TypeAsync(process);
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end");
        }
    }

    private async Task TypeAsync(Process process)
    {
        try
        {
            await process.StandardInput.WriteAsync(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read what it has no use for.
        }
    }

    private Process Start(string program, string[] arguments)
    {
        string[] words = [.. Prefix, program, .. arguments];
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ZONES_STATE"] = state;
        foreach ((string name, string? value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>How a command ended.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    /// <summary>The single line in which it complained: <c>zone: …</c>, lower case, no trace of the program's insides.</summary>
    public string Complaint()
    {
        Assert.Matches("^zone: [^A-Z\n][^\n]*\n$", Error);
        Assert.DoesNotContain("internal error", Error);
        Assert.DoesNotContain("Exception", Error);
        return Error.TrimEnd('\n');
    }
}
