using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>A root file system with a shell and a few programs of this host and what they need, small enough to make for a test.</summary>
internal static class SmallRoot
{
    private static readonly string[] Programs =
        ["sh", "cat", "cp", "echo", "find", "grep", "id", "ls", "perl", "sha256sum", "sleep", "sort", "stat", "touch", "true", "uniq", "wc", "xargs"];

    /// <summary>Makes it in an empty directory.</summary>
    public static async Task MakeAsync(string root)
    {
        foreach (string directory in (string[])["usr/bin", "usr/lib64", "usr/share", "etc", "proc", "sys", "dev", "run", "tmp", "root", "var"])
        {
            Directory.CreateDirectory($"{root}/{directory}");
        }

        foreach (string name in (string[])["bin", "lib", "lib64"])
        {
            File.CreateSymbolicLink($"{root}/{name}", $"usr/{name}");
        }

        HashSet<string> libraries = [];
        foreach (string program in Programs)
        {
            string path = $"/usr/bin/{program}";
            File.Copy(path, root + path);
            using Process ldd = Process.Start(new ProcessStartInfo("ldd", [path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = await ldd.StandardOutput.ReadToEndAsync();
            await ldd.WaitForExitAsync();
            libraries.UnionWith(output.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith('/')));
        }

        foreach (string library in libraries)
        {
            string target = root + (library.StartsWith("/usr/", StringComparison.Ordinal) ? "" : "/usr") + library;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(library, target, overwrite: true);
        }
    }
}
