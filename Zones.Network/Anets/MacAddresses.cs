using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;

namespace Zones.Network.Anets;

/// <summary>The MAC address of a zone's link: the same in every boot.</summary>
internal static class MacAddresses
{
    /// <summary>As <c>mac-address</c> says; a random one is drawn once and kept until the zone is deleted.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="row">The zone.</param>
    /// <param name="anet">The link.</param>
    public static string Of(SqliteConnection connection, ZoneRow row, Anet anet) => anet.MacAddress switch
    {
        "auto" => Text(Auto(row.Uuid, anet.Linkname)),
        "random" => Random(connection, row.Name, anet.Linkname),
        _ => Given(anet)!,
    };

    /// <summary>As <see cref="Of"/>, where it can be told from the spec alone; else null.</summary>
    public static string? Given(Anet anet) => anet.MacAddress is "auto" or "random" ? null : Text(PhysicalAddress.Parse(anet.MacAddress).GetAddressBytes());

    /// <summary>Which other zone that is up has an address on the same bridge or link, which would lead what is for one of them to the other; null for none.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="zone">The zone that wants it.</param>
    /// <param name="address">The address.</param>
    /// <param name="lower">The bridge or link.</param>
    /// <param name="vlan">The 802.1Q tag; 0 for none.</param>
    public static string? WhyTaken(SqliteConnection connection, string zone, string address, string lower, int vlan)
    {
        string? holder = connection.QueryFirstOrDefault<string>(
            """
            SELECT zone FROM ledger WHERE kind = 'link' AND json_extract(data, '$.Mac') = @address AND zone <> @zone
                AND json_extract(data, '$.Lower') = @lower AND IFNULL(json_extract(data, '$.Vlan'), 0) = @vlan
            """,
            new { address, zone, lower, vlan });
        return holder is null ? null : $"{holder} has {address} on {lower}; give another, or leave it out";
    }

    /// <summary>The random ones of a zone's links, by their names.</summary>
    public static Dictionary<string, string> Drawn(SqliteConnection connection, string zone) =>
        connection.Query<MacRow>("SELECT link AS Link, address AS Address FROM mac WHERE zone = @zone", new { zone }).ToDictionary(row => row.Link, row => row.Address, StringComparer.Ordinal);

    /// <summary>Follows from what a zone keeps wherever it goes.</summary>
    public static byte[] Auto(string uuid, string linkname) => Local(SHA256.HashData(Encoding.UTF8.GetBytes($"{uuid} {linkname}"))[..6]);

    private static string Random(SqliteConnection connection, string zone, string link)
    {
        string drawn = Text(Local(RandomNumberGenerator.GetBytes(6)));
        return connection.QuerySingle<string>(
            "INSERT INTO mac (zone, link, address) VALUES (@zone, @link, @drawn) ON CONFLICT (zone, link) DO UPDATE SET address = address RETURNING address",
            new { zone, link, drawn });
    }

    /// <summary>Makes it an address that no manufacturer has, and of one link (IEEE 802: bit 1 of the first byte set, bit 0 clear).</summary>
    private static byte[] Local(byte[] address)
    {
        address[0] = (byte)((address[0] & 0xFC) | 2);
        return address;
    }

    private static string Text(byte[] address) => string.Join(':', address.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>A random address.</summary>
internal sealed class MacRow
{
    public required string Link { get; init; }

    public required string Address { get; init; }
}
