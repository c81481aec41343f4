namespace Zones.Tests.Support;

/// <summary>A catalogue whose events are not where they belong, until it is disposed.</summary>
internal sealed class UnreadableEvents : IDisposable
{
    private readonly string _state;

    public UnreadableEvents(string state)
    {
        _state = state;
        CatalogueFile.Run(state, "ALTER TABLE event RENAME TO unreadable");
    }

    public void Dispose() => CatalogueFile.Run(_state, "ALTER TABLE unreadable RENAME TO event");
}
