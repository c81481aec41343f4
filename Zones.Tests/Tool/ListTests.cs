using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>What shows zones: <c>list</c> and <c>show</c>, for people and for programs.</summary>
public sealed class ListTests
{
    private const string Everything = """
        zone: "1"
        root: { source: host, inherit: [/usr, /lib, /lib64, /bin, /sbin], file-mac-profile: strict }
        init: [/bin/sh, -c, "echo \"x: 1\"\t# '$HOME' \\ é 日本 🦓; exec sleep 1000"]
        env: { A: "true", B: "12", C: "", D: "a: b", mtu: "9" }
        boot-priority: 50
        readiness: { tcp: 80, timeout: 30 }
        bootargs: [-v, "null", "~"]
        hostname: web-1.example
        hostid: "00000012"
        restart: on-failure
        limitpriv: [default, "!net_raw"]
        capped-cpu: { ncpus: 1.5 }
        cpu-shares: 100
        capped-memory: { physical: 256M, swap: 0 }
        max-processes: 512
        fs:
          - { dir: /srv/data, special: /usr/share, options: [ro, nodev, nosuid] }
          - { dir: /scratch, type: tmpfs, options: [size=64M] }
        attr: { tenant: acme, port: "80", "on": "yes" }
        security: { no-new-privs: false }
        """;

    [Fact]
    public async Task Options_choose_zones_by_their_state()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("c"));
        await test.InstalledAsync(TestHost.Spec("i"));
        await (await test.InstalledAsync(TestHost.Spec("ready"))).ReadyAsync();
        await test.RunningAsync(TestHost.Spec("up"));
        ZoneCli zone = new(test.State);
        Assert.Equal("ready\nup\n", await zone.OkAsync("list"));
        Assert.Equal("i\nready\nup\n", await zone.OkAsync("list", "-i"));
        Assert.Equal("c\ni\nready\nup\n", await zone.OkAsync("list", "-c"));
        Assert.Equal(await zone.OkAsync("list", "-c", "-p"), await zone.OkAsync("list", "-cp"));
        Assert.Equal("zone: -p and --format are two forms of the same list; give one of them", await zone.FailAsync(2, "list", "-p", "--format", "json"));
        Assert.Equal($"""
            ID  NAME   STATUS      PATH{new string(' ', test.State.Length + 10)}BRAND   IP    ADDRESS
             -  c      configured  {test.State}/zones/c      native  excl  -
             -  i      installed   {test.State}/zones/i      native  excl  -
             1  ready  ready       {test.State}/zones/ready  native  excl  -
             2  up     running     {test.State}/zones/up     native  excl  -

            """, await zone.OkAsync("list", "-cv"));
    }

    [Fact]
    public async Task The_line_for_scripts_is_that_of_zoneadm()
    {
        await using TestHost test = new();
        string path = Path.Combine(test.State, "od:d \\ zone");
        await test.Host.CreateAsync(TestHost.Spec("a") with { Zonepath = path, IpType = IpType.Shared });
        await test.RunningAsync(TestHost.Spec("b"));
        Guid a = (await test.Host.InfoAsync("a")).Uuid, b = (await test.Host.InfoAsync("b")).Uuid;
        ZoneCli zone = new(test.State);
        Assert.Equal($"""
            -:a:configured:{test.State}/od\:d \\ zone:{a}:native:shared
            1:b:running:{test.State}/zones/b:{b}:native:excl

            """, await zone.OkAsync("list", "-cp"));

        // As zoneadm(8) says, read(1) takes the line apart.
        CommandResult read = await zone.ShellAsync("zone list -cp | while IFS=: read id name state path rest; do printf '%s|%s\\n' \"$name\" \"$path\"; done");
        Assert.Equal($"a|{path}\nb|{test.State}/zones/b\n", read.Output);
    }

    [Fact]
    public async Task Json_has_documented_fields_of_one_kind()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("2"));
        ZoneCli zone = new(test.State);
        JsonNode shown = Json.Parse(await zone.OkAsync("list", "--format", "json"))[0]!;
        Assert.Equal(
            new Dictionary<string, JsonValueKind>
            {
                ["id"] = JsonValueKind.Number, ["name"] = JsonValueKind.String, ["state"] = JsonValueKind.String, ["zonepath"] = JsonValueKind.String,
                ["uuid"] = JsonValueKind.String, ["brand"] = JsonValueKind.String, ["ip-type"] = JsonValueKind.String, ["addresses"] = JsonValueKind.Array, ["pid"] = JsonValueKind.Number,
                ["booted-at"] = JsonValueKind.String, ["id-base"] = JsonValueKind.Number, ["last-exit"] = JsonValueKind.Null,
                ["pending"] = JsonValueKind.Array,
            },
            Json.Kinds(shown));
        Assert.Equal(("2", "running", "exclusive"), (shown["name"]!.GetValue<string>(), shown["state"]!.GetValue<string>(), shown["ip-type"]!.GetValue<string>()));
        Assert.True(Directory.Exists($"/proc/{shown["pid"]}"));
        await zone.OkAsync("halt", "2");
        JsonNode halted = Json.Parse(await zone.OkAsync("list", "-c", "--format", "json"))[0]!;
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (Json.Kinds(halted)["id"], Json.Kinds(halted)["pid"]));
        Assert.Equal("[]", (await zone.OkAsync("list", "--format", "json")).Trim());
    }

    [Fact]
    public async Task Yaml_is_the_same_tree()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("2"));
        ZoneCli zone = new(test.State);
        JsonNode json = Json.Parse(await zone.OkAsync("list", "--format", "json"))[0]!;
        YamlStream stream = [];
        stream.Load(new StringReader(await zone.OkAsync("list", "--format", "yaml")));
        YamlMappingNode yaml = (YamlMappingNode)((YamlSequenceNode)stream.Documents[0].RootNode)[0];
        Assert.Equal(
            json.AsObject().Select(field => (field.Key, field.Value?.ToString() ?? "null")),
            yaml.Select(field => (((YamlScalarNode)field.Key).Value!, field.Value is YamlSequenceNode { Children.Count: 0 } ? "[]" : ((YamlScalarNode)field.Value).Value!)));
    }

    [Fact]
    public async Task What_show_prints_makes_the_same_zone_again()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await new ZoneCli(test.State) { Input = Everything }.OkAsync("create", "-f", "-");
        string shown = await zone.OkAsync("show", "1");
        Assert.Equal(ZoneSpecYaml.Read(Everything), ZoneSpecYaml.Read(shown));
        await zone.OkAsync("delete", "-F", "1");
        await new ZoneCli(test.State) { Input = shown }.OkAsync("create", "-f", "-");
        Assert.Equal(shown, await zone.OkAsync("show", "1", "--format", "yaml"));
    }

    [Fact]
    public async Task A_specs_json_keeps_text_text_and_numbers_numbers()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await new ZoneCli(test.State) { Input = Everything }.OkAsync("create", "-f", "-");
        JsonNode shown = Json.Parse(await zone.OkAsync("show", "1", "--format", "json"));
        Assert.Equal(("1", "00000012"), (shown["zone"]!.GetValue<string>(), shown["hostid"]!.GetValue<string>()));
        Assert.Equal((1.5, 268_435_456L, 0L, 512), (shown["capped-cpu"]!["ncpus"]!.GetValue<double>(), shown["capped-memory"]!["physical"]!.GetValue<long>(), shown["capped-memory"]!["swap"]!.GetValue<long>(), shown["max-processes"]!.GetValue<int>()));
        Assert.Equal((80, 30), (shown["readiness"]!["tcp"]!.GetValue<int>(), shown["readiness"]!["timeout"]!.GetValue<int>()));
        Assert.False(shown["security"]!["no-new-privs"]!.GetValue<bool>());
        Assert.All(Json.Kinds(shown["env"]!).Concat(Json.Kinds(shown["attr"]!)), field => Assert.Equal(JsonValueKind.String, field.Value));
        Assert.Equal(["-v", "null", "~"], Json.Texts(shown["bootargs"]!));
        Assert.Contains("é 日本 🦓", shown["init"]![2]!.GetValue<string>());
    }

    [Fact]
    public async Task A_specs_table_has_a_property_a_line_and_no_control_characters()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "\e[31m"] });
        string table = await new ZoneCli(test.State).OkAsync("show", "z1", "--format", "table");
        Assert.Matches("^PROPERTY  VALUE\nzone      z1\nroot      .*\ninit      .*\n$", table);
        Assert.DoesNotContain('\e', table);
        Assert.DoesNotContain('\e', await new ZoneCli(test.State).OkAsync("show", "z1"));
    }
}
