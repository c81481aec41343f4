using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;

namespace Zones.Network.Diskless;

/// <summary>Answers links that ask who they are, by RARP (RFC 903), DHCP (RFC 2131) or BOOTP (RFC 951): with the address that is leased to the
/// zone, for as long as the zone has it, and with what it boots from. Only to the very link that asks: each answer is a frame for that one, since it
/// says where a root is.</summary>
/// <param name="mac">This host's hardware address on the link.</param>
/// <param name="find">What a hardware address is to be told; null for nothing.</param>
internal sealed class Responder(byte[] mac, Func<PhysicalAddress, BootEntry?> find)
{
    /// <summary>The frame that answers a frame; null for none.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> frame) =>
        RarpPacket.Read(frame) is { } asked ? Answer(asked, frame[6..12])
        : UdpFrame.Read(frame) is { To.Port: DhcpMessage.ServerPort } udp && DhcpMessage.Read(udp.Payload) is { } message ? Answer(udp, message)
        : null;

    /// <summary>Who asks about another is not told.</summary>
    private byte[]? Answer(RarpPacket asked, ReadOnlySpan<byte> source) =>
        !asked.IsReply && source.SequenceEqual(asked.SenderMac) && source.SequenceEqual(asked.TargetMac) && find(new(asked.TargetMac)) is { } entry
            ? new RarpPacket(true, mac, IPAddress.Parse(entry.Server), asked.TargetMac, entry.Ip).Write(asked.TargetMac)
            : null;

    private byte[]? Answer(UdpFrame udp, DhcpMessage asked)
    {
        if (asked.IsReply || !udp.FromMac.AsSpan().SequenceEqual(asked.Mac) || !asked.Relay.Equals(IPAddress.Any) || find(new(asked.Mac)) is not { } entry)
        {
            return null;
        }

        IPAddress server = IPAddress.Parse(entry.Server);
        if ((asked.Address(DhcpOption.ServerIdentifier) is { } chosen && !chosen.Equals(server)) || AnswerTo(asked, entry) is not { } reply)
        {
            return null;
        }

        IPAddress to = reply.Type == DhcpType.Nak || (asked.Broadcast && asked.Client.Equals(IPAddress.Any)) ? IPAddress.Broadcast
            : asked.Client.Equals(IPAddress.Any) ? reply.Yours
            : asked.Client;
        return new UdpFrame(mac, asked.Mac, new(server, DhcpMessage.ServerPort), new(to, DhcpMessage.ClientPort), reply.Write()).Write();
    }

    private static DhcpMessage? AnswerTo(DhcpMessage asked, BootEntry entry)
    {
        switch (asked.Type)
        {
            case null:
                return Reply(asked, entry, null);
            case DhcpType.Discover:
                return Reply(asked, entry, DhcpType.Offer);
            case DhcpType.Request:
                IPAddress wanted = asked.Address(DhcpOption.RequestedAddress) ?? asked.Client;
                return wanted.Equals(entry.Ip) ? Reply(asked, entry, DhcpType.Ack) : Refuse(asked, entry);
            case DhcpType.Inform:
                return asked.Client.Equals(entry.Ip) ? Reply(asked, entry, DhcpType.Ack) : null;
            default:
                return null; // it is the zone's, whether released or not
        }
    }

    private static DhcpMessage Refuse(DhcpMessage asked, BootEntry entry) => Head(asked) with
    {
        Options = new Dictionary<byte, byte[]>
        {
            [DhcpOption.Type] = [(byte)DhcpType.Nak],
            [DhcpOption.ServerIdentifier] = IPAddress.Parse(entry.Server).GetAddressBytes(),
        },
    };

    private static DhcpMessage Reply(DhcpMessage asked, BootEntry entry, DhcpType? type)
    {
        bool informed = asked.Type == DhcpType.Inform;
        Dictionary<byte, byte[]> options = [];
        if (type is { } kind)
        {
            options[DhcpOption.Type] = [(byte)kind];
            options[DhcpOption.ServerIdentifier] = IPAddress.Parse(entry.Server).GetAddressBytes();
        }

        if (type is not null && !informed)
        {
            options[DhcpOption.LeaseTime] = [0xFF, 0xFF, 0xFF, 0xFF]; // for ever
        }

        options[DhcpOption.SubnetMask] = entry.Mask;
        Add(DhcpOption.Router, entry.Router is { } router ? IPAddress.Parse(router).GetAddressBytes() : []);
        Add(DhcpOption.DomainNameServer, [.. entry.Resolvers.SelectMany(resolver => IPAddress.Parse(resolver).GetAddressBytes())]);
        Add(DhcpOption.HostName, Encoding.ASCII.GetBytes(entry.Hostname));
        Add(DhcpOption.RootPath, Encoding.UTF8.GetBytes(entry.Root ?? ""));
        if (entry.Mtu > 0)
        {
            byte[] mtu = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(mtu, (ushort)entry.Mtu);
            options[DhcpOption.InterfaceMtu] = mtu;
        }

        Add(DhcpOption.ClientIdentifier, asked.Options.GetValueOrDefault(DhcpOption.ClientIdentifier) ?? []); // RFC 6842
        return Head(asked) with
        {
            Client = asked.Client,
            Yours = informed ? IPAddress.Any : entry.Ip,
            NextServer = entry.Root is null ? IPAddress.Any : IPAddress.Parse(entry.Server),
            Options = options,
        };

        void Add(byte option, byte[] value)
        {
            if (value.Length is > 0 and <= byte.MaxValue)
            {
                options[option] = value;
            }
        }
    }

    private static DhcpMessage Head(DhcpMessage asked) => new() { IsReply = true, Transaction = asked.Transaction, Seconds = 0, Broadcast = asked.Broadcast, Mac = asked.Mac };
}
