using System.Buffers.Binary;

namespace Zones.Network.Snoop.Files;

/// <summary>pcapng: blocks of a type and a length, of which those about interfaces and packets are read and the others skipped.</summary>
internal sealed class PcapngFormat(CaptureInput input) : CaptureFormat(input)
{
    /// <summary>The same in both byte orders.</summary>
    public const uint SectionHeader = 0x0A0D0D0A;

    public const uint ByteOrderMagic = 0x1A2B3C4D;

    public const uint InterfaceDescription = 1, SimplePacket = 3, EnhancedPacket = 6;

    private const uint OldPacket = 2;
    private const int BlockHeader = 8, BlockTrailer = 4, BlockLeast = 12;
    private const int InterfacesMost = 1 << 16;

    private readonly List<CaptureInterface> _interfaces = [];
    private ByteOrder _order;
    private long _toSkip;

    public override bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken)
    {
        packet = default;
        while (Skip(cancellationToken) && Input.Peek(1, cancellationToken).Length > 0)
        {
            ReadOnlySpan<byte> header = Need(BlockHeader, "a block's header", cancellationToken).Span;
            uint type = _order.Word(header);
            if (type == SectionHeader)
            {
                BeginSection(cancellationToken);
                header = Need(BlockHeader, "a block's header", cancellationToken).Span;
            }

            uint length = _order.Word(header[4..]);
            if (length < BlockLeast || length % 4 != 0)
            {
                throw Wrong($"a block of {length} bytes, which is not {BlockLeast} or a greater multiple of 4,");
            }

            if (type is not (InterfaceDescription or SimplePacket or EnhancedPacket or OldPacket))
            {
                _toSkip = length;
                continue;
            }

            if (length > CaptureInput.Most)
            {
                throw Wrong($"a block of {length} bytes, at most {CaptureInput.Most} are read,");
            }

            ReadOnlyMemory<byte> block = Need((int)length, "a block", cancellationToken);
            if (_order.Word(block.Span[^BlockTrailer..]) != length)
            {
                throw Wrong($"a block that is {length} bytes long by its beginning and {_order.Word(block.Span[^BlockTrailer..])} by its end");
            }

            ReadOnlyMemory<byte> body = block[BlockHeader..^BlockTrailer];
            if (type == InterfaceDescription)
            {
                AddInterface(body.Span);
            }
            else
            {
                packet = type switch
                {
                    SimplePacket => Simple(body),
                    EnhancedPacket => Enhanced(body),
                    _ => Old(body),
                };
            }

            Input.Advance((int)length);
            if (type != InterfaceDescription)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A section has its own byte order and its own interfaces.</summary>
    private void BeginSection(CancellationToken cancellationToken)
    {
        const int least = 28;
        ReadOnlySpan<byte> header = Need(least, "a section's header", cancellationToken).Span;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (magic != ByteOrderMagic && BinaryPrimitives.ReverseEndianness(magic) != ByteOrderMagic)
        {
            throw Wrong($"a section whose byte order is not known ({magic:x8})");
        }

        _order = new ByteOrder(magic != ByteOrderMagic);
        ushort major = _order.Half(header[12..]);
        if (major != 1)
        {
            throw Wrong($"a pcapng section of version {major}, only 1 is known,");
        }

        _interfaces.Clear();
    }

    /// <summary>Goes over a block that is not read; a cancelled wait is taken up again by the next call.</summary>
    private bool Skip(CancellationToken cancellationToken)
    {
        _toSkip -= Input.Skip(_toSkip, cancellationToken);
        return _toSkip == 0 || (cancellationToken.IsCancellationRequested ? false : throw new CutShortException($"it ends {_toSkip} bytes before a block does, at byte {Input.Position}"));
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (_interfaces.Count == InterfacesMost)
        {
            throw Wrong($"more than {InterfacesMost} interfaces");
        }

        _interfaces.Add(CaptureInterface.Read(body, _order) ?? throw Wrong("an interface's description that cannot be"));
    }

    private CapturedPacket Enhanced(ReadOnlyMemory<byte> body)
    {
        const int header = 20;
        ReadOnlySpan<byte> fields = Fields(body, header);
        CaptureInterface at = Interface(_order.Word(fields));
        ulong time = ((ulong)_order.Word(fields[4..]) << 32) | _order.Word(fields[8..]);
        return Packet(at.Nanoseconds(time), Kept(body[header..], _order.Word(fields[12..])), _order.Word(fields[16..]), at.Type);
    }

    // Obsolete, still in old files: as the enhanced one, with 16 bits of interface and 16 of drops.
    private CapturedPacket Old(ReadOnlyMemory<byte> body)
    {
        const int header = 20;
        ReadOnlySpan<byte> fields = Fields(body, header);
        CaptureInterface at = Interface(_order.Half(fields));
        ulong time = ((ulong)_order.Word(fields[4..]) << 32) | _order.Word(fields[8..]);
        return Packet(at.Nanoseconds(time), Kept(body[header..], _order.Word(fields[12..])), _order.Word(fields[16..]), at.Type);
    }

    /// <summary>It has neither a time nor an interface: the first one, and how much of it was kept follows from that one's limit.</summary>
    private CapturedPacket Simple(ReadOnlyMemory<byte> body)
    {
        const int header = 4;
        CaptureInterface at = Interface(0);
        uint length = _order.Word(Fields(body, header));
        uint kept = Math.Min(length, at.KeepMost == 0 ? uint.MaxValue : at.KeepMost);
        return Packet(0, Kept(body[header..], kept), length, at.Type);
    }

    private ReadOnlySpan<byte> Fields(ReadOnlyMemory<byte> body, int count) =>
        body.Length >= count ? body.Span[..count] : throw Wrong($"a packet's block with {body.Length} bytes of the {count} that each has");

    private ReadOnlyMemory<byte> Kept(ReadOnlyMemory<byte> rest, uint kept) =>
        kept <= PacketMost && kept <= (uint)rest.Length ? rest[..(int)kept] : throw Wrong($"a packet of {kept} bytes in a block with room for {Math.Min(rest.Length, PacketMost)}");

    private CaptureInterface Interface(uint number) =>
        number < _interfaces.Count ? _interfaces[(int)number] : throw Wrong($"a packet of interface {number}, of which {_interfaces.Count} are described,");
}
