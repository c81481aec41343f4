using System.Diagnostics;

namespace Zones.Tests.Served;

/// <summary>A <c>zone serve</c> on the state directory of a test, at a socket that every user reaches. Its end is asked for, and has to be good.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private readonly string _directory;
    private readonly string _state;
    private Process _process;

    private ServeProcess(string directory, string state, Process process) => (_directory, _state, _process) = (directory, state, process);

    public string Socket => Path.Combine(_directory, "zones.sock");

    public int Id => _process.Id;

    /// <summary>Starts one; returns when it answers.</summary>
    public static async Task<ServeProcess> StartAsync(TestHost test, params string[] options)
    {
        string directory = Directory.CreateTempSubdirectory("zones-serve-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0x1ED /* 0755 */);
        ServeProcess serve = new(directory, test.State, Start(test, directory, options));
        await serve.UntilItAnswersAsync();
        return serve;
    }

    /// <summary>A host over the socket, as root.</summary>
    public Task<IZoneHost> ConnectAsync() => ZoneHost.ConnectAsync(Socket);

    /// <summary>Kills it and starts another in its place.</summary>
    public async Task RestartAsync(TestHost test, params string[] options)
    {
        await KillAsync();
        _process = Start(test, _directory, options);
        await UntilItAnswersAsync();
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>SIGTERM, and how it ended.</summary>
    public async Task<int> StopAsync()
    {
        Mono.Unix.Native.Syscall.kill(_process.Id, Mono.Unix.Native.Signum.SIGTERM);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Where its open descriptors lead.</summary>
    public IEnumerable<string?> OpenLinks() => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFileSystemInfos().Select(entry => entry.LinkTarget);

    /// <summary>How many are open on somebody's behalf: not connections to the catalogue and to zoned, some of which are kept for the next who needs one. How many
    /// of those there are is a matter of how many worked at once, and of zoned's there are never more than its clients keep.</summary>
    public int OpenDescriptors()
    {
        const int mostKept = 16; // 8 to the keeper and 8 to the spawner
        HashSet<string> zoned = [.. ZonedConnections()];
        string?[] open = [.. OpenLinks().Where(link => link?.Contains("/zones.db", StringComparison.Ordinal) != true)];
        int kept = open.Count(link => link is not null && zoned.Contains(link));
        return open.Length - Math.Min(kept, mostKept);
    }

    /// <summary>Our ends of connections to zoned's sockets, as <c>/proc/PID/fd</c> has them: who is at the other end of a socket ss(8) alone tells.</summary>
    private IEnumerable<string> ZonedConnections()
    {
        using Process ss = Process.Start(new ProcessStartInfo("ss", ["-xnH"]) { RedirectStandardOutput = true })!;
        string listed = ss.StandardOutput.ReadToEnd();
        ss.WaitForExit();

        // Netid State Recv-Q Send-Q LocalAddress LocalPort PeerAddress PeerPort, where a port is an inode number; the accepted end has the name.
        return from line in listed.Split('\n')
               let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where words.Length >= 8 && words[4].StartsWith(_state + "/run/", StringComparison.Ordinal)
               select $"socket:[{words[7]}]";
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Equal(0, await StopAsync());
            Assert.False(File.Exists(Socket), "its socket is left");
        }
        finally
        {
            _process.Dispose();
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static Process Start(TestHost test, string directory, string[] options)
    {
        ProcessStartInfo start = new(ZoneCli.Path, ["--state", test.State, "serve", "--socket", Path.Combine(directory, "zones.sock"), .. options]) { RedirectStandardError = true };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private async Task UntilItAnswersAsync()
    {
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(_process.HasExited, "zone serve ended at once");
            try
            {
                await (await ConnectAsync()).DisposeAsync();
                return true;
            }
            catch (ZoneException e) when (e.IsTransient)
            {
                return false;
            }
        });
    }
}
