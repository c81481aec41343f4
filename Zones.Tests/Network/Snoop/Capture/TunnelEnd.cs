using System.Text;
using Zones.Interop;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Snoop.Capture;

/// <summary>The program's end of a tun link.</summary>
internal static unsafe class TunnelEnd
{
    public static SafeFd Open(NetworkNamespace network, string link) => network.Inside(() =>
    {
        const int setInterface = 0x400454CA;
        const ushort tunWithoutInformation = 0x1001;
        SafeFd device = Kernel.Open("/dev/net/tun", Linux.O_RDWR, out _)!;
        byte* request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(link, new Span<byte>(request, 16));
        *(ushort*)(request + 16) = tunWithoutInformation;
        Assert.Equal(0, Kernel.Call(Linux.Ioctl, device.Number, setInterface, (long)request));
        return device;
    });
}
