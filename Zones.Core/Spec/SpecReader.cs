using YamlDotNet.RepresentationModel;

namespace Zones.Specs;

/// <summary>From a document's map to a <see cref="ZoneSpec"/>.</summary>
internal static partial class SpecReader
{
    private static readonly ZoneSpec Default = new() { Zone = "" };

    /// <summary>Reads the whole spec; problems go to the reading.</summary>
    public static ZoneSpec Read(YamlMap map)
    {
        string? zone = map.Text("zone");
        if (zone is null && map.Find("zone") is null)
        {
            map.Report("zone", null, "is missing; it is the zone's name");
        }

        ZoneSpec spec = new()
        {
            Zone = zone ?? "",
            Brand = map.Word<ZoneBrand>("brand") ?? Default.Brand,
            Zonepath = map.Text("zonepath"),
            Root = Root(map),
            Init = map.Texts("init"),
            InitMode = map.Word<InitMode>("init-mode") ?? Default.InitMode,
            Env = map.Section("env")?.AllTexts() ?? new(),
            Console = map.Flag("console") ?? Default.Console,
            Autoboot = map.Flag("autoboot") ?? Default.Autoboot,
            BootPriority = map.Number("boot-priority") ?? Default.BootPriority,
            DependsOn = map.Texts("depends-on") ?? Default.DependsOn,
            Readiness = Readiness(map),
            Autoshutdown = map.Word<Autoshutdown>("autoshutdown") ?? Default.Autoshutdown,
            Bootargs = map.Texts("bootargs") ?? Default.Bootargs,
            Hostname = map.Text("hostname"),
            Hostid = map.Text("hostid"),
            Lifetime = map.Word<ZoneLifetime>("lifetime") ?? Default.Lifetime,
            Restart = map.Word<RestartPolicy>("restart") ?? Default.Restart,
            Limitpriv = map.Texts("limitpriv") ?? Default.Limitpriv,
            CappedCpu = CappedCpu(map),
            DedicatedCpu = DedicatedCpu(map),
            CpuShares = map.Number("cpu-shares"),
            CappedMemory = CappedMemory(map),
            MaxProcesses = map.Number("max-processes"),
            MaxLwps = map.Number("max-lwps"),
            Rctl = Rctl(map),
            Fs = map.Each("fs", Fs) ?? Default.Fs,
            Device = map.Each("device", Device) ?? Default.Device,
            Attr = map.Section("attr")?.AllTexts() ?? new(),
            IpType = map.Word<IpType>("ip-type") ?? Default.IpType,
            Anet = map.Each("anet", Anet) ?? Default.Anet,
            Net = map.Each("net", Net) ?? Default.Net,
            Resolvers = map.Texts("resolvers") ?? Default.Resolvers,
            Admin = map.Each("admin", Admin) ?? Default.Admin,
            Security = Security(map),
            Domain = Domain(map),
        };
        map.Finish();
        return spec;
    }

    private static ZoneRoot Root(YamlMap parent)
    {
        if (parent.Find("root") is not { } node)
        {
            return Default.Root;
        }

        if (node is YamlScalarNode)
        {
            return parent.Text("root") is { } text ? Source(parent, "root", text) : Default.Root;
        }

        if (parent.Section("root") is not { } map)
        {
            return Default.Root;
        }

        string? source = map.Text("source");
        string? image = map.Text("image");
        if (source is not null && image is not null)
        {
            map.Report("image", image, "source is given as well; a root has one origin");
        }

        ZoneRoot root = image is not null ? ZoneRoot.Image(image) : source is null ? Default.Root : Source(map, "source", source);
        root = root with
        {
            Type = map.Word<RootType>("type") ?? root.Type,
            Inherit = map.Texts("inherit"),
            FileMacProfile = map.Word<FileMacProfile>("file-mac-profile") ?? root.FileMacProfile,
        };
        map.Finish();
        return root;
    }

    private static ZoneRoot Source(YamlMap map, string name, string text)
    {
        if (text.StartsWith("nfs://", StringComparison.Ordinal))
        {
            return ZoneRoot.Nfs(text);
        }

        if (text != "host" && !text.StartsWith('/'))
        {
            map.Report(name, text, $"'{text}' is neither host, nor the absolute path of a directory, nor nfs://server/export; an image is written root: {{ image: {text} }}");
        }

        return text == "host" ? ZoneRoot.Host() : ZoneRoot.Directory(text);
    }

    private static ZoneReadiness? Readiness(YamlMap parent)
    {
        if (parent.Section("readiness") is not { } map)
        {
            return null;
        }

        ZoneReadiness standard = new();
        ZoneReadiness readiness = new()
        {
            Tcp = map.Number("tcp"),
            Exec = map.Texts("exec"),
            Timeout = map.Number("timeout") ?? standard.Timeout,
        };
        map.Finish();
        return readiness;
    }

    private static ZoneSecurity Security(YamlMap parent)
    {
        ZoneSecurity standard = Default.Security;
        if (parent.Section("security") is not { } map)
        {
            return standard;
        }

        ZoneSecurity security = new()
        {
            Seccomp = map.Text("seccomp") ?? standard.Seccomp,
            NoNewPrivs = map.Flag("no-new-privs") ?? standard.NoNewPrivs,
            UserNamespace = map.Flag("user-namespace") ?? standard.UserNamespace,
            IdBase = map.Unsigned("id-base"),
        };
        map.Finish();
        return security;
    }

    private static DomainSpec? Domain(YamlMap parent)
    {
        if (parent.Section("domain") is not { } map)
        {
            return null;
        }

        DomainSpec standard = new();
        DomainSpec domain = new()
        {
            Kernel = map.Text("kernel"),
            KernelArgs = map.Texts("kernel-args") ?? standard.KernelArgs,
            Toolstack = map.Text("toolstack") ?? standard.Toolstack,
            XenType = map.Text("xen-type"),
            Accel = map.Text("accel") ?? standard.Accel,
            Autoconf = map.Text("autoconf") ?? standard.Autoconf,
        };
        map.Finish();
        return domain;
    }
}
