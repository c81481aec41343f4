using System.Buffers.Binary;
using System.Net;

namespace Zones.Network.Diskless;

/// <summary>A message of DHCP (RFC 2131), or of BOOTP (RFC 951) when it has no <see cref="DhcpType"/>: what UDP carries.</summary>
internal sealed record DhcpMessage
{
    public const int ServerPort = 67, ClientPort = 68;

    private const int OptionsAt = 240, Smallest = 300, HardwareLength = 6; // what old clients take for whole (RFC 951, 3)
    private const byte Ethernet = 1;
    private const uint Magic = 0x63825363;

    /// <summary>Whether it is a server's.</summary>
    public bool IsReply { get; init; }

    /// <summary>The client's random number.</summary>
    public uint Transaction { get; init; }

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds { get; init; }

    /// <summary>Whether the client hears only what is for everybody.</summary>
    public bool Broadcast { get; init; }

    /// <summary>ciaddr: the address that the client has and answers at.</summary>
    public IPAddress Client { get; init; } = IPAddress.Any;

    /// <summary>yiaddr: the address that it is given.</summary>
    public IPAddress Yours { get; init; } = IPAddress.Any;

    /// <summary>siaddr: the server to boot from next.</summary>
    public IPAddress NextServer { get; init; } = IPAddress.Any;

    /// <summary>giaddr: who relays between links.</summary>
    public IPAddress Relay { get; init; } = IPAddress.Any;

    /// <summary>chaddr: the client's address of Ethernet.</summary>
    public required byte[] Mac { get; init; }

    /// <summary>Options (RFC 2132) in the order in which they are written.</summary>
    public IReadOnlyDictionary<byte, byte[]> Options { get; init; } = new Dictionary<byte, byte[]>();

    /// <summary>What kind of message of DHCP it is; null for one of BOOTP.</summary>
    public DhcpType? Type => Options.GetValueOrDefault(DhcpOption.Type) is [byte type] ? (DhcpType)type : null;

    /// <summary>An option that is one address; null when it is not there, or is something else.</summary>
    public IPAddress? Address(byte option) => Options.GetValueOrDefault(option) is { Length: >= 4 } bytes ? new(bytes.AsSpan(0, 4)) : null;

    /// <summary>Reads one; null when it is none for Ethernet, or an option runs past its end.</summary>
    public static DhcpMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OptionsAt || bytes[0] is not (1 or 2) || bytes[1] != Ethernet || bytes[2] != HardwareLength
            || (BinaryPrimitives.ReadUInt32BigEndian(bytes[(OptionsAt - 4)..]) == Magic ? ReadOptions(bytes[OptionsAt..]) : []) is not { } options)
        {
            return null;
        }

        return new()
        {
            IsReply = bytes[0] == 2,
            Transaction = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Seconds = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            Broadcast = (bytes[10] & 0x80) != 0,
            Client = new(bytes[12..16]),
            Yours = new(bytes[16..20]),
            NextServer = new(bytes[20..24]),
            Relay = new(bytes[24..28]),
            Mac = bytes[28..(28 + HardwareLength)].ToArray(),
            Options = options,
        };
    }

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        byte[] bytes = new byte[Math.Max(Smallest, OptionsAt + Options.Sum(option => 2 + option.Value.Length) + 1)];
        bytes[0] = (byte)(IsReply ? 2 : 1);
        bytes[1] = Ethernet;
        bytes[2] = HardwareLength;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), Seconds);
        bytes[10] = (byte)(Broadcast ? 0x80 : 0);
        Client.GetAddressBytes().CopyTo(bytes, 12);
        Yours.GetAddressBytes().CopyTo(bytes, 16);
        NextServer.GetAddressBytes().CopyTo(bytes, 20);
        Relay.GetAddressBytes().CopyTo(bytes, 24);
        Mac.CopyTo(bytes, 28);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(OptionsAt - 4), Magic);
        int at = OptionsAt;
        foreach ((byte option, byte[] value) in Options)
        {
            bytes[at] = option;
            bytes[at + 1] = (byte)value.Length;
            value.CopyTo(bytes, at + 2);
            at += 2 + value.Length;
        }

        bytes[at] = DhcpOption.End;
        return bytes;
    }

    /// <summary>One that comes in several parts is joined (RFC 3396).</summary>
    private static Dictionary<byte, byte[]>? ReadOptions(ReadOnlySpan<byte> bytes)
    {
        Dictionary<byte, byte[]> options = [];
        while (bytes.Length > 0 && bytes[0] != DhcpOption.End)
        {
            if (bytes[0] == DhcpOption.Pad)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes.Length < 2 + bytes[1])
            {
                return null;
            }

            ReadOnlySpan<byte> value = bytes.Slice(2, bytes[1]);
            options[bytes[0]] = [.. options.GetValueOrDefault(bytes[0]) ?? [], .. value];
            bytes = bytes[(2 + bytes[1])..];
        }

        return options;
    }
}

/// <summary>Kinds of messages (RFC 2132, 9.6).</summary>
internal enum DhcpType : byte
{
    /// <summary>Who gives me an address?</summary>
    Discover = 1,

    /// <summary>This one is to be had.</summary>
    Offer,

    /// <summary>I take it, have it, or want to keep it.</summary>
    Request,

    /// <summary>Somebody else has it.</summary>
    Decline,

    /// <summary>It is yours.</summary>
    Ack,

    /// <summary>It is not.</summary>
    Nak,

    /// <summary>I need it no more.</summary>
    Release,

    /// <summary>I have an address; tell me the rest.</summary>
    Inform,
}

/// <summary>Options (RFC 2132).</summary>
internal static class DhcpOption
{
    public const byte Pad = 0, SubnetMask = 1, Router = 3, DomainNameServer = 6, HostName = 12, RootPath = 17, InterfaceMtu = 26, RequestedAddress = 50,
        LeaseTime = 51, Type = 53, ServerIdentifier = 54, ParameterRequestList = 55, ClientIdentifier = 61, End = 255;
}
