namespace Zones.Tests.Support;

/// <summary>One running zone with every default, for the tests of a class that only look.</summary>
public sealed class DefaultZone : IAsyncLifetime
{
    private TestHost _test = null!;

    /// <summary>The zone.</summary>
    public Zone Zone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _test = new TestHost();
        Zone = await _test.RunningAsync(TestHost.Spec());
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
