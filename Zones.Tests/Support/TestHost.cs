namespace Zones.Tests.Support;

/// <summary>A host on a state directory of its own, for one test. Its end deletes every zone, waits for zoned to go, and runs the leak check.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly Action<ZonesOptions>? _configure;

    private readonly string _temporary;

    /// <param name="configure">Sets options beyond the state directory.</param>
    /// <param name="below">The state directory's path below the temporary directory that is made for it; empty for that one itself.</param>
    /// <param name="directory">Where the temporary directory is made; null for the system's place.</param>
    public TestHost(Action<ZonesOptions>? configure = null, string below = "", string? directory = null)
    {
        _configure = configure;
        _temporary = directory is null ? Directory.CreateTempSubdirectory("zones-test-").FullName : Path.Combine(directory, "zones-test");
        State = Path.Combine(_temporary, below).TrimEnd('/');
        Host = Open();
    }

    /// <summary>The state directory.</summary>
    public string State { get; }

    /// <summary>The host of the test's own process.</summary>
    public IZoneHost Host { get; private set; }

    /// <summary>Where zoned, zone and the tests are.</summary>
    public static string BinDirectory => AppContext.BaseDirectory;

    /// <summary>A spec over the host's directories, without an init: process 1 alone.</summary>
    public static ZoneSpec Spec(string name = "z1") => new() { Zone = name, Root = ZoneRoot.Host() };

    /// <summary>One more host on the same state directory, as another process would have it. The caller disposes it.</summary>
    public IZoneHost Open()
    {
        ZonesOptions options = new() { StateDirectory = State };
        _configure?.Invoke(options);
        return ZoneHost.Open(options);
    }

    /// <summary>Forgets what the host has in memory, as a manager that was started anew.</summary>
    public async Task ReopenAsync()
    {
        await Host.DisposeAsync();
        Host = Open();
    }

    public async Task<Zone> InstalledAsync(ZoneSpec spec)
    {
        Zone zone = await Host.CreateAsync(spec);
        await zone.InstallAsync();
        return zone;
    }

    public async Task<Zone> RunningAsync(ZoneSpec spec)
    {
        Zone zone = await InstalledAsync(spec);
        await zone.BootAsync();
        return zone;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (ZoneInfo zone in await Host.ListAsync())
            {
                await Host.DeleteAsync(zone.Name, force: true);
            }

            await Host.DisposeAsync();
            await LeakCheck.AssertNothingLeftAsync(State);
        }
        finally
        {
            await Host.DisposeAsync();
            Directory.Delete(_temporary, recursive: true);
        }
    }
}
