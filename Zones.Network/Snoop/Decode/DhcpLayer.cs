using System.Net;
using System.Text;
using PacketDotNet;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>DHCP (RFC 2131) and BOOTP (RFC 951).</summary>
/// <param name="packet">Its fixed part.</param>
/// <param name="message">The whole; options are read here, because PacketDotNet's reading of them trusts their lengths.</param>
/// <param name="naming">Names of addresses.</param>
internal sealed class DhcpLayer(DhcpV4Packet packet, ReadOnlyMemory<byte> message, Naming naming) : Layer
{
    /// <summary>Bytes of the fixed part, the magic number not included.</summary>
    public const int Size = 236;

    private const uint Magic = 0x63825363;

    public override string Protocol => "DHCP";

    public override string Title => "Dynamic Host Configuration Protocol";

    protected override string Summarize() => $"DHCP/BOOTP {Kind()}";

    protected override void Describe(FieldList fields)
    {
        ReadOnlySpan<byte> span = message.Span;
        fields.Add("message", Kind());
        fields.AddAs("operation", span[0], span[0] switch { 1 => "1 (BOOTREQUEST)", 2 => "2 (BOOTREPLY)", byte other => $"{other}" });
        fields.Add("hops", (ulong)packet.Hops);
        fields.AddAs("transaction-id", packet.TransactionId, $"0x{packet.TransactionId:x}");
        fields.Add("time-since-boot", (ulong)packet.Secs, "seconds");
        fields.AddAs("flags", packet.Flags, $"0x{packet.Flags:x4}");
        Address(fields, "client-address", packet.ClientAddress);
        Address(fields, "your-address", packet.YourAddress);
        Address(fields, "next-server-address", packet.ServerAddress);
        Address(fields, "relay-agent-address", packet.GatewayAddress);
        Naming.AddEther(fields, "client-hardware-address", span.Slice(28, Math.Min((int)span[2], 16)));
        foreach ((byte option, ReadOnlyMemory<byte> value) in Options())
        {
            Option(fields, option, value.Span);
        }
    }

    private string Kind()
    {
        foreach ((byte option, ReadOnlyMemory<byte> value) in Options())
        {
            if (option == 53 && value.Length == 1)
            {
                return value.Span[0] switch
                {
                    1 => "DHCPDISCOVER",
                    2 => "DHCPOFFER",
                    3 => "DHCPREQUEST",
                    4 => "DHCPDECLINE",
                    5 => "DHCPACK",
                    6 => "DHCPNAK",
                    7 => "DHCPRELEASE",
                    8 => "DHCPINFORM",
                    byte other => $"DHCP message type {other}",
                };
            }
        }

        return message.Span[0] == 1 ? "BOOTREQUEST" : "BOOTREPLY";
    }

    private IEnumerable<(byte Option, ReadOnlyMemory<byte> Value)> Options()
    {
        if (message.Length < Size + 4 || packet.MagicNumber != Magic)
        {
            yield break;
        }

        int at = Size + 4;
        while (at < message.Length && message.Span[at] != 255)
        {
            if (message.Span[at] == 0)
            {
                at++;
                continue;
            }

            if (at + 2 > message.Length || at + 2 + message.Span[at + 1] > message.Length)
            {
                yield break;
            }

            int length = message.Span[at + 1];
            yield return (message.Span[at], message.Slice(at + 2, length));
            at += 2 + length;
        }
    }

    private void Option(FieldList fields, byte option, ReadOnlySpan<byte> value)
    {
        switch (option)
        {
            case 1 when value.Length == 4:
                fields.Add("subnet-mask", new IPAddress(value).ToString());
                break;
            case 3 when value.Length >= 4:
                Address(fields, "router", new IPAddress(value[..4]));
                break;
            case 6 when value.Length >= 4:
                Address(fields, "dns-server", new IPAddress(value[..4]));
                break;
            case 12:
                fields.Add("host-name", Encoding.UTF8.GetString(value));
                break;
            case 15:
                fields.Add("domain-name", Encoding.UTF8.GetString(value));
                break;
            case 17:
                fields.Add("root-path", Encoding.UTF8.GetString(value));
                break;
            case 50 when value.Length == 4:
                Address(fields, "requested-address", new IPAddress(value));
                break;
            case 51 when value.Length == 4:
                fields.Add("lease-time", (ulong)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value), "seconds");
                break;
            case 54 when value.Length == 4:
                Address(fields, "server-identifier", new IPAddress(value));
                break;
            case 53:
                break;
            default:
                fields.Add($"option-{option}", Convert.ToHexStringLower(value));
                break;
        }
    }

    private void Address(FieldList fields, string name, IPAddress address) => fields.Add(name, address.ToString(), naming.Both(address));
}
