using Zones.Interop;
using Zones.Network.Netlink;
using Zones.Network.Snoop.Filters;
using Zones.Security;
using Zones.Wire;
using static Zones.Network.Snoop.Capture.PacketNumbers;

namespace Zones.Network.Snoop.Capture;

/// <summary>A packet(7) socket for one link or all of a namespace. It is made for no protocol, and bound only when filter and ring are in
/// place: so it never sees a packet that nobody asked for.</summary>
internal sealed unsafe partial class PacketSocket : IDisposable
{
    /// <summary>Milliseconds after which the kernel gives out what it has.</summary>
    public const int RetireAfter = 50;

    private const int FrameSize = 2048; // has no meaning with TPACKET_V3, but must divide a block

    private CaptureStatistics _statistics;

    private PacketSocket(SafeFd descriptor, string? link) => (Descriptor, Link) = (descriptor, link);

    public SafeFd Descriptor { get; }

    /// <summary>The link's name; null for all.</summary>
    public string? Link { get; }

    /// <summary>Opens a socket.</summary>
    /// <param name="networkNamespace">Null for the caller's.</param>
    /// <param name="link">Its name; null for all.</param>
    /// <param name="options">How.</param>
    /// <param name="blocks">Of the ring.</param>
    public static PacketSocket Open(SafeFd? networkNamespace, string? link, CaptureOptions options, int blocks) =>
        networkNamespace is null ? Open(link, options, blocks) : NamespaceThread.Run(networkNamespace, () => Open(link, options, blocks));

    private static PacketSocket Open(string? link, CaptureOptions options, int blocks)
    {
        SafeFd descriptor = Kernel.Descriptor(Kernel.Call(Linux.Socket, AF_PACKET, SOCK_RAW | Linux.SOCK_CLOEXEC, 0), out int errno)
            ?? throw Failed(link, "cannot open a packet socket", errno, errno == Linux.EPERM ? "capturing needs CAP_NET_RAW: run it as root" : null);
        PacketSocket socket = new(descriptor, link);
        try
        {
            int index = link is null ? 0 : socket.Index(link);
            socket.Attach(options, link is null ? null : socket.LinkType(link));
            socket.MakeRing(blocks);
            if (options.Promiscuous && index != 0)
            {
                socket.Set(PACKET_ADD_MEMBERSHIP, new Membership { Index = index, Type = PACKET_MR_PROMISC }, "cannot make the link promiscuous");
            }

            socket.Bind(index);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }

        return socket;
    }

    /// <summary>What the kernel counted since the socket was made.</summary>
    public CaptureStatistics Statistics()
    {
        RingStatistics since = default;
        int size = sizeof(RingStatistics);
        Check(Kernel.Call(Linux.Getsockopt, Descriptor.Number, SOL_PACKET, PACKET_STATISTICS, (long)&since, (long)&size), "cannot read the counts of the capture");
        _statistics = new CaptureStatistics(_statistics.Received + since.Packets - since.Drops, _statistics.Dropped + since.Drops, _statistics.RingFull + since.Freezes);
        return _statistics;
    }

    /// <summary>Looks at what made poll(2) tell of an error.</summary>
    /// <returns>Whether the link is gone. One that is only down can come up again.</returns>
    /// <exception cref="ZoneException">Another error.</exception>
    public bool IsLinkGone()
    {
        int error = 0, size = sizeof(int);
        Kernel.Call(Linux.Getsockopt, Descriptor.Number, Linux.SOL_SOCKET, SO_ERROR, (long)&error, (long)&size);
        if (error is not (0 or ENETDOWN))
        {
            throw Failed(Link, "the capture failed", error, null);
        }

        LinkLayerAddress address;
        size = sizeof(LinkLayerAddress);
        Kernel.Call(Getsockname, Descriptor.Number, (long)&address, (long)&size);
        return address.Index < 0;
    }

    public void Dispose() => Descriptor.Dispose();

    private static ZoneException Failed(string? link, string what, int errno, string? advice) =>
        new($"{link ?? "all links"}: {what}: {KernelError.Describe(errno)}{(advice is null ? "" : "; " + advice)}") { Errno = errno };

    private void Attach(CaptureOptions options, LinkType? type)
    {
        uint keep = (uint)options.SnapLength;
        byte[] program = options.Filter?.CompileForSocket(type, keep) ?? KeepAll(keep);
        fixed (byte* first = program)
        {
            FilterProgram filter = new() { Instructions = (ushort)(program.Length / BpfAssembler.InstructionSize), First = first };
            Check(
                Kernel.Call(Linux.Setsockopt, Descriptor.Number, Linux.SOL_SOCKET, SO_ATTACH_FILTER, (long)&filter, sizeof(FilterProgram)),
                $"cannot install the filter of {filter.Instructions} instructions",
                "a filter's size is bounded by net.core.optmem_max");
        }
    }

    private static byte[] KeepAll(uint keep)
    {
        BpfAssembler program = new();
        program.Ends(keep);
        return program.ToBytes("the packet filter", "");
    }

    private void MakeRing(int blocks)
    {
        const int reserve = 4; // for the VLAN tag that is put back
        Set(PACKET_VERSION, TPACKET_V3, "cannot use rings of version 3");
        Set(PACKET_RESERVE, reserve, "cannot keep room before packets");
        RingRequest request = new()
        {
            BlockSize = PacketRing.BlockSize,
            BlockCount = (uint)blocks,
            FrameSize = FrameSize,
            FrameCount = (uint)(blocks * (PacketRing.BlockSize / FrameSize)),
            RetireAfter = RetireAfter,
        };
        Set(PACKET_RX_RING, request, $"cannot make a ring of {blocks} blocks of {PacketRing.BlockSize} bytes");
    }

    private void Bind(int index)
    {
        LinkLayerAddress address = new() { Family = AF_PACKET, Protocol = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)ETH_P_ALL), Index = index };
        Check(Kernel.Call(Linux.Bind, Descriptor.Number, (long)&address, sizeof(LinkLayerAddress)), "cannot capture");

        // A link that is down takes the binding and tells by an error of the socket; it may come up.
        if (index != 0 && IsLinkGone())
        {
            throw Failed(Link, "the link went away", Linux.ENODEV, null);
        }
    }

    private void Set<T>(int option, T value, string what)
        where T : unmanaged => Check(Kernel.Call(Linux.Setsockopt, Descriptor.Number, SOL_PACKET, option, (long)&value, sizeof(T)), what);

    private void Check(long result, string what, string? advice = null)
    {
        if (result < 0)
        {
            throw Failed(Link, what, (int)-result, advice);
        }
    }
}
