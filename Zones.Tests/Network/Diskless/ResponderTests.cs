using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Zones.Network.Diskless;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;

namespace Zones.Tests.Network.Diskless;

/// <summary>What the responder answers, to the byte: questions as others' clients write them, and what no client should.</summary>
public sealed class ResponderTests
{
    private static readonly byte[] Own = [2, 0, 0, 0, 0, 1], Known = [2, 0, 0, 0, 0, 7], Unknown = [2, 0, 0, 0, 0, 9];

    private static readonly BootEntry Entry = new()
    {
        Mac = "02:00:00:00:00:07",
        Address = "10.7.0.7/20",
        Server = "10.7.0.1",
        Hostname = "d1",
        Router = "10.7.0.1",
        Resolvers = ["10.7.0.3", "10.7.0.4"],
        Mtu = 1400,
        Root = "10.7.0.1:/0123456789abcdef0123456789abcdef,vers=3,proto=tcp,port=40123,mountport=40123,mountproto=tcp,nolock",
    };

    private readonly Responder _responder = new(Own, mac => mac.Equals(new PhysicalAddress(Known)) ? Entry : null);

    [Fact]
    public void Who_asks_by_RARP_is_told_its_address_and_nobody_elses()
    {
        byte[] answer = _responder.Answer(Rarp(Known, Known, Known))!;

        // RFC 903 over the header of RFC 826, written out by hand.
        Assert.Equal("020000000007" + "020000000001" + "8035" + "0001080006040004" + "020000000001" + "0a070001" + "020000000007" + "0a070007", Convert.ToHexStringLower(answer[..42]));
        Assert.Equal(60, answer.Length);
        Assert.Null(_responder.Answer(Rarp(Unknown, Unknown, Unknown)));
        Assert.Null(_responder.Answer(Rarp(Unknown, Unknown, Known)));
        Assert.Null(_responder.Answer(Rarp(Unknown, Known, Known)));
        Assert.Null(_responder.Answer(Rarp(Known, Known, Unknown)));
        byte[] reply = Rarp(Known, Known, Known);
        reply[21] = 4;
        Assert.Null(_responder.Answer(reply));
    }

    [Fact]
    public void Who_discovers_is_offered_what_it_has_and_where_its_root_is()
    {
        UdpFrame answer = Answer(Dhcp(Known, DhcpType.Discover))!;
        Assert.Equal((Convert.ToHexString(Own), Convert.ToHexString(Known)), (Convert.ToHexString(answer.FromMac), Convert.ToHexString(answer.ToMac)));
        Assert.Equal(("10.7.0.1:67", "10.7.0.7:68"), (answer.From.ToString(), answer.To.ToString()));
        DhcpMessage offer = DhcpMessage.Read(answer.Payload)!;
        Assert.Equal((true, 0x12345678u, DhcpType.Offer), (offer.IsReply, offer.Transaction, offer.Type!.Value));
        Assert.Equal((IPAddress.Parse("10.7.0.7"), IPAddress.Parse("10.7.0.1")), (offer.Yours, offer.NextServer));
        Assert.Equal(IPAddress.Parse("10.7.0.1"), offer.Address(DhcpOption.ServerIdentifier));
        Assert.Equal(IPAddress.Parse("255.255.240.0"), offer.Address(DhcpOption.SubnetMask));
        Assert.Equal(IPAddress.Parse("10.7.0.1"), offer.Address(DhcpOption.Router));
        Assert.Equal("0A0700030A070004", Convert.ToHexString(offer.Options[DhcpOption.DomainNameServer]));
        Assert.Equal("d1", Encoding.ASCII.GetString(offer.Options[DhcpOption.HostName]));
        Assert.Equal(Entry.Root, Encoding.ASCII.GetString(offer.Options[DhcpOption.RootPath]));
        Assert.Equal("0578", Convert.ToHexString(offer.Options[DhcpOption.InterfaceMtu]));
        Assert.Equal("FFFFFFFF", Convert.ToHexString(offer.Options[DhcpOption.LeaseTime]));

        // RFC 2131, 2: a client need not take more than 312 bytes of options.
        Assert.True(answer.Payload.Length <= 236 + 312, $"{answer.Payload.Length} bytes");
    }

    [Fact]
    public void What_is_answered_is_what_another_decoder_reads()
    {
        byte[] answer = _responder.Answer(Dhcp(Known, DhcpType.Discover))!;
        string lines = string.Concat(new PacketDecoder().Decode(new CapturedPacket(0, answer, answer.Length, LinkType.Ethernet)).Layers.Select(layer => layer.Protocol + " "));
        Assert.Equal("ETHER IP UDP DHCP ", lines);
    }

    [Fact]
    public void A_request_is_granted_for_its_own_address_and_refused_for_another()
    {
        Assert.Equal(DhcpType.Ack, Reply(Dhcp(Known, DhcpType.Request, (DhcpOption.RequestedAddress, [10, 7, 0, 7]), (DhcpOption.ServerIdentifier, [10, 7, 0, 1])))!.Type);
        DhcpMessage refused = Reply(Dhcp(Known, DhcpType.Request, (DhcpOption.RequestedAddress, [10, 7, 0, 8])))!;
        Assert.Equal((DhcpType.Nak, IPAddress.Any, false), (refused.Type!.Value, refused.Yours, refused.Options.ContainsKey(DhcpOption.RootPath)));
        Assert.Equal(IPAddress.Broadcast, Answer(Dhcp(Known, DhcpType.Request, (DhcpOption.RequestedAddress, [10, 7, 0, 8])))!.To.Address);

        // It has chosen another server.
        Assert.Null(_responder.Answer(Dhcp(Known, DhcpType.Request, (DhcpOption.RequestedAddress, [10, 7, 0, 7]), (DhcpOption.ServerIdentifier, [10, 7, 0, 2]))));

        // It renews what it has.
        UdpFrame renewed = Answer(Dhcp(Known, DhcpType.Request, client: "10.7.0.7"))!;
        Assert.Equal((DhcpType.Ack, "10.7.0.7:68"), (DhcpMessage.Read(renewed.Payload)!.Type!.Value, renewed.To.ToString()));
    }

    [Fact]
    public void Who_has_an_address_is_told_the_rest_and_who_gives_it_back_nothing()
    {
        DhcpMessage told = Reply(Dhcp(Known, DhcpType.Inform, client: "10.7.0.7"))!;
        Assert.Equal((DhcpType.Ack, IPAddress.Any, false), (told.Type!.Value, told.Yours, told.Options.ContainsKey(DhcpOption.LeaseTime)));
        Assert.Null(_responder.Answer(Dhcp(Known, DhcpType.Inform, client: "10.7.0.8")));
        Assert.Null(_responder.Answer(Dhcp(Known, DhcpType.Release, client: "10.7.0.7")));
        Assert.Null(_responder.Answer(Dhcp(Known, DhcpType.Decline)));
        Assert.Null(_responder.Answer(Dhcp(Known, (DhcpType)99)));
    }

    [Fact]
    public void BOOTP_is_answered_without_the_options_of_DHCP()
    {
        DhcpMessage reply = Reply(Dhcp(Known, null))!;
        Assert.Equal((null, IPAddress.Parse("10.7.0.7")), (reply.Type, reply.Yours));
        Assert.Equal([DhcpOption.SubnetMask, DhcpOption.Router, DhcpOption.DomainNameServer, DhcpOption.HostName, DhcpOption.RootPath, DhcpOption.InterfaceMtu], reply.Options.Keys);
        byte[] plain = Dhcp(Known, null);
        plain.AsSpan(14 + 28 + 236, 4).Clear(); // no magic number, as before RFC 1048
        Assert.NotNull(_responder.Answer(plain));
    }

    [Fact]
    public void A_client_that_hears_only_what_is_for_everybody_is_told_so_by_a_frame_of_its_own()
    {
        UdpFrame answer = Answer(Dhcp(Known, DhcpType.Discover, broadcast: true))!;
        Assert.Equal((Convert.ToHexString(Known), IPAddress.Broadcast), (Convert.ToHexString(answer.ToMac), answer.To.Address));
    }

    [Fact]
    public void Others_unknown_ones_and_relays_are_not_answered()
    {
        Assert.Null(_responder.Answer(Dhcp(Unknown, DhcpType.Discover)));
        byte[] other = Dhcp(Known, DhcpType.Discover);
        Unknown.CopyTo(other, 6); // a neighbour that would like to know where the root is
        Assert.Null(_responder.Answer(other));
        byte[] relayed = Dhcp(Known, DhcpType.Discover);
        relayed[14 + 28 + 24] = 10;
        Assert.Null(_responder.Answer(relayed));
        byte[] reply = Dhcp(Known, DhcpType.Discover);
        reply[14 + 28] = 2;
        Assert.Null(_responder.Answer(reply));
    }

    [Fact]
    public void What_is_cut_short_or_lies_about_its_length_is_not_answered()
    {
        byte[] whole = Dhcp(Known, DhcpType.Discover), rarp = Rarp(Known, Known, Known);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(_responder.Answer(whole.AsSpan(0, length)));
        }

        for (int length = 0; length < 42; length++)
        {
            Assert.Null(_responder.Answer(rarp.AsSpan(0, length)));
        }

        (int At, byte Value)[] lies =
        [
            (14, 0x4F), (14, 0x41), (14, 0x65), (16, 0xFF), (16, 0), (20, 0x20), (21, 1), (23, 6), (38, 0xFF), (38, 0),
            (14 + 28 + 1, 6), (14 + 28 + 2, 16), (14 + 28 + 2, 0),
        ];
        foreach ((int at, byte value) in lies)
        {
            byte[] lie = [.. whole];
            lie[at] = value;
            if (at is 16 or 38)
            {
                lie[at + 1] = 0;
            }

            Assert.True(_responder.Answer(lie) is null, $"byte {at} as {value}");
        }

        // Options: one whose length runs past the end, and no end at all.
        byte[] past = Dhcp(Known, DhcpType.Discover);
        past[14 + 28 + 241] = 200;
        Assert.Null(_responder.Answer(past));
        byte[] endless = Dhcp(Known, DhcpType.Discover);
        endless.AsSpan(14 + 28 + 243).Fill(2);
        Assert.Null(_responder.Answer(endless));
        endless.AsSpan(14 + 28 + 243).Clear();
        Assert.NotNull(_responder.Answer(endless));
    }

    [Fact]
    public void Noise_is_never_answered_and_never_fails()
    {
        Random random = new(903);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frame = i % 2 == 0 ? Dhcp(Known, DhcpType.Discover) : Rarp(Known, Known, Known);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            byte[]? answer = _responder.Answer(frame.AsSpan(0, random.Next(frame.Length + 1)));
            Assert.True(answer is null || answer.AsSpan(0, 6).SequenceEqual(Known), "an answer to somebody else");
        }
    }

    [Fact]
    public void Addresses_and_checksums_are_those_of_RFC_791_and_768()
    {
        byte[] frame = _responder.Answer(Dhcp(Known, DhcpType.Discover))!;
        Assert.Equal(0, Support.Checksum.Of(frame.AsSpan(14, 20)));
        ReadOnlySpan<byte> udp = frame.AsSpan(34);
        byte[] pseudo = [.. frame.AsSpan(26, 8), 0, 17, (byte)(udp.Length >> 8), (byte)udp.Length, .. udp];
        Assert.Equal(0, Support.Checksum.Of(pseudo));
    }

    private DhcpMessage? Reply(byte[] frame) => Answer(frame) is { } answer ? DhcpMessage.Read(answer.Payload) : null;

    private UdpFrame? Answer(byte[] frame) => UdpFrame.Read(_responder.Answer(frame));

    private static byte[] Rarp(byte[] source, byte[] sender, byte[] target)
    {
        byte[] frame = new byte[60];
        UdpFrame.Everybody.CopyTo(frame, 0);
        source.CopyTo(frame, 6);
        Convert.FromHexString("80350001080006040003").CopyTo(frame, 12);
        sender.CopyTo(frame, 22);
        target.CopyTo(frame, 32);
        return frame;
    }

    /// <summary>As udhcpc sends it: from no address to everybody, in 300 bytes.</summary>
    private static byte[] Dhcp(byte[] mac, DhcpType? type, (byte Option, byte[] Value) first, params (byte Option, byte[] Value)[] more) => Dhcp(mac, type, options: [first, .. more]);

    private static byte[] Dhcp(byte[] mac, DhcpType? type, string client = "0.0.0.0", bool broadcast = false, (byte Option, byte[] Value)[]? options = null)
    {
        byte[] frame = new byte[14 + 28 + 300];
        UdpFrame.Everybody.CopyTo(frame, 0);
        mac.CopyTo(frame, 6);
        Convert.FromHexString("08004500014800000000401100000000" + "0000" + "ffffffff").CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), 28 + 300);
        Convert.FromHexString("00440043013400000101060012345678").CopyTo(frame, 34);
        frame[14 + 28 + 10] = (byte)(broadcast ? 0x80 : 0);
        IPAddress.Parse(client).GetAddressBytes().CopyTo(frame, 14 + 28 + 12);
        mac.CopyTo(frame, 14 + 28 + 28);
        Convert.FromHexString("63825363").CopyTo(frame, 14 + 28 + 236);
        int at = 14 + 28 + 240;
        foreach ((byte option, byte[] value) in type is { } kind ? [(DhcpOption.Type, [(byte)kind]), .. options ?? []] : options ?? [])
        {
            frame[at] = option;
            frame[at + 1] = (byte)value.Length;
            value.CopyTo(frame, at + 2);
            at += 2 + value.Length;
        }

        frame[at] = DhcpOption.End;
        return frame;
    }
}
