using System.Net.WebSockets;
using System.Text.Json;

namespace Zones.Served;

/// <summary>The client's end of a session with a served host.</summary>
internal sealed class ServedSession : IAsyncDisposable
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private Task _receiving = Task.CompletedTask;

    private ServedSession(SessionSocket socket) => Socket = socket;

    /// <summary>Where data are sent.</summary>
    public SessionSocket Socket { get; }

    /// <summary>Connects and says what is wanted.</summary>
    /// <param name="connection">To the host.</param>
    /// <param name="address">Of the session.</param>
    /// <param name="first">What is wanted.</param>
    /// <param name="answered">Whether the host's answer is one to that.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<(ServedSession Session, SessionMessage Answer)> OpenAsync(ServedConnection connection, string address, SessionMessage first, Func<SessionMessage, bool> answered, CancellationToken cancellationToken)
    {
        SessionSocket socket = new(await connection.WebSocketAsync(address, cancellationToken).ConfigureAwait(false), ServedJson.Default);
        try
        {
            await socket.SendAsync(first, cancellationToken).ConfigureAwait(false);
            SessionMessage? answer = (await socket.ReceiveAsync(cancellationToken).ConfigureAwait(false)).Message;
            return answer?.Problem is { } problem ? throw problem.ToException()
                : answer is not null && answered(answer) ? (new(socket), answer)
                : throw connection.Lost(new IOException("the connection ended"));
        }
        catch (Exception e) when (e is WebSocketException or JsonException)
        {
            socket.Dispose();
            throw connection.Lost(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes what comes.</summary>
    /// <param name="handle">What is said, or data with the channel's number in the first byte, good until it returns.</param>
    /// <param name="ended">Is called at the end: with what broke the connection, null when the host ended it.</param>
    public void Receive(Action<SessionMessage?, ReadOnlyMemory<byte>> handle, Action<Exception?> ended) => _receiving = ReceiveAsync(handle, ended);

    /// <summary>Sends without waiting: after the end there is nobody to be told.</summary>
    public async void Say(SessionMessage message)
    {
        try
        {
            await Socket.SendAsync(message).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            // What was talked about has ended, or the connection, which the end tells.
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Socket.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            // The other end was faster.
        }

        // What was open is closed when the host has gone, too: the place at a console is free then.
        await Task.WhenAny(_receiving, Task.Delay(Goodbye)).ConfigureAwait(false);
        Socket.Dispose();
        await _receiving.ConfigureAwait(false);
    }

    private static bool IsBroken(Exception e) => e is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or IOException;

    private async Task ReceiveAsync(Action<SessionMessage?, ReadOnlyMemory<byte>> handle, Action<Exception?> ended)
    {
        Exception? broken = null;
        try
        {
            while (true)
            {
                (SessionMessage? message, ReadOnlyMemory<byte> data) = await Socket.ReceiveAsync().ConfigureAwait(false);
                if (message is null && data.IsEmpty)
                {
                    break;
                }

                handle(message, data);
            }
        }
        catch (Exception e) when (e is JsonException || IsBroken(e))
        {
            broken = new IOException("the connection to the served host broke", e);
        }

        ended(broken);
    }
}
