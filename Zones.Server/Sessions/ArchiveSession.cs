using System.Net.WebSockets;
using Zones.Served;

namespace Zones.Server.Sessions;

/// <summary>Copies an archive between a client and a zone. When the client leaves, what is not whole is taken away.</summary>
/// <param name="isOut">Out of the zone.</param>
/// <param name="copy">Copies it from or to a stream.</param>
/// <param name="socket">To the client.</param>
internal sealed class ArchiveSession(bool isOut, Func<Stream, CancellationToken, Task<CopyReport>> copy, SessionSocket socket)
{
    private readonly SessionChannels _channels = new(socket);

    /// <summary>Until all is copied, or the client leaves.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _channels.RunAsync(null, gone => [CopyAsync(gone)], _ => { }, cancellationToken);

    private async Task CopyAsync(CancellationToken gone)
    {
        SessionMessage end;
        try
        {
            ChannelStream channel = new(_channels);
            Stream stream = isOut ? new BufferedStream(channel, SessionMessage.ChunkMost) : channel;
            end = new() { Copied = await copy(stream, gone).ConfigureAwait(false) };
            await stream.FlushAsync(gone).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or WebSocketException))
        {
            end = new() { Problem = ServerLog.Problem(e) };
        }

        await _channels.SayAsync(end, gone).ConfigureAwait(false);
    }
}
