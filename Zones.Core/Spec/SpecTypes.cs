namespace Zones;

/// <summary>Who runs the zone's processes.</summary>
public enum ZoneBrand
{
    /// <summary>The host's kernel.</summary>
    Native,

    /// <summary>A kernel of its own, under Xen or QEMU.</summary>
    Domain,
}

/// <summary>What process 1 of a zone is.</summary>
public enum InitMode
{
    /// <summary>Exec for programs that are made to be process 1 (init, systemd, openrc-init, runit-init, s6-svscan), else a reaper.</summary>
    Auto,

    /// <summary>The init program itself.</summary>
    Exec,

    /// <summary>A small process that starts the init program, forwards signals to it, and reaps orphans.</summary>
    Reaper,
}

/// <summary>How long a zone lives.</summary>
public enum ZoneLifetime
{
    /// <summary>Until it is deleted.</summary>
    Persistent,

    /// <summary>Halted, uninstalled and deleted when the process that booted it ends, however it ends.</summary>
    Owner,
}

/// <summary>What happens when a zone's init ends by itself.</summary>
public enum RestartPolicy
{
    /// <summary>The zone is halted.</summary>
    Never,

    /// <summary>Booted again when init ended with a status other than 0 or by a signal.</summary>
    OnFailure,

    /// <summary>Booted again.</summary>
    Always,
}

/// <summary>How a running zone ends when its host does, after zonecfg's autoshutdown.</summary>
public enum Autoshutdown
{
    /// <summary>Init is asked to end; after a minute the zone is halted.</summary>
    Shutdown,

    /// <summary>Halted at once.</summary>
    Halt,
}

/// <summary><c>readiness</c>: what makes a zone ready for those that depend on it. With both, both must hold.</summary>
public sealed record ZoneReadiness
{
    /// <summary><c>tcp</c>: a port, 1 to 65535, on which something inside listens.</summary>
    public int? Tcp { get; init; }

    /// <summary><c>exec</c>: a command that is run inside, by root, until it ends with status 0.</summary>
    public SpecList<string>? Exec { get; init; }

    /// <summary><c>timeout</c>: seconds, 1 to 3600, after which the zone is taken not to become ready.</summary>
    public int Timeout { get; init; } = 60;
}

/// <summary>Whose network stack a zone uses.</summary>
public enum IpType
{
    /// <summary>Its own; without an anet it holds only a loopback link.</summary>
    Exclusive,

    /// <summary>The host's.</summary>
    Shared,
}

/// <summary>How much of the root a zone shares.</summary>
public enum RootType
{
    /// <summary>Named directories are shared read-only, the rest is private (Solaris 10's default).</summary>
    Sparse,

    /// <summary>A private layer over the whole shared root.</summary>
    Whole,
}

/// <summary>What of the root may be written, after zonecfg's file-mac-profile.</summary>
public enum FileMacProfile
{
    /// <summary>Everything private.</summary>
    None,

    /// <summary>Nothing.</summary>
    Strict,

    /// <summary>/var.</summary>
    FixedConfiguration,

    /// <summary>/var and /etc.</summary>
    FlexibleConfiguration,
}

/// <summary>Where the operating system of a zone comes from, and how it is shared.</summary>
/// <param name="Kind">What <paramref name="Source"/> is.</param>
/// <param name="Source">A directory, an image reference or an <c>nfs://</c> address; null for the host.</param>
public sealed record ZoneRoot(RootSource Kind, string? Source)
{
    /// <summary><c>type</c>: sparse or whole.</summary>
    public RootType Type { get; init; } = RootType.Sparse;

    /// <summary><c>inherit</c>: for sparse roots the directories shared read-only; null means /usr /lib /lib32 /lib64 /libx32 /bin /sbin as far as they exist.</summary>
    public SpecList<string>? Inherit { get; init; }

    /// <summary><c>file-mac-profile</c>: what of the root may be written.</summary>
    public FileMacProfile FileMacProfile { get; init; } = FileMacProfile.None;

    /// <summary>The host's own directories.</summary>
    public static ZoneRoot Host() => new(RootSource.Host, null);

    /// <summary>A directory that holds a root file system.</summary>
    /// <param name="path">Absolute path.</param>
    public static ZoneRoot Directory(string path) => new(RootSource.Directory, path);

    /// <summary>An image at a patch level (needs Zones.Storage).</summary>
    /// <param name="reference">NAME or NAME@LEVEL.</param>
    public static ZoneRoot Image(string reference) => new(RootSource.Image, reference);

    /// <summary>An NFSv3 export (needs Zones.Storage).</summary>
    /// <param name="address"><c>nfs://server[:port]/export</c>.</param>
    public static ZoneRoot Nfs(string address) => new(RootSource.Nfs, address);
}

/// <summary>Kinds of <see cref="ZoneRoot.Source"/>.</summary>
public enum RootSource
{
    /// <summary>The host's own directories.</summary>
    Host,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>An image (needs Zones.Storage).</summary>
    Image,

    /// <summary>An NFSv3 export (needs Zones.Storage).</summary>
    Nfs,
}

/// <summary><c>capped-cpu</c>.</summary>
/// <param name="Ncpus">Processors' worth of time, 0.01 to 1024; 1.5 means one and a half.</param>
public sealed record CappedCpu(decimal Ncpus);

/// <summary><c>dedicated-cpu</c>.</summary>
/// <param name="Cpus">A kernel cpu list such as <c>0-3,6</c>.</param>
public sealed record DedicatedCpu(string Cpus);

/// <summary><c>capped-memory</c>.</summary>
/// <param name="Physical">The most memory; null means no cap.</param>
public sealed record CappedMemory(DataSize? Physical = null)
{
    /// <summary><c>swap</c>: the most swap space in bytes, on both cgroup versions; null means no cap.</summary>
    public DataSize? Swap { get; init; }

    /// <summary><c>locked</c>: the most memory a process may lock (RLIMIT_MEMLOCK).</summary>
    public DataSize? Locked { get; init; }
}

/// <summary><c>rctl</c>: a resource control by name. Names: <c>io.weight</c> (1 to 10000), <c>io.max</c> (device and
/// rbps=, wbps=, riops=, wiops=), <c>hugetlb.SIZE</c>, <c>oom-group</c> (true or false), and the resource limits of
/// setrlimit(2) in lower case: nofile, nproc, core, fsize, stack, as, data, cpu, memlock, msgqueue, sigpending, nice, rtprio, rttime.</summary>
/// <param name="Name">The control.</param>
/// <param name="Value">Its value as text.</param>
public sealed record Rctl(string Name, string Value);

/// <summary><c>fs</c>: a file system mounted into the zone.</summary>
/// <param name="Dir">Where in the zone, absolute.</param>
/// <param name="Special">What: a host path for bind; null for tmpfs and proc.</param>
public sealed record ZoneFs(string Dir, string? Special = null)
{
    /// <summary><c>type</c>: bind, tmpfs or proc.</summary>
    public FsType Type { get; init; } = FsType.Bind;

    /// <summary><c>options</c>: ro, rw, nodev, nosuid, noexec, rbind, idmap, noidmap (bind: idmap where read-only, noidmap where
    /// writable, unless said), size=BYTES, mode=OCTAL, nr_inodes=N (tmpfs).</summary>
    public SpecList<string> Options { get; init; } = [];
}

/// <summary>Kinds of <see cref="ZoneFs"/>.</summary>
public enum FsType
{
    /// <summary>A directory or file of the host.</summary>
    Bind,

    /// <summary>Memory.</summary>
    Tmpfs,

    /// <summary>Another proc of the zone's.</summary>
    Proc,
}

/// <summary><c>device</c>.</summary>
/// <param name="Match">A path below /dev; <c>*</c> and <c>?</c> match within a name.</param>
public sealed record ZoneDevice(string Match);

/// <summary><c>anet</c>: a link made for the zone.</summary>
/// <param name="Linkname">Its name inside, at most 15 bytes.</param>
public sealed record Anet(string Linkname)
{
    /// <summary><c>lower-link</c>: the bridge or link it hangs on.</summary>
    public string? LowerLink { get; init; }

    /// <summary><c>mac-address</c>: auto, random or an address.</summary>
    public string MacAddress { get; init; } = "auto";

    /// <summary><c>allowed-address</c>: auto (from the pool of the lower-link, the pool <c>default</c>, or the only one), auto:POOL, or addresses with prefix length.</summary>
    public SpecList<string> AllowedAddress { get; init; } = [];

    /// <summary><c>configure-allowed-address</c>: whether the addresses are set on the link at boot.</summary>
    public bool ConfigureAllowedAddress { get; init; } = true;

    /// <summary><c>defrouter</c>: the default router.</summary>
    public string? Defrouter { get; init; }

    /// <summary><c>mtu</c> in bytes, 68 to 65535.</summary>
    public int? Mtu { get; init; }

    /// <summary><c>vlan-id</c>, 1 to 4094.</summary>
    public int? VlanId { get; init; }

    /// <summary><c>maxbw</c>: bits a second both ways, with K, M or G.</summary>
    public string? Maxbw { get; init; }

    /// <summary><c>link-protection</c>: mac-nospoof, ip-nospoof, dhcp-nospoof, restricted.</summary>
    public SpecList<string> LinkProtection { get; init; } = ["mac-nospoof"];
}

/// <summary><c>net</c>: an address on the host's stack.</summary>
/// <param name="Address">With prefix length.</param>
/// <param name="Physical">The host's link.</param>
public sealed record ZoneNet(string Address, string Physical)
{
    /// <summary><c>defrouter</c>: the default router.</summary>
    public string? Defrouter { get; init; }
}

/// <summary><c>security</c>: the walls around a native zone.</summary>
public sealed record ZoneSecurity
{
    /// <summary><c>seccomp</c>: <c>default</c>, <c>unconfined</c>, or the path of a profile in the OCI runtime specification's JSON.</summary>
    public string Seccomp { get; init; } = "default";

    /// <summary><c>no-new-privs</c>: set-user-id programs gain nothing.</summary>
    public bool NoNewPrivs { get; init; } = true;

    /// <summary><c>user-namespace</c>: root inside is nobody outside.</summary>
    public bool UserNamespace { get; init; } = true;

    /// <summary><c>id-base</c>: the first of the zone's 65,536 user and group ids outside, a multiple of 65,536; null means one is allotted.</summary>
    public uint? IdBase { get; init; }
}

/// <summary><c>domain</c>: what only a paravirtual domain has.</summary>
public sealed record DomainSpec
{
    /// <summary><c>kernel</c>: a file; null means the image's own.</summary>
    public string? Kernel { get; init; }

    /// <summary><c>kernel-args</c>: appended to its command line.</summary>
    public SpecList<string> KernelArgs { get; init; } = [];

    /// <summary><c>toolstack</c>: auto, microvm or xen.</summary>
    public string Toolstack { get; init; } = "auto";

    /// <summary><c>xen-type</c>: pv or pvh.</summary>
    public string? XenType { get; init; }

    /// <summary><c>accel</c>: auto, kvm or tcg.</summary>
    public string Accel { get; init; } = "auto";

    /// <summary><c>autoconf</c>: none, rarp or dhcp.</summary>
    /// <remarks>How the kernel comes by the address of its links: with none its command line says it, else it asks, and is answered with what is leased.</remarks>
    public string Autoconf { get; init; } = "none";
}

/// <summary><c>admin</c>: somebody who may do something to the zone through a served host (<see cref="ZoneHost.ConnectAsync"/>), after zonecfg's resource.</summary>
/// <param name="User">A user of the host, or a group of the host with @ before it.</param>
public sealed record ZoneAdmin(string User)
{
    /// <summary><c>auths</c>: login, manage, clonefrom.</summary>
    public SpecList<string> Auths { get; init; } = [];
}
