using System.Diagnostics;

namespace Zones.Tests.Network.Snoop;

/// <summary>Programs that know packets.</summary>
internal static class Tools
{
    /// <summary>What a program printed; fails unless it ends with <paramref name="status"/>.</summary>
    public static string Run(string program, params string[] arguments) => Run(program, arguments, 0);

    public static string Run(string program, string[] arguments, int status)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == status, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{errors.Result}");
        return output;
    }
}
