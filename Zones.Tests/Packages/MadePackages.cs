using System.Diagnostics;
using System.Globalization;

namespace Zones.Tests.Packages;

/// <summary>All packages as the Pack target makes them, in a directory that serves as a feed. Their version is this run's own: NuGet keeps what it
/// has once unpacked, and would not look at another package of the same version.</summary>
[CollectionDefinition(nameof(MadePackages))]
public sealed class MadePackages : IAsyncLifetime, ICollectionFixture<MadePackages>
{
    private readonly TemporaryDirectory _feed = new();

    /// <summary>Their version.</summary>
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{Environment.ProcessId}.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");

    /// <summary>Where they are.</summary>
    public string Feed => _feed.Path;

    /// <summary>Debian's.</summary>
    public string Debian => Path.Combine(Feed, $"zones_{Version.Replace('-', '~')}_amd64.deb");

    /// <summary>What NuGet needs to find ours beside everybody's.</summary>
    public string FeedProperty => $"-p:RestoreAdditionalProjectSources={Feed}";

    public async ValueTask InitializeAsync() => await RunAsync(Path.Combine(Repository.Root, "build", "pack.sh"), [Version, Feed]);

    public ValueTask DisposeAsync()
    {
        _feed.Dispose();
        string kept = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string package in Directory.EnumerateDirectories(kept, "zones.*"))
        {
            string unpacked = Path.Combine(package, Version);
            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a program that has to end well.</summary>
    /// <returns>What it printed.</returns>
    internal static async Task<string> RunAsync(string program, string[] arguments, string? directory = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "/" };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }
}
