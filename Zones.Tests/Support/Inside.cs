using Zones.Interop;

namespace Zones.Tests.Support;

/// <summary>Running scripts inside a zone, and looking at its processes from outside.</summary>
internal static class Inside
{
    /// <summary>Runs a shell script; fails unless it ends with 0. What it printed, without the last line end.</summary>
    public static Task<string> ShellAsync(this Zone zone, string script) => RunAsync(zone, "sh", "-c", script);

    /// <summary>Runs a Perl script (Debian's perl-base is everywhere), which can make any system call; fails unless it ends with 0.</summary>
    public static Task<string> PerlAsync(this Zone zone, string script) => RunAsync(zone, "perl", "-e", script);

    /// <summary>Whether a script ends with 0.</summary>
    public static async Task<bool> SucceedsAsync(this Zone zone, string script) => (await zone.ExecAsync(["sh", "-c", script])).ExitCode == 0;

    /// <summary>The error number of a system call made inside, or 0 with what it returned.</summary>
    public static async Task<(int Errno, long Result)> SyscallAsync(this Zone zone, string arguments)
    {
        string answer = await zone.PerlAsync($"@a = ({arguments}); $r = syscall(shift @a, @a); print $r == -1 ? $!+0 : 0, ' ', $r");
        return (int.Parse(answer.Split(' ')[0]), long.Parse(answer.Split(' ')[1]));
    }

    /// <summary>A field of /proc/self/status inside.</summary>
    public static async Task<string> StatusAsync(this Zone zone, string field) =>
        await zone.ShellAsync($"sed -n 's/^{field}:[[:space:]]*//p' /proc/self/status");

    /// <summary>Where the private files of a zone are, outside.</summary>
    public static async Task<string> PrivateRootAsync(this Zone zone) => Path.Combine((await zone.InfoAsync()).Zonepath, "root");

    /// <summary>A file that zoned and its children inherit from this process.</summary>
    public static SafeFd OpenInherited(string path) =>
        new((int)Wire.Kernel.Call(2 /* open */, Text(path), 0, 0));

    private static async Task<string> RunAsync(Zone zone, string interpreter, string option, string script)
    {
        ExecResult result = await zone.ExecAsync([interpreter, option, script]);
        Assert.True(result.ExitCode == 0, $"{script}\nexit status {result.ExitCode}\n{result.StandardOutput}{result.StandardError}");
        return result.StandardOutput.TrimEnd('\n');
    }

    private static unsafe long Text(string text) => System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(text);
}
