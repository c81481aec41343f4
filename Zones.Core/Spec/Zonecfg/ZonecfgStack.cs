using System.Globalization;
using System.Net;

namespace Zones.Specs;

/// <summary>How zonecfg writes addresses and stacks.</summary>
internal static class ZonecfgStack
{
    /// <summary><c>ip-type</c>, and where an export does not say it, what its links show. A shared stack without an address is none that a
    /// zone could use; here it would open the host's to it.</summary>
    public static IpType Of(ZonecfgResource document)
    {
        bool addresses = document.Resources.Any(resource => resource.Type == "net" && resource.Find("address") is not null);
        return document.Find("ip-type")?.Text != "exclusive" && addresses ? IpType.Shared : IpType.Exclusive;
    }

    /// <summary>An address with its prefix length. Solaris looks a missing one up in netmasks(5), else goes by the address's class.</summary>
    /// <returns>The text, and whether the length was missing.</returns>
    public static (string Text, bool Guessed) Prefixed(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal) || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return (text, false);
        }

        byte[] bytes = address.GetAddressBytes();
        int length = bytes.Length == 16 ? 64 : bytes[0] < 128 ? 8 : bytes[0] < 192 ? 16 : 24;
        return ($"{text}/{length.ToString(CultureInfo.InvariantCulture)}", true);
    }

    /// <summary>An Ethernet address with two digits a byte: Solaris leaves leading zeros out.</summary>
    public static string Mac(string text) => string.Join(':', text.Split(':').Select(part => part.PadLeft(2, '0')));

    /// <summary>A bandwidth in whole bits a second; a bare number is megabits (dladm(8)).</summary>
    public static string Bandwidth(string text)
    {
        string unit = text.Length > 1 && char.IsAsciiLetter(text[^1]) ? text[^1..].ToUpperInvariant() : "M";
        string digits = text.Length > 1 && char.IsAsciiLetter(text[^1]) ? text[..^1] : text;
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number != decimal.Truncate(number) && number < 1_000_000
            ? unit switch
            {
                "G" => (number * 1000).ToString("0", CultureInfo.InvariantCulture) + "M",
                "M" => (number * 1000).ToString("0", CultureInfo.InvariantCulture) + "K",
                _ => (number * 1000).ToString("0", CultureInfo.InvariantCulture),
            }
            : digits + unit;
    }
}
