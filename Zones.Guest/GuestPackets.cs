using System.Buffers.Binary;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Frames of one link (packet(7)), for who has no address yet.</summary>
internal sealed unsafe class GuestPackets : IDisposable
{
    private const int PacketFamily = 17, AddressLength = 20, LongestFrame = 2048;

    private readonly int _socket;
    private readonly byte[] _frame = new byte[LongestFrame];

    /// <summary>Opens a link that is up.</summary>
    /// <param name="link">Its number.</param>
    /// <param name="etherType">Of the frames that are received.</param>
    public GuestPackets(int link, ushort etherType)
    {
        long socket = Kernel.Call(Linux.Socket, PacketFamily, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, 0);
        GuestException.ThrowIf(socket < 0 ? (int)-socket : 0, "open a packet socket");
        _socket = (int)socket;
        byte* address = stackalloc byte[AddressLength];
        Span<byte> fields = new(address, AddressLength);
        fields.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(fields, PacketFamily);
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], etherType);
        BinaryPrimitives.WriteInt32LittleEndian(fields[4..], link);
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Bind, _socket, (long)address, AddressLength), "bind a packet socket");
    }

    /// <summary>Asks until there is an answer: at first after a second, then more seldom.</summary>
    /// <param name="question">The frame.</param>
    /// <param name="read">Makes of a frame the answer that it is; null for none.</param>
    /// <param name="what">For the error.</param>
    public T Ask<T>(byte[] question, Func<ReadOnlySpan<byte>, T?> read, string what)
        where T : class
    {
        const int attempts = 6;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            fixed (byte* first = question)
            {
                Kernel.Call(Linux.Write, _socket, (long)first, question.Length);
            }

            for (long until = Environment.TickCount64 + (1000 << attempt); Wait(until);)
            {
                fixed (byte* first = _frame)
                {
                    long length = Kernel.Call(Linux.Read, _socket, (long)first, LongestFrame);
                    if (length > 0 && read(_frame.AsSpan(0, (int)length)) is { } answer)
                    {
                        return answer;
                    }
                }
            }
        }

        throw new GuestException($"nobody answers {what}");
    }

    public void Dispose() => Kernel.Close(_socket);

    private bool Wait(long until)
    {
        PollEntry entry = new() { Fd = _socket, Events = PollEntry.In };
        long left = until - Environment.TickCount64;
        return left > 0 && Kernel.Call(Linux.Poll, (long)&entry, 1, left) > 0;
    }
}
