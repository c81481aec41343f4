using System.Net;
using System.Net.NetworkInformation;

namespace Zones.Network.Snoop.Decode;

/// <summary>Addresses as snoop(1M) writes them.</summary>
/// <param name="names">Names of addresses; null leaves them all as numbers (<c>-r</c>).</param>
internal sealed class Naming(AddressNames? names)
{
    /// <summary>A name, else the address.</summary>
    public string Name(IPAddress address) => Find(address) ?? address.ToString();

    /// <summary>The address, and its name behind a comma when it has one.</summary>
    public string Both(IPAddress address) => Find(address) is { } name ? $"{address}, {name}" : address.ToString();

    /// <summary>An Ethernet address without leading zeros: <c>0:16:3e:0:0:1</c>.</summary>
    public static string Ether(ReadOnlySpan<byte> address) => Joined(address, "x");

    /// <summary>An Ethernet address as programs compare it: <c>00:16:3e:00:00:01</c>.</summary>
    public static string Canonical(ReadOnlySpan<byte> address) => Joined(address, "x2");

    /// <summary>Adds an Ethernet address to what a layer says.</summary>
    public static void AddEther(Layers.FieldList fields, string name, ReadOnlySpan<byte> address) => fields.Add(name, Canonical(address), Ether(address));

    /// <inheritdoc cref="Ether(ReadOnlySpan{byte})"/>
    public static string Ether(PhysicalAddress address) => Ether(address.GetAddressBytes());

    /// <summary>To whom a frame goes: <c>(broadcast)</c>, <c>(multicast)</c>, or an address.</summary>
    public static string EtherDestination(PhysicalAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.AsSpan().IndexOfAnyExcept((byte)255) < 0 ? "(broadcast)" : (bytes[0] & 1) != 0 ? "(multicast)" : Ether(bytes);
    }

    private static string Joined(ReadOnlySpan<byte> address, string format)
    {
        System.Text.StringBuilder text = new(17);
        foreach (byte part in address)
        {
            text.Append(text.Length > 0 ? ":" : "").Append(part.ToString(format, null));
        }

        return text.ToString();
    }

    // What Solaris calls the address of who has none yet, and of everybody.
    private string? Find(IPAddress address) => names is null ? null
        : address.Equals(IPAddress.Any) ? "OLD-BROADCAST"
        : address.Equals(IPAddress.Broadcast) ? "BROADCAST"
        : names.Find(address);
}
