using System.Net.Sockets;
using System.Text;

namespace Zones.Tests.Served;

/// <summary>A client that says what it likes to a served host, as any user: a thread of its own has that user's ids when it connects, which is what the kernel tells.</summary>
internal sealed class RawClient : IDisposable
{
    public const uint Daemon = 1, Nobody = 65_534;

    /// <summary>Kinds of a WebSocket's frames (RFC 6455, section 5.2).</summary>
    public const byte TextFrame = 1, BinaryFrame = 2, CloseFrame = 8;

    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Whether the host has closed the connection, whatever is still to be read (POLLHUP).</summary>
    public unsafe bool IsLeft
    {
        get
        {
            Wire.PollEntry entry = new() { Fd = (int)Socket.Handle };
            return Wire.Kernel.Call(Wire.Linux.Poll, &entry, 1, 0) > 0 && (entry.Returned & Wire.PollEntry.Hangup) != 0;
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="user">Whose ids, user and group of the same number.</param>
    public static RawClient Connect(string path, uint user = 0)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = 10_000 };
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, Wire.Kernel.Call(Wire.Linux.Setresgid, -1, user, -1));
                Assert.Equal(0, Wire.Kernel.Call(Wire.Linux.Setresuid, -1, user, -1));
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? new(socket) : throw failure;
    }

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Asks for a WebSocket; what comes from then on begins with the answer.</summary>
    public void Upgrade(string address) =>
        Send($"GET /v1{address} HTTP/1.1\r\nHost: zones\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    /// <summary>Sends a frame with a whole message, masked by zeros as a client's has to be.</summary>
    public void SendFrame(byte kind, byte[] payload) =>
        Send([(byte)(0x80 | kind), .. (byte[])(payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length]), 0, 0, 0, 0, .. payload]);

    private void Send(byte[] bytes)
    {
        try
        {
            Socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The host was faster to close, as what is read next says.
        }
    }

    /// <summary>What comes until the connection ends, or until the patience of a test does.</summary>
    public async Task<string> RestAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        StringBuilder all = new();
        byte[] buffer = new byte[64 << 10];
        try
        {
            for (int length; (length = await Socket.ReceiveAsync(buffer, limit.Token)) > 0;)
            {
                all.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
        catch (SocketException)
        {
            // Reset: the host has thrown away what we sent.
        }

        return all.ToString();
    }

    /// <summary>A request whose answer ends the connection, and the answer.</summary>
    public Task<string> AskAsync(string method, string address, string body = "")
    {
        Send($"{method} /v1{address} HTTP/1.1\r\nHost: zones\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        return RestAsync();
    }

    public void Dispose() => Socket.Dispose();
}
