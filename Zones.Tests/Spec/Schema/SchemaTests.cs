extern alias schema;

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using schema::Json.Schema;
using Zones.Schemagen;

namespace Zones.Tests.Spec.Schema;

/// <summary>The schema that editors load says what the reader takes.</summary>
public partial class SchemaTests
{
    private static readonly JsonSchema s_schema = JsonSchema.FromText(ZoneSpecYaml.Schema);

    private static readonly JsonNode s_document = JsonNode.Parse(ZoneSpecYaml.Schema)!;

    /// <summary>Wrong for both.</summary>
    public static TheoryData<string> Wrong =>
    [
        "bogus: 1", "capped-memry: {}", "brand: lx", "boot-priority: high", "zonepath: relative", "init: nginx", "hostid: xyz", "hostid: 123456789abc",
        "fs: [ { dir: /x, special: /y, bogus: 1 } ]", "fs: [ { special: /x } ]", "fs: [ { dir: x, special: /y } ]", "fs: { dir: /x }", "fs: [ { dir: /x, special: /y, type: ufs } ]",
        "anet: [ { lower-link: br0 } ]", "anet: [ { linkname: a-name-that-is-too-long } ]", "anet: [ { linkname: net0, link-protection: all } ]", "net: [ { address: 10.0.0.2/24 } ]",
        "security: { id-base: 65537 }", "security: { walls: high }", "capped-memory: {}", "capped-memory: 256Q", "capped-memory: { physical: -1 }", "capped-cpu: {}", "capped-cpu: many",
        "root: { source: host, image: a }", "root: etc", "root: { type: huge }", "domain: { toolstack: vmware }", "domain: { xen-type: hvm }", "rctl: [ { name: nofile } ]", "rctl: 5",
        "autoboot: perhaps", "limitpriv: default", "device: /dev/fuse", "device: [ { path: /dev/fuse } ]", "env: [A]", "attr: { a: { b: c } }", "restart: sometimes", "ip-type: both", "lifetime: short",
        "max-processes: 1.5", "depends-on: db", "readiness: { http: 80 }", "autoshutdown: suspend",
    ];

    /// <summary>A property with a range, and where its schema is.</summary>
    public static TheoryData<string, string> Ranges => new()
    {
        { "boot-priority: {0}", "boot-priority" },
        { "readiness: { tcp: {0} }", "readiness/properties/tcp" },
        { "readiness: { tcp: 1, timeout: {0} }", "readiness/properties/timeout" },
        { "cpu-shares: {0}", "cpu-shares" },
        { "max-processes: {0}", "max-processes" },
        { "max-lwps: {0}", "max-lwps" },
        { "capped-cpu: { ncpus: {0} }", "capped-cpu/anyOf/1/properties/ncpus" },
        { "capped-cpu: {0}", "capped-cpu/anyOf/0" },
        { "anet: [ { linkname: net0, mtu: {0} } ]", "anet/items/properties/mtu" },
        { "anet: [ { linkname: net0, vlan-id: {0} } ]", "anet/items/properties/vlan-id" },
    };

    [Fact]
    public void The_schema_that_is_shipped_is_what_the_records_say()
    {
        string path = Path.Combine(Repository.Root, "Zones.Core", "Spec", "zone.schema.json");
        Assert.True(SpecSchema.Text() == File.ReadAllText(path), $"the records or their docstrings changed; run: dotnet tools/schemagen/bin/Release/net10.0/schemagen.dll {path}");
        Assert.Equal(File.ReadAllText(path), ZoneSpecYaml.Schema);
    }

    [Theory]
    [MemberData(nameof(VocabularyTests.Properties), MemberType = typeof(VocabularyTests))]
    public void Every_form_of_every_property_is_valid(string yaml, ZoneSpec spec)
    {
        AssertValid("zone: z1\n" + yaml);
        AssertValid(ZoneSpecYaml.Write(spec));
    }

    [Fact]
    public void Whatever_is_written_is_valid() => SpecGenerator.Specs.Sample(spec => AssertValid(ZoneSpecYaml.Write(spec)), iter: 300);

    [Fact]
    public void The_spec_in_the_readme_is_valid()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string[] specs = [.. YamlBlock().Matches(readme).Select(match => match.Groups[1].Value).Where(text => text.StartsWith("zone:", StringComparison.Ordinal))];
        Assert.NotEmpty(specs);
        Assert.All(specs, AssertValid);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_the_reader_refuses_for_its_form_is_invalid(string yaml)
    {
        Assert.False(IsValid("zone: z1\n" + yaml));
        Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: z1\n" + yaml));
    }

    [Theory]
    [InlineData("brand: native")]
    [InlineData("zone: -x")]
    [InlineData("zone: \"\"")]
    [InlineData("[zone, z1]")]
    public void Without_a_name_it_is_invalid(string yaml)
    {
        Assert.False(IsValid(yaml));
        Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(yaml));
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_ranges_in_the_docstrings_are_those_of_the_rules(string yaml, string path)
    {
        JsonNode schema = path.Split('/').Aggregate(s_document["properties"]!, (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
        (decimal least, decimal most) = ((decimal)schema["minimum"]!, (decimal)schema["maximum"]!);
        decimal step = schema["type"]!.GetValue<string>() == "number" ? 0.001m : 1;
        foreach ((decimal number, bool allowed) in ((decimal, bool)[])[(least, true), (most, true), (least - step, false), (most + step, false)])
        {
            string text = "zone: z1\n" + yaml.Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.Equal(allowed, IsValid(text));
            Assert.Equal(allowed, Record.Exception(() => ZoneSpecYaml.Read(text)) is null);
        }
    }

    /// <summary>The reader lists the properties that it knows when it meets one that resembles none.</summary>
    [Theory]
    [InlineData("qqqqqqqq: 1", "")]
    [InlineData("root: { qqqqqqqq: 1 }", "root/anyOf/1")]
    [InlineData("capped-cpu: { qqqqqqqq: 1 }", "capped-cpu/anyOf/1")]
    [InlineData("dedicated-cpu: { qqqqqqqq: 1 }", "dedicated-cpu/anyOf/1")]
    [InlineData("capped-memory: { qqqqqqqq: 1 }", "capped-memory/anyOf/1")]
    [InlineData("rctl: [ { qqqqqqqq: 1 } ]", "rctl/anyOf/0/items")]
    [InlineData("fs: [ { qqqqqqqq: 1 } ]", "fs/items")]
    [InlineData("device: [ { qqqqqqqq: 1 } ]", "device/items/anyOf/1")]
    [InlineData("anet: [ { qqqqqqqq: 1 } ]", "anet/items")]
    [InlineData("net: [ { qqqqqqqq: 1 } ]", "net/items")]
    [InlineData("security: { qqqqqqqq: 1 }", "security")]
    [InlineData("domain: { qqqqqqqq: 1 }", "domain")]
    public void It_has_every_property_that_the_reader_knows_and_no_other(string yaml, string path)
    {
        ZoneSpecException refused = Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: z1\n" + yaml));
        string known = refused.Problems.Select(problem => Known().Match(problem.Message)).Single(match => match.Success).Groups[1].Value;
        JsonNode schema = path == "" ? s_document : path.Split('/').Aggregate(s_document["properties"]!, (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
        Assert.Equal(known.Split(", ").Order(), schema["properties"]!.AsObject().Select(property => property.Key).Order());
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
    }

    [Fact]
    public void Every_property_has_a_description_and_a_type() => Assert.All(Properties(s_document), property =>
    {
        Assert.True(property.Value!["description"]?.GetValue<string>().Length > 5, property.Key);
        Assert.True(property.Value["type"] is not null || property.Value["anyOf"] is not null, property.Key);
    });

    public static TheoryData<string> Paths => [.. SchemaProperty.All.Select(property => property.Path)];

    /// <summary>What the manual shows of each property can be typed: it is a spec's line, or in the place of the property in the example of the map that it is in.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_example_is_what_the_reader_takes(string path)
    {
        string[] names = path.Replace("[N]", "", StringComparison.Ordinal).Split('.');
        JsonObject spec = new() { ["zone"] = "z1" };
        if (names[0] switch { "net" => ("ip-type", "shared"), "domain" => ("brand", "domain"), _ => default } is (string needed, string needs))
        {
            spec[needed] = needs;
        }

        if (names[0] is "restart" or "init-mode" or "bootargs")
        {
            spec["init"] = SchemaProperty.Find("init").Example.DeepClone();
        }

        JsonNode value = SchemaProperty.Find(names[0]).Example.DeepClone();
        if (names.Length == 2)
        {
            JsonObject map = value is JsonArray list ? list[0] as JsonObject ?? [] : names[0] == "rctl" ? new() { ["name"] = "nofile", ["value"] = 1 } : (JsonObject)value;
            map[names[1]] = SchemaProperty.Find(path).Example.DeepClone();
            foreach (string other in (string[])(path switch { "root.image" => ["source"], "root.inherit" => ["type"], "fs[N].type" => ["special", "options"], _ => [] }))
            {
                map.Remove(other);
            }

            value = path.Contains("[N]", StringComparison.Ordinal) ? new JsonArray(map.DeepClone()) : map;
        }

        spec[names[0]] = value.DeepClone();
        AssertValid(spec.ToJsonString());
        ZoneSpecYaml.Read(spec.ToJsonString());
    }

    [Fact]
    public void The_defaults_that_it_names_are_those_of_a_spec_that_says_nothing()
    {
        JsonObject spec = new() { ["zone"] = "z1" };
        foreach (SchemaProperty property in SchemaProperty.All.Where(property => property.Schema["default"] is not null && !property.Path.Contains('.', StringComparison.Ordinal)))
        {
            spec[property.Path] = property.Schema["default"]!.DeepClone();
        }

        Assert.True(spec.Count > 10);
        Assert.Equal(new ZoneSpec { Zone = "z1" }, ZoneSpecYaml.Read(spec.ToJsonString()));
        Assert.Equal(
            ["60", "auto", "true", "sparse", "bind", "host"],
            ((string[])["readiness.timeout", "anet[N].mac-address", "security.no-new-privs", "root.type", "fs[N].type", "root.source"]).Select(path => SchemaProperty.Find(path).Schema["default"]!.ToString()));
    }

    /// <summary>One list for people, made from the same: what it takes, and a line as a spec has it.</summary>
    [Fact]
    public async Task Help_explains_every_property_that_it_has()
    {
        string[] blocks = PropertyStart().Split(await new ZoneCli("/nonexistent").OkAsync("help", "spec"))[1..];
        Assert.Equal(SchemaProperty.All.Select(property => property.Path), blocks.Select(block => block.Split('\n')[0]));
        foreach ((SchemaProperty property, string block) in SchemaProperty.All.Zip(blocks))
        {
            string said = Spaces().Replace(block, " ");
            Assert.Contains(property.Schema["description"]!.GetValue<string>().Split('\n')[0].TrimEnd('.') + ". ", said, StringComparison.OrdinalIgnoreCase);
            Assert.Matches(@" Value: [^.]+\.", said.Replace("1,024", "1024", StringComparison.Ordinal));
            string example = said[(said.IndexOf(" Example: ", StringComparison.Ordinal) + " Example: ".Length)..];
            Assert.Equal(property.Example.ToJsonString(), YamlAsJson.Node(example)![property.Name]!.ToJsonString());
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode? node) => node switch
    {
        JsonObject map => (map["properties"] as JsonObject ?? []).Concat(map.SelectMany(entry => Properties(entry.Value))),
        JsonArray list => list.SelectMany(Properties),
        _ => [],
    };

    private static bool IsValid(string yaml) => s_schema.Evaluate(YamlAsJson.Read(yaml)).IsValid;

    private static void AssertValid(string yaml) =>
        Assert.True(IsValid(yaml), $"{yaml}\n{System.Text.Json.JsonSerializer.Serialize(s_schema.Evaluate(YamlAsJson.Read(yaml), new EvaluationOptions { OutputFormat = OutputFormat.List }))}");

    [GeneratedRegex("\n(?=[a-z][^ \n]*\n    )")]
    private static partial Regex PropertyStart();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("known here: (.*)$")]
    private static partial Regex Known();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
