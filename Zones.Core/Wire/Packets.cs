using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>Messages with descriptors over SOCK_SEQPACKET sockets (unix(7)).</summary>
internal static unsafe class Packets
{
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vector;
        public nint VectorLength;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        public nint Length;
        public int Level;
        public int Type;
    }

    private const int ControlBytes = 16 + (SpawnRequest.MaxDescriptors * sizeof(int));

    /// <summary>Receives one message; -errno on failure, 0 at the end of the conversation.</summary>
    /// <param name="socket">Where from.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="length">The most bytes; a longer message is -E2BIG.</param>
    /// <param name="descriptors">Room for <see cref="SpawnRequest.MaxDescriptors"/> numbers.</param>
    /// <param name="count">How many came.</param>
    public static int Receive(int socket, void* buffer, int length, int* descriptors, out int count)
    {
        byte* control = stackalloc byte[ControlBytes];
        IoVector vector = new() { Base = buffer, Length = length };
        MessageHeader header = new() { Vector = &vector, VectorLength = 1, Control = control, ControlLength = ControlBytes };
        count = 0;
        long received = Kernel.Call(Linux.Recvmsg, socket, (long)&header, Linux.MSG_CMSG_CLOEXEC);
        if (received < 0)
        {
            return (int)received;
        }

        ControlHeader* first = (ControlHeader*)control;
        if (header.ControlLength >= sizeof(ControlHeader) && first->Level == Linux.SOL_SOCKET && first->Type == Linux.SCM_RIGHTS)
        {
            count = ((int)first->Length - sizeof(ControlHeader)) / sizeof(int);
            int* numbers = (int*)(control + sizeof(ControlHeader));
            for (int i = 0; i < count; i++)
            {
                descriptors[i] = numbers[i];
            }
        }

        // A message that lost descriptors, because this process may have no more, is not what was sent.
        if ((header.Flags & (Linux.MSG_TRUNC | Linux.MSG_CTRUNC)) != 0)
        {
            CloseAll(descriptors, count);
            count = 0;
            return (header.Flags & Linux.MSG_CTRUNC) != 0 ? -Linux.EMFILE : -Linux.E2BIG;
        }

        return (int)received;
    }

    /// <summary>Sends one message; -errno on failure. A peer that is gone is -EPIPE, never a signal.</summary>
    /// <param name="socket">Where to.</param>
    /// <param name="data">The message.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="descriptors">Sent along.</param>
    /// <param name="count">How many.</param>
    /// <param name="flags">MSG_DONTWAIT for a peer that must not keep the sender waiting by never reading.</param>
    public static int Send(int socket, void* data, int length, int* descriptors = null, int count = 0, int flags = 0)
    {
        byte* control = stackalloc byte[ControlBytes];
        IoVector vector = new() { Base = data, Length = length };
        MessageHeader header = new() { Vector = &vector, VectorLength = 1 };
        if (count > 0)
        {
            ControlHeader* first = (ControlHeader*)control;
            *first = new() { Length = sizeof(ControlHeader) + (count * sizeof(int)), Level = Linux.SOL_SOCKET, Type = Linux.SCM_RIGHTS };
            int* numbers = (int*)(control + sizeof(ControlHeader));
            for (int i = 0; i < count; i++)
            {
                numbers[i] = descriptors[i];
            }

            header.Control = control;
            header.ControlLength = (first->Length + 7) & ~7;
        }

        return (int)Kernel.Call(Linux.Sendmsg, socket, (long)&header, Linux.MSG_NOSIGNAL | flags);
    }

    public static void CloseAll(int* descriptors, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Kernel.Close(descriptors[i]);
        }
    }

    /// <summary>Whether the process at the other end runs as root in this user namespace (SO_PEERCRED).</summary>
    public static bool PeerIsRoot(int socket)
    {
        int* credentials = stackalloc int[3]; // pid, uid, gid
        uint length = 3 * sizeof(int);
        return Kernel.Call(Linux.Getsockopt, socket, Linux.SOL_SOCKET, Linux.SO_PEERCRED, (long)credentials, (long)&length) == 0 && credentials[1] == 0;
    }
}
