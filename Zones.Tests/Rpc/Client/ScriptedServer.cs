using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Zones.Tests.Rpc.Server;

namespace Zones.Tests.Rpc.Client;

/// <summary>A server that does what a test says, connection by connection and byte by byte.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ScriptedServer(int port = 0)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(16);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public async Task<Connection> AcceptAsync() => new(await _listener.AcceptAsync(TestContext.Current.CancellationToken));

    public void Dispose() => _listener.Dispose();

    /// <summary>One connection, seen from the server.</summary>
    internal sealed class Connection(Socket socket) : IDisposable
    {
        /// <summary>The next call: its xid, and the words of its arguments (credentials of AUTH_NONE).</summary>
        public async Task<(uint Xid, uint[] Arguments)> ReceiveAsync()
        {
            byte[] record = await ReadExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(await ReadExactlyAsync(4)) & int.MaxValue);
            uint[] words = [.. Enumerable.Range(0, record.Length / 4).Select(i => BinaryPrimitives.ReadUInt32BigEndian(record.AsSpan(4 * i)))];
            return (words[0], words[10..]);
        }

        /// <summary>Replies with success and words.</summary>
        public Task ReplyAsync(uint xid, params uint[] result) => SendAsync(RawClient.Fragment(RawClient.Words([xid, 1, 0, 0, 0, 0, .. result])));

        public async Task SendAsync(byte[] bytes) => await socket.SendAsync(bytes, TestContext.Current.CancellationToken);

        /// <summary>Whether the client has ended the connection, which this waits for.</summary>
        public async Task<bool> IsEndedAsync()
        {
            try
            {
                return await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken) == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }

        public void Dispose() => socket.Dispose();

        private async Task<byte[]> ReadExactlyAsync(int length)
        {
            byte[] bytes = new byte[length];
            for (int got = 0; got < length;)
            {
                int count = await socket.ReceiveAsync(bytes.AsMemory(got), TestContext.Current.CancellationToken);
                got += count > 0 ? count : throw new EndOfStreamException("the client ended the connection");
            }

            return bytes;
        }
    }
}
