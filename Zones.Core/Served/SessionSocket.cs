using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Zones.Served;

/// <summary>Either end of a session's connection: whole messages over a WebSocket (RFC 6455).</summary>
/// <param name="socket">Owned from here on.</param>
/// <param name="received">How messages of the other end are read.</param>
internal sealed class SessionSocket(WebSocket socket, ServedJson received) : IDisposable
{
    /// <summary>The most of a message that is no data, such as a command line.</summary>
    private const int TextMost = 256 << 10;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ArrayBufferWriter<byte> _received = new(4 << 10);

    /// <summary>Sends a message.</summary>
    public Task SendAsync(SessionMessage message, CancellationToken cancellationToken = default) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, ServedJson.Default.SessionMessage), WebSocketMessageType.Text, cancellationToken);

    /// <summary>Sends data whose first byte is the channel's number.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => SendAsync(data, WebSocketMessageType.Binary, cancellationToken);

    /// <summary>The next message: one that is said, or data with the channel's number in the first byte, good until the next call; neither at the end.</summary>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    /// <exception cref="JsonException">It is no message.</exception>
    public async Task<(SessionMessage? Message, ReadOnlyMemory<byte> Data)> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        _received.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(_received.GetMemory(4 << 10), cancellationToken).ConfigureAwait(false);
            _received.Advance(result.Count);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return default;
            }

            bool text = result.MessageType == WebSocketMessageType.Text;
            if (_received.WrittenCount > (text ? TextMost : SessionMessage.ChunkMost + 1))
            {
                throw new JsonException($"a message has at most {(text ? TextMost : SessionMessage.ChunkMost + 1)} bytes");
            }

            if (result.EndOfMessage)
            {
                return text ? (JsonSerializer.Deserialize(_received.WrittenSpan, received.SessionMessage), default)
                    : _received.WrittenCount > 0 ? (null, _received.WrittenMemory)
                    : throw new JsonException("data begin with the channel's number");
            }
        }
    }

    /// <summary>Says goodbye, without waiting for an answer.</summary>
    public async Task CloseAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>A WebSocket takes one message at a time.</summary>
    private async Task SendAsync(ReadOnlyMemory<byte> data, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(data, type, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
