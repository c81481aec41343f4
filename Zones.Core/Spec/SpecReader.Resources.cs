using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <content>Limits, file systems, devices and links.</content>
internal static partial class SpecReader
{
    private static CappedCpu? CappedCpu(YamlMap parent)
    {
        if (parent.Find("capped-cpu") is YamlScalarNode)
        {
            return parent.Decimal("capped-cpu") is { } ncpus ? new(ncpus) : null;
        }

        if (parent.Section("capped-cpu") is not { } map)
        {
            return null;
        }

        decimal? number = map.Decimal("ncpus");
        Require(map, "ncpus");
        map.Finish();
        return number is { } value ? new(value) : null;
    }

    private static DedicatedCpu? DedicatedCpu(YamlMap parent)
    {
        if (parent.Find("dedicated-cpu") is YamlScalarNode)
        {
            return parent.Text("dedicated-cpu") is { } cpus ? new(cpus) : null;
        }

        if (parent.Section("dedicated-cpu") is not { } map)
        {
            return null;
        }

        string? list = map.Text("cpus");
        Require(map, "cpus");
        map.Finish();
        return list is null ? null : new(list);
    }

    private static CappedMemory? CappedMemory(YamlMap parent)
    {
        if (parent.Find("capped-memory") is YamlScalarNode)
        {
            return parent.Size("capped-memory") is { } physical ? new(physical) : null;
        }

        if (parent.Section("capped-memory") is not { } map)
        {
            return null;
        }

        CappedMemory memory = new(map.Size("physical")) { Swap = map.Size("swap"), Locked = map.Size("locked") };
        map.Finish();
        return memory;
    }

    /// <summary>A list of names and values, or a map of them in which a value may be a list.</summary>
    private static SpecList<Rctl> Rctl(YamlMap parent)
    {
        if (parent.Find("rctl") is not YamlMappingNode controls)
        {
            return parent.Each("rctl", Rctl) ?? Default.Rctl;
        }

        YamlMap map = parent.Section("rctl")!;
        List<Rctl> all = [];
        foreach ((YamlNode key, YamlNode value) in controls)
        {
            if (key is not YamlScalarNode { Value: { Length: > 0 } name })
            {
                continue;
            }

            if (value is YamlSequenceNode)
            {
                all.AddRange((map.Texts(name) ?? []).Select(text => new Rctl(name, text)));
            }
            else if (map.Text(name) is { } text)
            {
                all.Add(new(name, text));
            }
        }

        return [.. all];
    }

    private static Rctl? Rctl(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        (string? name, string? value) = (map.Text("name"), map.Text("value"));
        Require(map, "name");
        Require(map, "value");
        map.Finish();
        return name is null || value is null ? null : new(name, value);
    }

    private static ZoneFs? Fs(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        ZoneFs fs = new(map.Text("dir") ?? "", map.Text("special"))
        {
            Type = map.Word<FsType>("type") ?? FsType.Bind,
            Options = map.Texts("options") ?? [],
        };
        Require(map, "dir");
        map.Finish();
        return fs;
    }

    private static ZoneDevice? Device(YamlReading reading, YamlNode node, string path)
    {
        if (node is YamlScalarNode)
        {
            return YamlValue.Text(reading, node, path) is { } text ? new(text) : null;
        }

        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        string? match = map.Text("match");
        Require(map, "match");
        map.Finish();
        return match is null ? null : new(match);
    }

    private static Anet? Anet(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        Anet standard = new("");
        Anet anet = new(map.Text("linkname") ?? "")
        {
            LowerLink = map.Text("lower-link"),
            MacAddress = map.Text("mac-address") ?? standard.MacAddress,
            AllowedAddress = OneOrMore(map, "allowed-address") ?? standard.AllowedAddress,
            ConfigureAllowedAddress = map.Flag("configure-allowed-address") ?? standard.ConfigureAllowedAddress,
            Defrouter = map.Text("defrouter"),
            Mtu = map.Number("mtu"),
            VlanId = map.Number("vlan-id"),
            Maxbw = map.Text("maxbw"),
            LinkProtection = OneOrMore(map, "link-protection") ?? standard.LinkProtection,
        };
        Require(map, "linkname");
        map.Finish();
        return anet;
    }

    private static ZoneNet? Net(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        ZoneNet net = new(map.Text("address") ?? "", map.Text("physical") ?? "") { Defrouter = map.Text("defrouter") };
        Require(map, "address");
        Require(map, "physical");
        map.Finish();
        return net;
    }

    private static SpecList<string>? OneOrMore(YamlMap map, string name) =>
        map.Find(name) is YamlScalarNode ? map.Text(name) is { } text ? [text] : null : map.Texts(name);

    private static void Require(YamlMap map, string name)
    {
        if (map.Find(name) is null)
        {
            map.Report(name, null, "is missing");
        }
    }

    private static ZoneAdmin? Admin(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        ZoneAdmin admin = new(map.Text("user") ?? "") { Auths = map.Texts("auths") ?? [] };
        Require(map, "user");
        Require(map, "auths");
        map.Finish();
        return admin;
    }
}
