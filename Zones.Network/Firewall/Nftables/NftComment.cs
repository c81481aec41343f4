using System.Text;

namespace Zones.Network.Firewall.Nftables;

/// <summary>A rule's comment as nft(8) keeps it in a rule's user data: type 0, length, text, NUL.</summary>
internal static class NftComment
{
    public static byte[] Write(string text) => [0, (byte)(text.Length + 1), .. Encoding.ASCII.GetBytes(text), 0];

    /// <summary>The comment; null when there is none.</summary>
    public static string? Read(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 2 && data.Length >= 2 + data[1])
        {
            if (data[0] == 0)
            {
                return Encoding.UTF8.GetString(data[2..(2 + data[1])]).TrimEnd('\0');
            }

            data = data[(2 + data[1])..];
        }

        return null;
    }
}
