using System.Diagnostics;

namespace Zones.Tests.Served;

/// <summary>A <c>zone serve</c> on the state directory of a test, at a socket that every user reaches. Its end is asked for, and has to be good.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private readonly string _directory;
    private Process _process;

    private ServeProcess(string directory, Process process) => (_directory, _process) = (directory, process);

    public string Socket => Path.Combine(_directory, "zones.sock");

    public int Id => _process.Id;

    /// <summary>Starts one; returns when it answers.</summary>
    public static async Task<ServeProcess> StartAsync(TestHost test, params string[] options)
    {
        string directory = Directory.CreateTempSubdirectory("zones-serve-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0x1ED /* 0755 */);
        ServeProcess serve = new(directory, Start(test, directory, options));
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

    /// <summary>How many are open, but for those of the catalogue's connections, which are kept for the next who needs one.</summary>
    public int OpenDescriptors() => OpenLinks().Count(link => link?.Contains("/zones.db", StringComparison.Ordinal) != true);

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
