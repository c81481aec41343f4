using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Rpc;

namespace Zones.Network.Snoop.Print;

/// <summary>Packets as trees for programs.</summary>
public static class PacketTree
{
    /// <summary>Everything in a packet.</summary>
    /// <param name="packet">The packet.</param>
    public static JsonObject Make(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return new JsonObject
        {
            ["number"] = packet.Number,
            ["time"] = Time(packet.Time),
            ["length"] = packet.Length,
            ["captured"] = packet.Captured,
            ["source"] = packet.Source,
            ["destination"] = packet.Destination,
            ["vlan"] = packet.Vlan,
            ["summary"] = new JsonArray([.. packet.Summaries.Select(line => (JsonNode)line)]),
            ["layers"] = new JsonArray([.. packet.Layers.Select(layer => Tree(layer.Fields, layer.Protocol))]),
        };
    }

    /// <summary>How procedures were called; times are in seconds, null when nothing was answered.</summary>
    /// <param name="statistics">Since the start of the capture.</param>
    public static JsonArray Make(RpcStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return new JsonArray([.. statistics.Procedures.Select(Tree)]);
    }

    private static JsonNode Tree(RpcProcedureStatistics one) => new JsonObject
    {
        ["program"] = one.Call.Program,
        ["program-name"] = one.Call.ProgramName,
        ["version"] = one.Call.Version,
        ["procedure"] = one.Call.Procedure,
        ["procedure-name"] = one.Call.ProcedureName,
        ["calls"] = one.Calls,
        ["answered"] = one.Answered,
        ["unanswered"] = one.Unanswered,
        ["retransmissions"] = one.Retransmissions,
        ["minimum"] = Seconds(one, one.Minimum),
        ["average"] = Seconds(one, one.Average),
        ["maximum"] = Seconds(one, one.Maximum),
        ["total"] = one.Total / 1e9,
    };

    private static JsonValue? Seconds(RpcProcedureStatistics one, double nanoseconds) => one.Answered == 0 ? null : JsonValue.Create(nanoseconds / 1e9);

    // A date counts in 100 ns; the capture knows each.
    private static string Time(long time)
    {
        const long second = 1_000_000_000;
        long rest = ((time % second) + second) % second;
        return DateTimeOffset.UnixEpoch.AddTicks((time - rest) / 100).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + rest.ToString("'.'000000000'Z'", CultureInfo.InvariantCulture);
    }

    private static JsonObject Tree(FieldList fields, string? layer = null)
    {
        JsonObject tree = [];
        if (layer is not null)
        {
            tree["layer"] = layer;
        }

        foreach (Field field in fields)
        {
            tree[field.Name] = field.Value switch
            {
                long number => number,
                ulong number => number,
                double seconds => seconds,
                bool flag => flag,
                FieldList inner => Tree(inner),
                List<FieldList> several => new JsonArray([.. several.Select(one => (JsonNode)Tree(one))]),
                object other => other.ToString(),
            };
        }

        return tree;
    }
}
