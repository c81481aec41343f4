using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>The <c>zone</c> command as another process on a state directory.</summary>
internal static class ZoneCommand
{
    /// <summary>Starts it; the caller awaits and disposes the process.</summary>
    public static Process Start(string state, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "zone")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["--state", state, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>The exit code and what it wrote to standard output and error.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string state, params string[] arguments)
    {
        using Process process = Start(state, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
