using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Zones.Tool.Output;

/// <summary>Trees of what the library tells, for programs. Names are the spec's: lower case with hyphens; sizes are bytes, times seconds.</summary>
internal static class Shown
{
    public static JsonObject Zone(ZoneInfo info)
    {
        ExitStatus? exit = info.LastExit;
        return new()
        {
            ["id"] = info.Id,
            ["name"] = info.Name,
            ["state"] = info.State.Text(),
            ["zonepath"] = info.Zonepath,
            ["uuid"] = info.Uuid.ToString(),
            ["brand"] = Word(info.Spec.Brand.ToString()),
            ["ip-type"] = IpType(info.Spec),
            ["addresses"] = Texts(info.Addresses),
            ["pid"] = info.Pid,
            ["booted-at"] = info.BootedAt?.ToString("O", CultureInfo.InvariantCulture),
            ["id-base"] = info.IdBase,
            ["last-exit"] = exit is null ? null : new JsonObject { ["code"] = exit.Code, ["signal"] = exit.Signal, ["out-of-memory"] = exit.OutOfMemory },
            ["pending"] = ChangeView.Changes(info.Pending),
        };
    }

    /// <summary>zoneadm's word: <c>excl</c> in tables, so here in full.</summary>
    public static string IpType(ZoneSpec spec) => Word(spec.IpType.ToString());

    public static string Word(string name) => name.ToLowerInvariant();

    /// <summary>A spec as the tree that its YAML is.</summary>
    public static JsonNode Spec(ZoneSpec spec)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(ZoneSpecYaml.Write(spec)));
        return Tree(stream.Documents[0].RootNode)!;
    }

    public static JsonObject Event(ZoneEvent e) => new()
    {
        ["cursor"] = e.Cursor,
        ["time"] = e.Time.ToString("O", CultureInfo.InvariantCulture),
        ["zone"] = e.Zone,
        ["kind"] = e.Kind,
        ["from"] = e.From?.Text(),
        ["to"] = e.To?.Text(),
        ["detail"] = e.Detail,
    };

    public static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)JsonValue.Create(text)!)];

    public static JsonArray Failures(IEnumerable<ZoneFailure> failures) =>
        [.. failures.Select(failure => (JsonNode)new JsonObject { ["zone"] = failure.Zone, ["reason"] = failure.Message })];

    public static JsonArray Problems(IEnumerable<SpecProblem> problems) =>
        [.. problems.Select(problem => (JsonNode)new JsonObject { ["property"] = problem.Property, ["value"] = problem.Value, ["message"] = problem.Message })];

    /// <summary>A property's type is its own, whatever its value looks like: a zone may be called 1, and an attribute may be "true".</summary>
    private static JsonNode? Tree(YamlNode node, string property = "") => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(pair => (Key: ((YamlScalarNode)pair.Key).Value!, pair.Value)).Select(pair => KeyValuePair.Create(pair.Key, Tree(pair.Value, property is "env" or "attr" ? "" : pair.Key)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(item => Tree(item))]),
        YamlScalarNode { Value: { } text } => property switch
        {
            "autoboot" or "console" or "configure-allowed-address" or "no-new-privs" or "user-namespace" => JsonValue.Create(text == "true"),
            "ncpus" or "boot-priority" or "cpu-shares" or "max-processes" or "max-lwps" or "mtu" or "vlan-id" or "id-base" or "tcp" or "timeout" => JsonValue.Create(decimal.Parse(text, CultureInfo.InvariantCulture)),
            "physical" or "swap" or "locked" => JsonValue.Create(DataSize.Parse(text).Bytes),
            _ => JsonValue.Create(text),
        },
        _ => null,
    };
}
