using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zones.Network.Anets;

namespace Zones.Network.Names;

/// <summary>What a ledger row says of a zone's names: rows of the same key make one file.</summary>
internal sealed record HostsRow
{
    private const string Tenant = "tenant", Own = "zone-";
    private const int KeyMost = 200; // bytes; a file's name has 255

    /// <summary>Where the zone's files are that no other zone shares: its zonepath. Null in rows of earlier versions.</summary>
    public string? Zonepath { get; set; }

    public string[] Names { get; set; } = [];

    public string[] Addresses { get; set; } = [];

    public string[] Resolvers { get; set; } = [];

    /// <summary>The zone's host name, and its own name where that is another.</summary>
    public static string[] NamesOf(ZoneSpec spec) => spec.Hostname is { } host && host != spec.Zone ? [host, spec.Zone] : [spec.Zone];

    /// <summary>The file that a zone shares with those of its tenant (<c>attr: { tenant: … }</c>), or has for itself; a name for a file.</summary>
    public static string KeyOf(ZoneSpec spec)
    {
        string key = spec.Attr.TryGetValue(Tenant, out string? tenant) ? "tenant-" + Uri.EscapeDataString(tenant) : Own + spec.Zone;
        return key.Length <= KeyMost ? key : "tenant-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    /// <summary>Whether other zones' names are in that file too.</summary>
    public static bool IsShared(string key) => !key.StartsWith(Own, StringComparison.Ordinal);

    public string Write() => JsonSerializer.Serialize(this, RowJson.Default.HostsRow);

    public static HostsRow Read(Resource resource) => RowJson.Read(resource, RowJson.Default.HostsRow);
}
