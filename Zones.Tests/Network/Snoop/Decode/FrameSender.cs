using System.Runtime.CompilerServices;
using Zones.Interop;
using Zones.Network.Snoop.Capture;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>Sends frames of a test's making on a link in a network namespace (packet(7)).</summary>
internal sealed unsafe class FrameSender : IDisposable
{
    private readonly SafeFd _socket;

    public FrameSender(NetworkNamespace inside, string link)
    {
        _socket = inside.Inside(() => Kernel.Descriptor(Kernel.Call(Linux.Socket, PacketNumbers.AF_PACKET, PacketNumbers.SOCK_RAW | Linux.SOCK_CLOEXEC, 0), out int errno)
            ?? throw new InvalidOperationException(KernelError.Describe(errno)));
        LinkAddress address = new() { Family = PacketNumbers.AF_PACKET, Index = int.Parse(inside.Run("ip", "-o", "link", "show", link).Split(':')[0], null) };
        Assert.Equal(0, Kernel.Call(Linux.Bind, _socket.Number, (long)&address, Unsafe.SizeOf<LinkAddress>()));
    }

    public void Send(byte[] frame)
    {
        fixed (byte* start = frame)
        {
            Assert.Equal(frame.Length, Kernel.Call(Linux.Write, _socket.Number, (long)start, frame.Length));
        }
    }

    public void Dispose() => _socket.Dispose();
}
