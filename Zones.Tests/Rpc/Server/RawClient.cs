using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Zones.Rpc;

namespace Zones.Tests.Rpc.Server;

/// <summary>A client that sends whatever bytes it is given.</summary>
internal sealed class RawClient : IDisposable
{
    public const uint Program = 0x20000001;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public RawClient(IPEndPoint server)
    {
        _socket.ReceiveTimeout = 60_000;
        _socket.NoDelay = true;
        _socket.Connect(server);
    }

    public Socket Socket => _socket;

    /// <summary>A call's message, without a record mark.</summary>
    public static byte[] Call(
        uint xid, uint procedure, byte[] arguments, uint program = Program, uint version = 1, uint rpcVersion = 2, uint type = 0, uint flavor = 0, byte[]? credentials = null)
    {
        ArrayBufferWriter<byte> output = new();
        XdrWriter writer = new(output);
        foreach (uint word in (uint[])[xid, type, rpcVersion, program, version, procedure, flavor])
        {
            writer.WriteUInt32(word);
        }

        writer.WriteOpaque(credentials ?? [], uint.MaxValue);
        writer.WriteUInt64(0);
        writer.WriteBytes(arguments);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The XDR of words.</summary>
    public static byte[] Words(params uint[] words) => [.. words.SelectMany(word => (byte[])[(byte)(word >> 24), (byte)(word >> 16), (byte)(word >> 8), (byte)word])];

    /// <summary>A fragment with its mark.</summary>
    public static byte[] Fragment(ReadOnlySpan<byte> data, bool last = true) => [.. Words((uint)data.Length | (last ? 0x8000_0000 : 0)), .. data];

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    public void SendCall(uint xid, uint procedure, params byte[] arguments) => Send(Fragment(Call(xid, procedure, arguments)));

    /// <summary>The words of the next reply.</summary>
    public uint[] Receive()
    {
        byte[] mark = ReadExactly(4);
        byte[] record = ReadExactly(BinaryPrimitives.ReadInt32BigEndian(mark) & int.MaxValue);
        return [.. Enumerable.Range(0, record.Length / 4).Select(i => BinaryPrimitives.ReadUInt32BigEndian(record.AsSpan(4 * i)))];
    }

    /// <summary>Whether the server has ended the connection, which this waits for.</summary>
    public bool IsEnded()
    {
        try
        {
            byte[] rest = new byte[64 * 1024];
            while (_socket.Receive(rest) > 0)
            {
            }

            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] ReadExactly(int length)
    {
        byte[] bytes = new byte[length];
        for (int got = 0; got < length;)
        {
            int count = _socket.Receive(bytes.AsSpan(got));
            got += count > 0 ? count : throw new EndOfStreamException($"the server ended the connection after {got} of {length} bytes");
        }

        return bytes;
    }
}
