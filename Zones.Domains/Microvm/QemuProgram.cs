using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Zones.Domains.Microvm;

/// <summary>Looks whether a QEMU is there that can do what a domain needs.</summary>
internal static partial class QemuProgram
{
    private static readonly Version Oldest = new(7, 2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Those that will do. Such a program is not asked again in a process's life unless it changes; another is, since it may have been busy, or not whole yet.</summary>
    private static readonly ConcurrentDictionary<(string Path, DateTime Changed), bool> s_good = [];

    /// <summary>What is wrong with it; null for nothing.</summary>
    /// <param name="path">The program.</param>
    public static string? Problem(string path)
    {
        if (!File.Exists(path))
        {
            return $"{path} is not there; install qemu-system-x86 (Debian), {Oldest} or newer";
        }

        (string, DateTime) key = (path, File.GetLastWriteTimeUtc(path));
        if (s_good.ContainsKey(key))
        {
            return null;
        }

        string? problem = Examine(path);
        if (problem is null)
        {
            s_good.TryAdd(key, true);
        }

        return problem;
    }

    private static string? Examine(string path)
    {
        string told;
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return $"{path} --version does not end within {Patience.TotalSeconds} s";
            }

            told = output.GetAwaiter().GetResult();
        }
        catch (Win32Exception e)
        {
            return $"{path} cannot be started: {Text.Sentence(e.Message)}";
        }

        return Number().Match(told) is not { Success: true } match ? $"{path} is no QEMU: it does not say its version"
            : Version.Parse(match.Groups[1].Value) < Oldest ? $"{path} is version {match.Groups[1].Value}, which is too old; a domain needs {Oldest} or newer"
            : null;
    }

    [GeneratedRegex(@"^QEMU emulator version (\d+\.\d+)")]
    private static partial Regex Number();
}
