using Zones.Interop;
using Zones.Network.Protocols;
using static Zones.Network.Snoop.Capture.PacketNumbers;

namespace Zones.Network.Snoop.Capture;

/// <summary>A TPACKET_V3 ring (Documentation/networking/packet_mmap.rst): blocks that the kernel fills in turn and gives out when they are full
/// or old, and that it gets back when all of their packets were read.</summary>
internal sealed unsafe class PacketRing : IDisposable
{
    public const int BlockSize = 256 << 10;

    private const int TagBytes = 4;
    private const int EthernetAddresses = 12;

    private readonly RingMemory _memory;
    private readonly int _blocks;
    private readonly int _snapLength;
    private int _block;
    private uint _packetsLeft;
    private PacketHeader* _next;
    private bool _held;

    public PacketRing(SafeFd socket, int blocks, int snapLength)
    {
        _memory = new RingMemory(socket, blocks * BlockSize);
        (_blocks, _snapLength) = (blocks, snapLength);
    }

    private BlockDescription* Block => (BlockDescription*)(_memory.Start + ((long)_block * BlockSize));

    /// <summary>The next packet that is there. The one before is not to be used any more.</summary>
    public bool TryTake(out CapturedPacket packet)
    {
        ObjectDisposedException.ThrowIf(_memory.Start is null, typeof(PacketCapture));
        while (TryNext(out PacketHeader* header))
        {
            if (TryRead(header, out packet))
            {
                return true;
            }
        }

        packet = default;
        return false;
    }

    public void Dispose() => ((IDisposable)_memory).Dispose();

    private bool TryNext(out PacketHeader* header)
    {
        header = null;
        while (_packetsLeft == 0)
        {
            if (_held)
            {
                Volatile.Write(ref Block->Status, TP_STATUS_KERNEL);
                _block = _block + 1 == _blocks ? 0 : _block + 1;
                _held = false;
            }

            if ((Volatile.Read(ref Block->Status) & TP_STATUS_USER) == 0)
            {
                return false;
            }

            (_held, _packetsLeft) = (true, Block->Packets);
            _next = (PacketHeader*)((byte*)Block + Block->FirstPacket);
        }

        header = _next;
        _next = (PacketHeader*)((byte*)_next + _next->NextOffset);
        _packetsLeft--;
        return true;
    }

    /// <returns>False for what is not to be shown: what loopback sends, as it receives the same, and what is of no known link.</returns>
    private bool TryRead(PacketHeader* header, out CapturedPacket packet)
    {
        LinkLayerAddress* from = (LinkLayerAddress*)((byte*)header + PacketHeader.Bytes);
        bool ethernet = from->HardwareType is ARPHRD_ETHER or ARPHRD_LOOPBACK;
        if (from->HardwareType == ARPHRD_LOOPBACK && from->PacketType == PACKET_OUTGOING || !ethernet && !IpLinks.Contains(from->HardwareType))
        {
            packet = default;
            return false;
        }

        long time = (header->Seconds * 1_000_000_000L) + header->Nanoseconds;
        int offset = (int)((byte*)header - _memory.Start) + header->LinkOffset;
        int kept = (int)header->Kept, length = (int)header->Length;
        if (!ethernet)
        {
            int linkHeader = header->NetworkOffset - header->LinkOffset;
            (offset, kept, length) = (offset + linkHeader, Math.Max(kept - linkHeader, 0), length - linkHeader);
        }
        else if ((header->Status & TP_STATUS_VLAN_VALID) != 0 && kept >= EthernetAddresses)
        {
            PutTagBack(header, _memory.Start + offset);
            (offset, kept, length) = (offset - TagBytes, kept + TagBytes, length + TagBytes);
        }

        packet = new CapturedPacket(time, _memory.Part(offset, Math.Min(kept, _snapLength)), length, ethernet ? LinkType.Ethernet : LinkType.Raw);
        return true;
    }

    /// <summary>The kernel takes the outer VLAN tag out of a frame and tells it aside. PACKET_RESERVE left room in front, into which the addresses move.</summary>
    private static void PutTagBack(PacketHeader* header, byte* frame)
    {
        new Span<byte>(frame, EthernetAddresses).CopyTo(new Span<byte>(frame - TagBytes, EthernetAddresses));
        ushort type = (header->Status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->TagType : EtherTypes.Vlan;
        byte* tag = frame + EthernetAddresses - TagBytes;
        (tag[0], tag[1], tag[2], tag[3]) = ((byte)(type >> 8), (byte)type, (byte)(header->TagNumber >> 8), (byte)header->TagNumber);
    }
}
