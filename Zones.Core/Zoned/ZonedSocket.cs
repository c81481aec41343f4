using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>A SOCK_SEQPACKET connection to the keeper or the spawner. Used by one thread at a time.</summary>
internal sealed unsafe class ZonedSocket(SafeFd socket) : IDisposable
{
    public void Dispose() => socket.Dispose();

    /// <summary>Connects to RUN/NAME; null when nobody listens there.</summary>
    /// <param name="runDirectory">STATE/run.</param>
    /// <param name="name">The socket's.</param>
    /// <param name="patience">How long a message may take: who was stopped, or is stuck in the kernel, is as good as gone.</param>
    public static ZonedSocket? Connect(string runDirectory, string name, TimeSpan patience)
    {
        using SafeFd? directory = Kernel.Open(runDirectory, Linux.O_PATH | Linux.O_DIRECTORY, out _);
        if (directory is null)
        {
            return null;
        }

        SafeFd? socket = Kernel.Descriptor(Kernel.Call(Linux.Socket, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC), out _);
        if (socket is null)
        {
            return null;
        }

        SetPatience(socket, patience);

        // Through /proc/self/fd: a socket's own path may be no longer than 107 bytes (unix(7)).
        byte* address = stackalloc byte[110];
        *(ushort*)address = Linux.AF_UNIX;
        int length = 2 + Encoding.UTF8.GetBytes($"/proc/self/fd/{directory.Number}/{name}\0", new Span<byte>(address + 2, 108));
        if (Kernel.Call(Linux.Connect, socket.Number, (long)address, length) < 0)
        {
            socket.Dispose();
            return null;
        }

        int room = 2 * SpawnRequest.MaxBytes;
        Kernel.Call(Linux.Setsockopt, socket.Number, Linux.SOL_SOCKET, Linux.SO_SNDBUFFORCE, (long)&room, sizeof(int));
        return new(socket);
    }

    /// <summary>How long a message may take.</summary>
    public static void SetPatience(SafeFd socket, TimeSpan patience)
    {
        long* time = stackalloc long[2] { (long)patience.TotalSeconds, patience.Microseconds + (patience.Milliseconds * 1000L) }; // struct timeval
        foreach (int option in (ReadOnlySpan<int>)[Linux.SO_RCVTIMEO, Linux.SO_SNDTIMEO])
        {
            Kernel.Call(Linux.Setsockopt, socket.Number, Linux.SOL_SOCKET, option, (long)time, 2 * sizeof(long));
        }
    }

    /// <summary>Sends one message; false when the other end is gone or says nothing.</summary>
    public bool Send(ReadOnlySpan<byte> message, IReadOnlyList<SafeFd>? descriptors = null)
    {
        int count = descriptors?.Count ?? 0;
        int* numbers = stackalloc int[SpawnRequest.MaxDescriptors];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = descriptors![i].Number;
        }

        fixed (byte* start = message)
        {
            int sent = Packets.Send(socket.Number, start, message.Length, numbers, count);
            GC.KeepAlive(descriptors);
            return sent == message.Length;
        }
    }

    /// <summary>Receives a message of exactly this type; false when the other end is gone or says nothing.</summary>
    public bool Receive<T>(out T message)
        where T : unmanaged
    {
        bool received = Receive(out message, out SafeFd[] descriptors);
        Array.ForEach(descriptors, descriptor => descriptor.Dispose());
        return received;
    }

    /// <summary>Receives a message with the descriptors that come along; they are the caller's. False when the other end is gone or says nothing.</summary>
    public bool Receive<T>(out T message, out SafeFd[] descriptors)
        where T : unmanaged
    {
        int* numbers = stackalloc int[SpawnRequest.MaxDescriptors];
        fixed (T* start = &message)
        {
            int length = Packets.Receive(socket.Number, start, sizeof(T), numbers, out int count);
            descriptors = new SafeFd[count];
            for (int i = 0; i < count; i++)
            {
                descriptors[i] = new SafeFd(numbers[i]);
            }

            return length == sizeof(T);
        }
    }

    /// <summary>Waits until something can be received; false when <paramref name="timeout"/> passed.</summary>
    public bool Wait(TimeSpan timeout) => Polling.Readable(socket, timeout);
}
