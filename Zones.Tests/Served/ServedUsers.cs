using System.Diagnostics;

namespace Zones.Tests.Served;

/// <summary>The <c>zone</c> command as a user who is not root, talking to a served host. The programs are copied to where every user reaches them.</summary>
public sealed class ServedUsers : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zones-users-").FullName;

    public ServedUsers()
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1ED /* 0755 */);
        foreach (string name in (string[])["zone", "libe_sqlite3.so", "libMonoPosixHelper.so"])
        {
            string copy = Path.Combine(_directory, name);
            File.Copy(Path.Combine(TestHost.BinDirectory, name), copy);
            File.SetUnixFileMode(copy, (UnixFileMode)0x1ED);
        }
    }

    /// <summary>Runs <c>zone --connect</c>.</summary>
    /// <param name="serve">The host.</param>
    /// <param name="user">User, and of several words the supplementary groups after it.</param>
    /// <param name="arguments">The command's.</param>
    internal Task<CommandResult> RunAsync(ServeProcess serve, string user, params string[] arguments) => As(user).RunAsync(["--connect", serve.Socket, .. arguments]);

    /// <summary>Starts it; the caller waits for it.</summary>
    internal Process Start(ServeProcess serve, string user, params string[] arguments) => As(user).Start(["--connect", serve.Socket, .. arguments]);

    /// <summary>The command as a user, in whose environment these variables are.</summary>
    internal ZoneCli As(string user, params (string Name, string? Value)[] variables)
    {
        string[] words = user.Split(' ');
        string[] identity = ["setpriv", "--reuid", words[0], "--regid", words[0] == "nobody" ? "nogroup" : words[0], .. (string[])(words.Length > 1 ? ["--groups", words[1]] : ["--clear-groups"])];
        return new ZoneCli("/nonexistent") { Prefix = identity, Program = Path.Combine(_directory, "zone"), Environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value) };
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
