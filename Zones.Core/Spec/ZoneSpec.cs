namespace Zones;

/// <summary>What a zone is to be: the whole definition, immutable. Change one with <c>with</c>; read and write YAML with
/// <see cref="ZoneSpecYaml"/>. Property names follow zonecfg(8). Nothing is checked until <see cref="ZoneSpecValidator"/>
/// or <see cref="IZoneHost.CreateAsync"/> sees the spec as a whole.</summary>
public sealed record ZoneSpec : ZoneSpecMaps
{
    /// <summary><c>zone</c>: 1 to 64 of <c>[A-Za-z0-9_.-]</c>, the first alphanumeric; <c>global</c> and <c>SUNW*</c> are reserved.</summary>
    /// <example>web1</example>
    public required string Zone { get; init; }

    /// <summary><c>brand</c>: native (shares the host's kernel) or domain (its own kernel).</summary>
    /// <example>domain</example>
    public ZoneBrand Brand { get; init; } = ZoneBrand.Native;

    /// <summary><c>zonepath</c>: where the zone keeps its private files, absolute; null means STATE/zones/NAME.</summary>
    /// <example>/srv/zones/web1</example>
    public string? Zonepath { get; init; }

    /// <summary><c>root</c>: where the operating system comes from.</summary>
    /// <example>{ source: /srv/debian-12, type: whole }</example>
    public ZoneRoot Root { get; init; } = ZoneRoot.Host();

    /// <summary><c>init</c>: the program and its arguments; null means process 1 only, reached with <c>zone exec</c> and <c>zone login</c>.</summary>
    /// <example>[/usr/sbin/nginx, -g, daemon off;]</example>
    public SpecList<string>? Init { get; init; }

    /// <summary><c>init-mode</c>: whether <see cref="Init"/> becomes process 1 itself or runs under a small reaper.</summary>
    /// <example>exec</example>
    public InitMode InitMode { get; init; } = InitMode.Auto;

    /// <summary><c>console</c>: init reads and prints on a terminal, which <c>zone console</c> types on, from boot to halt; false means only when
    /// somebody sits at the console as the zone boots, else it reads nothing and prints to the log.</summary>
    /// <example>true</example>
    public bool Console { get; init; }

    /// <summary><c>autoboot</c>: boot when the host does.</summary>
    /// <example>true</example>
    public bool Autoboot { get; init; }

    /// <summary><c>boot-priority</c>: higher boots earlier, 0 to 100.</summary>
    /// <example>80</example>
    public int BootPriority { get; init; } = 50;

    /// <summary><c>depends-on</c>: zones that are booted and ready before autoboot boots this one, and end after it; they need no autoboot of their own.</summary>
    /// <example>[db1]</example>
    public SpecList<string> DependsOn { get; init; } = [];

    /// <summary><c>readiness</c>: what makes the zone ready for those that depend on it; null means that process 1 is up.</summary>
    /// <example>{ tcp: 80, timeout: 30 }</example>
    public ZoneReadiness? Readiness { get; init; }

    /// <summary><c>autoshutdown</c>: how a running zone ends with the host.</summary>
    /// <example>halt</example>
    public Autoshutdown Autoshutdown { get; init; } = Autoshutdown.Shutdown;

    /// <summary><c>bootargs</c>: arguments appended to <see cref="Init"/>.</summary>
    /// <example>[--verbose]</example>
    public SpecList<string> Bootargs { get; init; } = [];

    /// <summary><c>hostname</c>: 1 to 64 characters of a host name; null means the zone's name.</summary>
    /// <example>www</example>
    public string? Hostname { get; init; }

    /// <summary><c>hostid</c>: what hostid(1) prints inside, 8 hexadecimal digits; null means none.</summary>
    /// <example>0a1b2c3d</example>
    public string? Hostid { get; init; }

    /// <summary><c>lifetime</c>: persistent, or halted and deleted when the process that booted it ends.</summary>
    /// <example>owner</example>
    public ZoneLifetime Lifetime { get; init; } = ZoneLifetime.Persistent;

    /// <summary><c>restart</c>: whether a zone whose init ended is booted again: after 100 ms, each time in a row after twice as long, up to 51 s; a run of 10 s begins the count anew.</summary>
    /// <example>on-failure</example>
    public RestartPolicy Restart { get; init; } = RestartPolicy.Never;

    /// <summary><c>limitpriv</c>: <c>default</c>, <c>basic</c>, <c>none</c>, capability names in lower case without <c>cap_</c>, or <c>!name</c>.</summary>
    /// <example>[default, "!net_raw"]</example>
    public SpecList<string> Limitpriv { get; init; } = ["default"];

    /// <summary><c>capped-cpu</c>: the most processor time the zone may take.</summary>
    /// <example>{ ncpus: 1.5 }</example>
    public CappedCpu? CappedCpu { get; init; }

    /// <summary><c>dedicated-cpu</c>: the processors the zone may run on.</summary>
    /// <example>{ cpus: "0-3,6" }</example>
    public DedicatedCpu? DedicatedCpu { get; init; }

    /// <summary><c>cpu-shares</c>: weight against other zones when processors are short; 1 to 65535, 100 where none is given.</summary>
    /// <example>200</example>
    public int? CpuShares { get; init; }

    /// <summary><c>capped-memory</c>: the most memory the zone may hold.</summary>
    /// <example>{ physical: 256M, swap: 0 }</example>
    public CappedMemory? CappedMemory { get; init; }

    /// <summary><c>max-processes</c>: the most processes at once, 1 to 4194304.</summary>
    /// <example>512</example>
    public int? MaxProcesses { get; init; }

    /// <summary><c>max-lwps</c>: the most threads at once, 1 to 4194304.</summary>
    /// <example>2048</example>
    public int? MaxLwps { get; init; }

    /// <summary><c>rctl</c>: resource controls that have no property of their own: io.weight (1 to 10000), io.max (device and rbps=, wbps=, riops=, wiops=), hugetlb.SIZE,
    /// oom-group (true or false), and the resource limits of setrlimit(2): nofile, nproc, core, fsize, stack, as, data, cpu, memlock, msgqueue, sigpending, nice,
    /// rtprio, rttime.</summary>
    /// <example>{ nofile: 4096, io.weight: 50 }</example>
    public SpecList<Rctl> Rctl { get; init; } = [];

    /// <summary><c>resource-view</c>: whether free(1), top(1) and others that read /proc see the host's memory and processors, or what the zone's limits leave it.</summary>
    /// <example>zone</example>
    public ResourceView ResourceView { get; init; } = ResourceView.Auto;

    /// <summary><c>fs</c>: file systems mounted into the zone.</summary>
    /// <example>[ { dir: /srv/data, special: /pool/web1, options: [nodev, nosuid] } ]</example>
    public SpecList<ZoneFs> Fs { get; init; } = [];

    /// <summary><c>device</c>: device nodes of the host that the zone may use.</summary>
    /// <example>[ /dev/fuse ]</example>
    public SpecList<ZoneDevice> Device { get; init; } = [];

    /// <summary><c>ip-type</c>: a network stack of its own, or addresses on the host's.</summary>
    /// <example>shared</example>
    public IpType IpType { get; init; } = IpType.Exclusive;

    /// <summary><c>anet</c>: links made for the zone (needs Zones.Network).</summary>
    /// <example>[ { linkname: net0, allowed-address: [auto] } ]</example>
    public SpecList<Anet> Anet { get; init; } = [];

    /// <summary><c>net</c>: addresses on the host's stack for <c>ip-type: shared</c> (needs Zones.Network).</summary>
    /// <example>[ { address: 192.0.2.10/24, physical: eth0 } ]</example>
    public SpecList<ZoneNet> Net { get; init; } = [];

    /// <summary><c>resolvers</c>: name servers for resolv.conf inside (needs Zones.Network).</summary>
    /// <example>[10.7.0.1]</example>
    public SpecList<string> Resolvers { get; init; } = [];

    /// <summary><c>admin</c>: who beside root may do what to the zone through a served host: login (run commands in it), manage (install, boot, halt and the
    /// like), clonefrom (copy its files into another zone).</summary>
    /// <example>[ { user: alice, auths: [login, manage] } ]</example>
    public SpecList<ZoneAdmin> Admin { get; init; } = [];

    /// <summary><c>security</c>: the walls around a native zone.</summary>
    /// <example>{ seccomp: unconfined }</example>
    public ZoneSecurity Security { get; init; } = new();

    /// <summary><c>domain</c>: what only a paravirtual domain has (needs Zones.Domains).</summary>
    /// <example>{ toolstack: microvm }</example>
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
    /// <example>{ tenant: acme }</example>
    public SpecMap Attr { get; init; } = new();

    /// <summary><c>env</c>: environment of <see cref="ZoneSpec.Init"/> and of commands run inside.</summary>
    /// <example>{ LANG: C.UTF-8 }</example>
    public SpecMap Env { get; init; } = new();
}
