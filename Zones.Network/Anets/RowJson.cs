using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Zones.Network.Diskless;
using Zones.Network.Names;
using Zones.Network.Rules;

namespace Zones.Network.Anets;

/// <summary>The data of ledger rows as JSON. They have setters, because a record whose properties are init-only is read by way of a
/// constructor for all of them, at several times the cost; each boot reads four.</summary>
[JsonSerializable(typeof(BridgeRow))]
[JsonSerializable(typeof(LinkRow))]
[JsonSerializable(typeof(HostsRow))]
[JsonSerializable(typeof(FirewallRow))]
[JsonSerializable(typeof(ResponderRow))]
[JsonSerializable(typeof(BootEntry))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
internal sealed partial class RowJson : JsonSerializerContext
{
    /// <summary>Reads a row's data.</summary>
    /// <exception cref="ZoneResourceException">It is another version's.</exception>
    public static T Read<T>(Resource resource, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(resource.Data, type)!;
        }
        catch (JsonException)
        {
            throw new ZoneResourceException($"{resource.Zone}: {resource.Kind} {resource.Name}: the ledger says nothing that this version understands: {resource.Data}", resource.Kind) { Zone = resource.Zone };
        }
    }
}
