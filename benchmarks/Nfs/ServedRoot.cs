using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Zones.Benchmarks;

/// <summary>A Debian root file system, and our server for it at a port of loopback.</summary>
internal sealed partial class ServedRoot : IAsyncDisposable
{
    private readonly Process _server;

    private ServedRoot(string directory, Process server, string port)
    {
        Directory = directory;
        _server = server;
        Export = $"nfs://127.0.0.1:{port}/debian?via=fuse";
    }

    /// <summary>Where it is.</summary>
    public string Directory { get; }

    /// <summary>As a zone's spec names it: mounted, although it is a directory of this host.</summary>
    public string Export { get; }

    /// <summary>Starts the server.</summary>
    /// <param name="zone">The command.</param>
    /// <param name="directory">The root, made by mmdebstrap if it is not there.</param>
    /// <param name="state">The server's own state directory.</param>
    public static async Task<ServedRoot> StartAsync(string zone, string directory, string state)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            string release = File.ReadLines("/etc/os-release").First(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal));
            string making = $"{directory}.{Environment.ProcessId}";
            Command.Run(["mmdebstrap", "--quiet", "--mode=root", "--variant=essential", release["VERSION_CODENAME=".Length..], making]);
            System.IO.Directory.Move(making, directory);
        }

        string[] arguments = ["nfs", "serve", "--state", state, "--export", $"debian={directory},squash=none,secure"];
        Process server = Process.Start(new ProcessStartInfo(zone, arguments) { RedirectStandardOutput = true })!;
        string? line = await server.StandardOutput.ReadLineAsync();
        Match port = Port().Match(line ?? "");
        return port.Success ? new(directory, server, port.Groups[1].Value) : throw new InvalidOperationException($"zone nfs serve does not say its port: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    [GeneratedRegex("port=([0-9]+)")]
    private static partial Regex Port();
}
