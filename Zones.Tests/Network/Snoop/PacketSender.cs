using Zones.Interop;
using Zones.Network.Snoop.Capture;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Snoop;

/// <summary>Sends frames on a link as they are.</summary>
internal sealed unsafe class PacketSender : IDisposable
{
    private readonly SafeFd _socket;
    private readonly int _index;

    private PacketSender(SafeFd socket, int index) => (_socket, _index) = (socket, index);

    public static PacketSender Open(NetworkNamespace network, string link)
    {
        SafeFd? socket = network.Inside(() => Kernel.Descriptor(Kernel.Call(Linux.Socket, PacketNumbers.AF_PACKET, PacketNumbers.SOCK_RAW | Linux.SOCK_CLOEXEC, 0), out _));
        return new PacketSender(socket!, int.Parse(network.Run("ip", "-o", "link", "show", link).Split(':')[0]));
    }

    public void Send(ReadOnlySpan<byte[]> frames)
    {
        byte* address = stackalloc byte[20];
        *(ushort*)address = PacketNumbers.AF_PACKET;
        *(int*)(address + 4) = _index;
        foreach (byte[] frame in frames)
        {
            // What dev_queue_xmit looks at for a tag that is already in the frame.
            (address[2], address[3]) = (frame[12], frame[13]);
            fixed (byte* start = frame)
            {
                Assert.Equal(frame.Length, Kernel.Call(Linux.Sendto, _socket.Number, (long)start, frame.Length, 0, (long)address, 20));
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
