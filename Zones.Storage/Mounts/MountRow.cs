using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Zones.Specs;

namespace Zones.Storage.Mounts;

/// <summary>What a ledger row says of a mount: the way in that was chosen, and to what.</summary>
/// <param name="Way">Never auto.</param>
/// <param name="Address">The export.</param>
/// <param name="Directory">For <see cref="NfsWay.Bind"/>: where the export is on this host.</param>
internal sealed record MountRow(NfsWay Way, NfsAddress Address, string? Directory = null)
{
    /// <summary>One name for the same export with the same options, in any zone: ASCII, fit for a file name.</summary>
    public string Name => $"nfs-{Way.ToString().ToLowerInvariant()}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Address.ToString())).AsSpan(0, 8))}";

    /// <summary>The row's data.</summary>
    public string Data => string.Create(CultureInfo.InvariantCulture, $"{Way}\n{Address}\n{Directory}");

    /// <summary>Reads a row's data.</summary>
    public static MountRow Read(Resource resource) =>
        resource.Data.Split('\n') is [string way, string address, string directory] && NfsAddress.Parse(address, out _) is { } parsed
            ? new(Enum.Parse<NfsWay>(way), parsed, directory.Length > 0 ? directory : null)
            : throw new ZoneResourceException($"{resource.Zone}: {resource.Kind} {resource.Name}: the ledger says nothing that this version understands: {resource.Data}", resource.Kind) { Zone = resource.Zone };
}
