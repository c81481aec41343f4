using System.Text;
using Zones.Interop;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Filters;
using Zones.Security;
using Zones.Wire;
using static Zones.Network.Snoop.Capture.PacketNumbers;

namespace Zones.Network.Diskless;

/// <summary>What the responder of a bridge listens and answers with: a packet socket, because whoever asks has no address yet, and the port of
/// DHCP. Nothing is read from that: it keeps others from taking the port, and the kernel from telling clients that it is closed.</summary>
internal sealed unsafe class ResponderSockets : IDisposable
{
    private const int LongestFrame = 2048;
    private const int BindToDevice = 25, AddressInUse = 98; // SO_BINDTODEVICE, EADDRINUSE

    private readonly SafeFd _packets, _port;

    private ResponderSockets(SafeFd packets, SafeFd port) => (_packets, _port) = (packets, port);

    /// <summary>The packet socket first.</summary>
    public IReadOnlyList<SafeFd> Descriptors => [_packets, _port];

    /// <summary>Opens them in the caller's network namespace.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <exception cref="ZoneResourceException">The port is taken, or the bridge is gone.</exception>
    public static ResponderSockets Open(string bridge)
    {
        SafeFd port = Make(bridge, Linux.AF_INET, Linux.SOCK_DGRAM);
        SafeFd? packets = null;
        try
        {
            byte[] name = Encoding.UTF8.GetBytes(bridge + "\0");
            fixed (byte* first = name)
            {
                Check(bridge, Kernel.Call(Linux.Setsockopt, port.Number, Linux.SOL_SOCKET, BindToDevice, (long)first, name.Length));
            }

            Filter(bridge, port, [6, 0, 0, 0, 0, 0, 0, 0]); // BPF_RET | BPF_K: keep nothing
            byte* any = stackalloc byte[16];
            new Span<byte>(any, 16).Clear();
            (any[0], any[3]) = (Linux.AF_INET, DhcpMessage.ServerPort);
            long bound = Kernel.Call(Linux.Bind, port.Number, (long)any, 16);
            if (bound == -AddressInUse)
            {
                throw Failure(bridge, AddressInUse, "another DHCP server has port 67 there; have it leave this bridge alone (dnsmasq: except-interface), or use autoconf: none");
            }

            Check(bridge, bound);
            packets = Make(bridge, AF_PACKET, SOCK_RAW);
            PacketFilter wanted = PacketFilter.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"rarp or (udp and dst port {DhcpMessage.ServerPort})"));
            Filter(bridge, packets, wanted.CompileForSocket(LinkType.Ethernet, LongestFrame));
            LinkLayerAddress address = new() { Family = AF_PACKET, Protocol = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)ETH_P_ALL), Index = LinkAt(packets, bridge).Index };
            Check(bridge, Kernel.Call(Linux.Bind, packets.Number, (long)&address, sizeof(LinkLayerAddress)));
            return new(packets, port);
        }
        catch
        {
            packets?.Dispose();
            port.Dispose();
            throw;
        }
    }

    /// <summary>A link's number and hardware address, in the socket's network namespace.</summary>
    public static (int Index, byte[] Mac) LinkAt(SafeFd socket, string link)
    {
        const int requestLength = 40, nameLength = 16; // struct ifreq
        byte* request = stackalloc byte[requestLength];
        new Span<byte>(request, requestLength).Clear();
        Encoding.UTF8.GetBytes(link, new Span<byte>(request, nameLength - 1));
        Check(link, Kernel.Call(Linux.Ioctl, socket.Number, SIOCGIFINDEX, (long)request));
        int index = *(int*)(request + nameLength);
        Check(link, Kernel.Call(Linux.Ioctl, socket.Number, SIOCGIFHWADDR, (long)request));
        return (index, new Span<byte>(request + nameLength + 2, 6).ToArray());
    }

    public void Dispose()
    {
        _packets.Dispose();
        _port.Dispose();
    }

    private static SafeFd Make(string bridge, int family, int type) =>
        Kernel.Descriptor(Kernel.Call(Linux.Socket, family, type | Linux.SOCK_CLOEXEC, 0), out int errno) ?? throw Failure(bridge, errno, null);

    private static void Filter(string bridge, SafeFd socket, byte[] program)
    {
        fixed (byte* first = program)
        {
            FilterProgram filter = new() { Instructions = (ushort)(program.Length / BpfAssembler.InstructionSize), First = first };
            Check(bridge, Kernel.Call(Linux.Setsockopt, socket.Number, Linux.SOL_SOCKET, SO_ATTACH_FILTER, (long)&filter, sizeof(FilterProgram)));
        }
    }

    private static void Check(string bridge, long result)
    {
        if (result < 0)
        {
            throw Failure(bridge, (int)-result, null);
        }
    }

    private static ZoneResourceException Failure(string bridge, int errno, string? advice) =>
        new($"{bridge}: cannot answer by RARP and DHCP there: {KernelError.Describe(errno)}{(advice is null ? "" : "; " + advice)}", ResponderKind.Name) { Errno = errno };
}
