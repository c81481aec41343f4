using System.Diagnostics;
using Zones.Domains;
using Zones.Network;

namespace Zones.Benchmarks;

/// <summary>What is measured: a host over a state directory of its own, and the zone that most measurements boot.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private Subject(Settings settings, string directory)
    {
        Settings = settings;
        Directory = directory;
        Host = ZoneHost.Open(new ZonesOptions { StateDirectory = State }.UseNetwork().UseDomains());
        Floor = new Floor(settings.Floor, Path.Combine(directory, "floor"));
    }

    public Settings Settings { get; }

    public string Directory { get; }

    public string State => Path.Combine(Directory, "state");

    public IZoneHost Host { get; }

    public Floor Floor { get; }

    public static async Task<Subject> OpenAsync(Settings settings)
    {
        Subject subject = new(settings, System.IO.Directory.CreateTempSubdirectory("zones-bench-").FullName);
        try
        {
            Zone zone = await subject.Host.CreateAsync(Spec("bench", "/bin/sleep", "infinity"));
            await zone.InstallAsync();
        }
        catch
        {
            await subject.DisposeAsync();
            throw;
        }

        return subject;
    }

    /// <summary>A zone as the benchmarks boot it: the default isolation, no limits, the host's directories as its root.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="init">Its init; none for process 1 alone.</param>
    public static ZoneSpec Spec(string name, params string[] init) =>
        new() { Zone = name, Root = ZoneRoot.Host(), Init = init.Length > 0 ? [.. init] : null };

    /// <summary>Boots the installed zone, state committed, to its first instruction; milliseconds. It is halted after the watch has stopped.</summary>
    public Task<double> BootAsync() => BootAsync("bench");

    /// <summary>As <see cref="BootAsync()"/>, of another zone.</summary>
    public async Task<double> BootAsync(string name)
    {
        long start = Stopwatch.GetTimestamp();
        await Host.BootAsync(name);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await Host.HaltAsync(name);
        return elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        Floor.Dispose();
        foreach (ZoneInfo zone in await Host.ListAsync())
        {
            await Host.DeleteAsync(zone.Name, force: true);
        }

        await Host.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
