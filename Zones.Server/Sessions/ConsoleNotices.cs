using System.Threading.Channels;

namespace Zones.Server.Sessions;

/// <summary>What is told of a console until its client takes it: of more than a few, the last ones.</summary>
internal sealed class ConsoleNotices : IProgress<string>
{
    private readonly Channel<string> _told = Channel.CreateBounded<string>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Report(string value) => _told.Writer.TryWrite(value);

    /// <summary>No more will be told.</summary>
    public void End() => _told.Writer.TryComplete();

    /// <summary>All that is told, to the end.</summary>
    public IAsyncEnumerable<string> ReadAsync(CancellationToken cancellationToken) => _told.Reader.ReadAllAsync(cancellationToken);
}
