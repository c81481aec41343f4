using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Zones.Network.Netlink.NetlinkNumbers;

namespace Zones.Network.Netlink;

/// <summary>One message of the kernel's.</summary>
internal readonly ref struct NetlinkMessage
{
    private readonly ReadOnlySpan<byte> _payload;

    private NetlinkMessage(NetlinkHeader header, ReadOnlySpan<byte> payload)
    {
        Type = header.Type;
        Flags = header.Flags;
        Sequence = header.Sequence;
        _payload = payload;
    }

    public ushort Type { get; }

    public ushort Flags { get; }

    public uint Sequence { get; }

    /// <summary>Takes the first message off a datagram; false when there is none that is whole.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> datagram, out NetlinkMessage message)
    {
        message = default;
        if (!MemoryMarshal.TryRead(datagram, out NetlinkHeader header) || header.Length < NetlinkHeader.Size || header.Length > datagram.Length)
        {
            return false;
        }

        message = new(header, datagram[NetlinkHeader.Size..(int)header.Length]);
        datagram = datagram[Math.Min(Align((int)header.Length), datagram.Length)..];
        return true;
    }

    /// <summary>The structure behind the header. What a shorter one lacks is zero.</summary>
    public T Header<T>()
        where T : unmanaged
    {
        T value = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        _payload[..Math.Min(_payload.Length, bytes.Length)].CopyTo(bytes);
        return value;
    }

    /// <summary>The attributes behind that structure.</summary>
    public NetlinkReader Attributes<T>()
        where T : unmanaged => AttributesAt(Unsafe.SizeOf<T>());

    /// <summary>The attributes behind so many bytes.</summary>
    public NetlinkReader AttributesAt(int offset) => new(_payload[Math.Min(Align(offset), _payload.Length)..]);
}
