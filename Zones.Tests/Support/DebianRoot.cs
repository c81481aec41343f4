using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>A root file system of Debian's own making, by mmdebstrap from the mirror that this machine's apt is configured with;
/// made once for a checkout.</summary>
internal static class DebianRoot
{
    private static readonly Lazy<string> Made = new(Make);

    /// <summary>Its directory; whoever uses it leaves it as it is.</summary>
    public static string Path => Made.Value;

    private static string Make()
    {
        string root = System.IO.Path.Combine(Repository.Root, "artifacts", "debian-root");
        if (!Directory.Exists(root))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(root)!);
            string making = $"{root}.{Environment.ProcessId}";
            string release = File.ReadLines("/etc/os-release").First(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal));
            Run("mmdebstrap", "--quiet", "--mode=root", "--variant=essential", release["VERSION_CODENAME=".Length..], making);
            Directory.Move(making, root);
        }

        return root;
    }

    private static void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{error}");
    }
}
