namespace Zones;

/// <summary>What a zone is to be: the whole definition, immutable. Change one with <c>with</c>; read and write YAML with
/// <see cref="ZoneSpecYaml"/>. Property names follow zonecfg(8). Nothing is checked until <see cref="ZoneSpecValidator"/>
/// or <see cref="IZoneHost.CreateAsync"/> sees the spec as a whole.</summary>
public sealed record ZoneSpec : ZoneSpecMaps
{
    /// <summary><c>zone</c>: 1 to 64 of <c>[A-Za-z0-9_.-]</c>, the first alphanumeric; <c>global</c> and <c>SUNW*</c> are reserved.</summary>
    public required string Zone { get; init; }

    /// <summary><c>brand</c>: native (shares the host's kernel) or domain (its own kernel).</summary>
    public ZoneBrand Brand { get; init; } = ZoneBrand.Native;

    /// <summary><c>zonepath</c>: where the zone keeps its private files, absolute; null means STATE/zones/NAME.</summary>
    public string? Zonepath { get; init; }

    /// <summary><c>root</c>: where the operating system comes from.</summary>
    public ZoneRoot Root { get; init; } = ZoneRoot.Host();

    /// <summary><c>init</c>: the program and its arguments; null means process 1 only, reached with zlogin.</summary>
    public SpecList<string>? Init { get; init; }

    /// <summary><c>init-mode</c>: whether <see cref="Init"/> becomes process 1 itself or runs under a small reaper.</summary>
    public InitMode InitMode { get; init; } = InitMode.Auto;

    /// <summary><c>console</c>: init reads and prints on a terminal, which <c>zone console</c> types on, from boot to halt; false means only when
    /// somebody sits at the console as the zone boots, else it reads nothing and prints to the log.</summary>
    public bool Console { get; init; }

    /// <summary><c>autoboot</c>: boot when the host does.</summary>
    public bool Autoboot { get; init; }

    /// <summary><c>boot-priority</c>: higher boots earlier, 0 to 100.</summary>
    public int BootPriority { get; init; } = 50;

    /// <summary><c>depends-on</c>: zones that are booted and ready before autoboot boots this one, and end after it; they need no autoboot of their own.</summary>
    public SpecList<string> DependsOn { get; init; } = [];

    /// <summary><c>readiness</c>: what makes the zone ready for those that depend on it; null means that process 1 is up.</summary>
    public ZoneReadiness? Readiness { get; init; }

    /// <summary><c>autoshutdown</c>: how a running zone ends with the host.</summary>
    public Autoshutdown Autoshutdown { get; init; } = Autoshutdown.Shutdown;

    /// <summary><c>bootargs</c>: arguments appended to <see cref="Init"/>.</summary>
    public SpecList<string> Bootargs { get; init; } = [];

    /// <summary><c>hostname</c>: 1 to 64 characters of a host name; null means the zone's name.</summary>
    public string? Hostname { get; init; }

    /// <summary><c>hostid</c>: what hostid(1) prints inside, 8 hexadecimal digits; null means none.</summary>
    public string? Hostid { get; init; }

    /// <summary><c>lifetime</c>: persistent, or halted and deleted when the process that booted it ends.</summary>
    public ZoneLifetime Lifetime { get; init; } = ZoneLifetime.Persistent;

    /// <summary><c>restart</c>: whether a zone whose init ended is booted again, with growing pauses.</summary>
    public RestartPolicy Restart { get; init; } = RestartPolicy.Never;

    /// <summary><c>limitpriv</c>: <c>default</c>, <c>basic</c>, <c>none</c>, capability names in lower case without <c>cap_</c>, or <c>!name</c>.</summary>
    public SpecList<string> Limitpriv { get; init; } = ["default"];

    /// <summary><c>capped-cpu</c>: the most processor time the zone may take.</summary>
    public CappedCpu? CappedCpu { get; init; }

    /// <summary><c>dedicated-cpu</c>: the processors the zone may run on.</summary>
    public DedicatedCpu? DedicatedCpu { get; init; }

    /// <summary><c>cpu-shares</c>: weight against other zones when processors are short; 1 to 65535, 100 where none is given.</summary>
    public int? CpuShares { get; init; }

    /// <summary><c>capped-memory</c>: the most memory the zone may hold.</summary>
    public CappedMemory? CappedMemory { get; init; }

    /// <summary><c>max-processes</c>: the most processes at once, 1 to 4194304.</summary>
    public int? MaxProcesses { get; init; }

    /// <summary><c>max-lwps</c>: the most threads at once, 1 to 4194304.</summary>
    public int? MaxLwps { get; init; }

    /// <summary><c>rctl</c>: resource controls that have no property of their own.</summary>
    public SpecList<Rctl> Rctl { get; init; } = [];

    /// <summary><c>fs</c>: file systems mounted into the zone.</summary>
    public SpecList<ZoneFs> Fs { get; init; } = [];

    /// <summary><c>device</c>: device nodes of the host that the zone may use.</summary>
    public SpecList<ZoneDevice> Device { get; init; } = [];

    /// <summary><c>ip-type</c>: a network stack of its own, or addresses on the host's.</summary>
    public IpType IpType { get; init; } = IpType.Exclusive;

    /// <summary><c>anet</c>: links made for the zone (needs Zones.Network).</summary>
    public SpecList<Anet> Anet { get; init; } = [];

    /// <summary><c>net</c>: addresses on the host's stack for <c>ip-type: shared</c> (needs Zones.Network).</summary>
    public SpecList<ZoneNet> Net { get; init; } = [];

    /// <summary><c>resolvers</c>: name servers for resolv.conf inside (needs Zones.Network).</summary>
    public SpecList<string> Resolvers { get; init; } = [];

    /// <summary><c>admin</c>: who beside root may do what to the zone through a served host: login (run commands in it), manage (install, boot, halt and the
    /// like), clonefrom (copy its files into another zone).</summary>
    public SpecList<ZoneAdmin> Admin { get; init; } = [];

    /// <summary><c>security</c>: the walls around a native zone.</summary>
    public ZoneSecurity Security { get; init; } = new();

    /// <summary><c>domain</c>: what only a paravirtual domain has (needs Zones.Domains).</summary>
    public DomainSpec? Domain { get; init; }
}

/// <summary>The maps of a spec. They live in a base record so that every <c>with</c> copies them.</summary>
public abstract record ZoneSpecMaps
{
    /// <summary>A spec with empty maps.</summary>
    protected ZoneSpecMaps()
    {
    }

    /// <summary>A copy with maps of its own.</summary>
    /// <param name="original">What is copied.</param>
    protected ZoneSpecMaps(ZoneSpecMaps original)
    {
        Attr = new(original.Attr);
        Env = new(original.Env);
    }

    /// <summary><c>attr</c>: names and values of the user's; selectors and firewall tags mean these.</summary>
    public SpecMap Attr { get; init; } = new();

    /// <summary><c>env</c>: environment of <see cref="ZoneSpec.Init"/> and of commands run inside.</summary>
    public SpecMap Env { get; init; } = new();
}
