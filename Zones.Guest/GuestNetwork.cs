using System.Buffers.Binary;
using System.Globalization;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>The domain's link and its address, which the kernel's command line says: <c>zones.ip=ADDRESS/LENGTH zones.gateway=ADDRESS</c>.
/// Through the ioctls of netdevice(7), which every kernel has.</summary>
internal static unsafe class GuestNetwork
{
    private const int SetAddress = 0x8916, SetMask = 0x891C, AddRoute = 0x890B; // SIOCSIFADDR, SIOCSIFNETMASK, SIOCADDRT
    private const int RequestLength = 40; // struct ifreq: 16 bytes of name, then what is asked
    private const int NameLength = 16;

    /// <summary>Brings up the loopback link and the first other one.</summary>
    /// <param name="commandLine">The kernel's.</param>
    public static void BringUp(string commandLine)
    {
        int socket = (int)Kernel.Call(Linux.Socket, Linux.AF_INET, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0);
        SetUp(socket, "lo");
        if (Value(commandLine, "zones.ip") is not { } address)
        {
            Kernel.Close(socket);
            return;
        }

        string link = FirstLink();
        string[] parts = address.Split('/');
        uint mask = uint.MaxValue << (32 - int.Parse(parts[1], CultureInfo.InvariantCulture));
        SetInet(socket, link, SetAddress, Parse(parts[0]), $"give {link} the address {address}");
        SetInet(socket, link, SetMask, mask, $"give {link} the address {address}");
        SetUp(socket, link);
        if (Value(commandLine, "zones.gateway") is { } gateway)
        {
            Route(socket, Parse(gateway), gateway);
        }

        Kernel.Close(socket);
    }

    private static string? Value(string commandLine, string key) =>
        commandLine.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

    /// <summary>Drivers may find it a moment after they were loaded.</summary>
    private static string FirstLink()
    {
        const int attempts = 500;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            if (Call.List("/sys/class/net").Find(name => name != "lo") is { } link)
            {
                return link;
            }

            Thread.Sleep(10);
        }

        throw new GuestException("there is no network link; does the kernel have virtio_net, and its modules?");
    }

    private static void SetUp(int socket, string link)
    {
        byte* request = stackalloc byte[RequestLength];
        Fill(request, link);
        request[NameLength] = Linux.IFF_UP | Linux.IFF_RUNNING;
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Ioctl, socket, Linux.SIOCSIFFLAGS, (long)request), $"bring up {link}");
    }

    private static void SetInet(int socket, string link, int what, uint address, string label)
    {
        byte* request = stackalloc byte[RequestLength];
        Fill(request, link);
        Inet(request + NameLength, address);
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Ioctl, socket, what, (long)request), label);
    }

    /// <summary>struct rtentry: destination, gateway and mask are three sockaddr from byte 8 on, then the flags.</summary>
    private static void Route(int socket, uint gateway, string text)
    {
        const int length = 120, addressLength = 16, up = 1, throughGateway = 2;
        byte* entry = stackalloc byte[length];
        new Span<byte>(entry, length).Clear();
        Inet(entry + 8, 0);
        Inet(entry + 8 + addressLength, gateway);
        Inet(entry + 8 + (2 * addressLength), 0);
        *(ushort*)(entry + 8 + (3 * addressLength)) = up | throughGateway;
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Ioctl, socket, AddRoute, (long)entry), $"set the default router {text}");
    }

    private static void Fill(byte* request, string link)
    {
        new Span<byte>(request, RequestLength).Clear();
        System.Text.Encoding.ASCII.GetBytes(link, new Span<byte>(request, NameLength - 1));
    }

    private static void Inet(byte* at, uint address)
    {
        *(ushort*)at = Linux.AF_INET;
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(at + 4, 4), address);
    }

    private static uint Parse(string address) => address.Split('.').Aggregate(0u, (sum, part) => (sum << 8) | byte.Parse(part, CultureInfo.InvariantCulture));
}
