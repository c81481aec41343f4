using System.Globalization;
using System.Net;
using System.Numerics;
using Zones.Domains.Network;
using Zones.Network.Diskless;
using Zones.Network.Protocols;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Asks on a link which address it has: by RARP, the way of diskless workstations from the beginning, or by DHCP.</summary>
internal static class GuestAutoconf
{
    /// <summary>The link with what it has been told.</summary>
    /// <param name="link">As the command line has it.</param>
    /// <param name="index">Its number; it is up.</param>
    /// <param name="mac">Its hardware address.</param>
    public static GuestLink Complete(GuestLink link, int index, byte[] mac) => link.Autoconf switch
    {
        GuestLink.Rarp => Rarp(link, index, mac),
        GuestLink.Dhcp => Dhcp(link, index, mac),
        _ => link,
    };

    private static GuestLink Rarp(GuestLink link, int index, byte[] mac)
    {
        using GuestPackets packets = new(index, EtherTypes.Rarp);
        byte[] question = new RarpPacket(false, mac, IPAddress.Any, mac, IPAddress.Any).Write(UdpFrame.Everybody);
        IPAddress address = packets.Ask(
            question,
            frame => RarpPacket.Read(frame) is { IsReply: true } answer && answer.TargetMac.AsSpan().SequenceEqual(mac) ? answer.Target : null,
            $"on {link.Name} by RARP which address it has");

        // The length of the prefix is in the address that the command line has in this place.
        return link with { Addresses = [.. link.Addresses.Select(given => given.StartsWith("0.0.0.0/", StringComparison.Ordinal) ? $"{address}{given["0.0.0.0".Length..]}" : given)] };
    }

    private static GuestLink Dhcp(GuestLink link, int index, byte[] mac)
    {
        using GuestPackets packets = new(index, EtherTypes.IPv4);
        uint transaction = BitConverter.ToUInt32(Random());
        DhcpMessage offer = Exchange(DhcpType.Discover, [], DhcpType.Offer);
        DhcpMessage given = Exchange(
            DhcpType.Request,
            [new(DhcpOption.RequestedAddress, offer.Yours.GetAddressBytes()), new(DhcpOption.ServerIdentifier, offer.Options.GetValueOrDefault(DhcpOption.ServerIdentifier) ?? [])],
            DhcpType.Ack);
        int length = given.Address(DhcpOption.SubnetMask) is { } mask ? BitOperations.PopCount(BitConverter.ToUInt32(mask.GetAddressBytes())) : 32;
        return link with
        {
            Addresses = [string.Create(CultureInfo.InvariantCulture, $"{given.Yours}/{length}"), .. link.Addresses],
            Routers = given.Address(DhcpOption.Router) is { } router ? [router.ToString(), .. link.Routers] : link.Routers,
        };

        DhcpMessage Exchange(DhcpType type, KeyValuePair<byte, byte[]>[] options, DhcpType wanted)
        {
            byte[] asked = [DhcpOption.SubnetMask, DhcpOption.Router, DhcpOption.DomainNameServer, DhcpOption.HostName, DhcpOption.RootPath, DhcpOption.InterfaceMtu];
            DhcpMessage message = new()
            {
                Transaction = transaction,
                Mac = mac,
                Options = new Dictionary<byte, byte[]>([new(DhcpOption.Type, [(byte)type]), .. options, new(DhcpOption.ParameterRequestList, asked)]),
            };
            byte[] frame = new UdpFrame(mac, UdpFrame.Everybody, new(IPAddress.Any, DhcpMessage.ClientPort), new(IPAddress.Broadcast, DhcpMessage.ServerPort), message.Write()).Write();
            return packets.Ask(
                frame,
                received => UdpFrame.Read(received) is { To.Port: DhcpMessage.ClientPort } udp && DhcpMessage.Read(udp.Payload) is { IsReply: true } answer
                    && answer.Transaction == transaction && answer.Type == wanted ? answer : null,
                $"on {link.Name} by DHCP which address it has");
        }
    }

    private static unsafe byte[] Random()
    {
        byte[] bytes = new byte[4];
        fixed (byte* first = bytes)
        {
            Kernel.Call(Linux.Getrandom, (long)first, bytes.Length, 0);
        }

        return bytes;
    }
}
