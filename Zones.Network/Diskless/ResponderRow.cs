using System.Text.Json;
using Zones.Network.Anets;

namespace Zones.Network.Diskless;

/// <summary>What a ledger row says of a zone that asks on a bridge.</summary>
internal sealed record ResponderRow
{
    public BootEntry[] Entries { get; init; } = [];

    public string Write() => JsonSerializer.Serialize(this, RowJson.Default.ResponderRow);

    public static ResponderRow Read(Resource resource) => RowJson.Read(resource, RowJson.Default.ResponderRow);
}
