using CsCheck;

namespace Zones.Tests.Spec;

/// <summary>Valid specs of every shape, for properties that must hold for all of them.</summary>
internal static class SpecGenerator
{
    private static readonly Gen<string> Name = Gen.Char["abcXYZ019_.-"].Array[0, 12].Select(tail => "z" + new string(tail));

    /// <summary>Anything that a value may be: what YAML could take for something else, spaces, quotes, other scripts.</summary>
    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.OneOf("", " ", "true", "null", "~", "1e3", "- a", "a: b", "a #b", "[x", "{y}", "*alias", "&anchor", "!tag", "%directive", "'", "\"", "\\", "@", "`", "...", "---", "|", ">", "?", ":", "=", "<<", "0x1F", "\u00e9\u4e2d\ud83d\ude80", "\u00a0", "\ufffe", "x\u200b"),
        Gen.Char[' ', '~'].Array[0, 20].Select(text => new string(text)));

    /// <summary>An argument may hold lines, too.</summary>
    private static readonly Gen<string> Argument = Gen.OneOf(Value, Gen.OneOf("a\nb", "\t", "\r\n", "\u0085", "\u2028", "\u202e\ud83d\ude00", "\u001b[31m", "\ufeff", "\u007f"));

    private static readonly Gen<string> Path = Gen.OneOf("/srv", "/srv/data", "/opt/a b", "/opt/-x", "/opt/\u00e9", "/opt/a:b", "/opt/#1", "/opt/'q'", "/opt/..x", "/opt/ ");

    private static readonly Gen<DataSize> Size = Gen.OneOf(Gen.Long[1 << 20, long.MaxValue], Gen.OneOf(1L << 20, 256L << 20, 1L << 40)).Select(bytes => new DataSize(bytes));

    private static readonly Gen<ZoneRoot> Root =
        from root in Gen.OneOf(ZoneRoot.Host(), ZoneRoot.Directory("/srv/debian 12"), ZoneRoot.Image("debian-12@2026.11"), ZoneRoot.Nfs("nfs://10.0.0.1:2049/export/a"))
        from type in Gen.Enum<RootType>()
        from profile in Gen.Enum<FileMacProfile>()
        from inherit in Gen.OneOf<SpecList<string>?>(null, ["/usr", "/opt/app"])
        select root with { Type = type, FileMacProfile = profile, Inherit = type == RootType.Whole ? null : inherit };

    private static readonly Gen<ZoneSpec> Identity =
        from name in Name
        from zonepath in Gen.OneOf(Gen.Const((string?)null), Path.Select(path => (string?)path))
        from root in Root
        from hostname in Gen.OneOf(null, "web-1", "a.b.c")
        from hostid in Gen.OneOf(null, "0a1b2c3d", "00000001")
        from priority in Gen.Int[0, 100]
        from lifetime in Gen.Enum<ZoneLifetime>()
        from autoboot in Gen.Bool
        from depends in Gen.OneOf<SpecList<string>>([], ["db", "cache.1"])
        from readiness in Gen.OneOf(null, new ZoneReadiness { Tcp = 80 }, new ZoneReadiness { Exec = ["/bin/a b", "-x", ""], Timeout = 1 })
        from end in Gen.Enum<Autoshutdown>()
        from attr in Gen.Select(Name, Value).Array[0, 3]
        from env in Gen.Select(Gen.OneOf("A", "_b", "LC_ALL"), Argument).Array[0, 3]
        select new ZoneSpec
        {
            Zone = name, Zonepath = zonepath, Root = root, Hostname = hostname, Hostid = hostid, BootPriority = priority, Lifetime = lifetime,
            Autoboot = autoboot && lifetime == ZoneLifetime.Persistent, Attr = Map(attr), Env = Map(env),
            DependsOn = depends, Readiness = readiness, Autoshutdown = end,
        };

    private static readonly Gen<(SpecList<string>? Init, SpecList<string> Bootargs, InitMode Mode, RestartPolicy Restart, bool Console)> Program =
        from init in Gen.Select(Path, Argument.Array[0, 3]).Select((path, arguments) => (SpecList<string>?)[path, .. arguments])
        from given in Gen.Bool
        from bootargs in Argument.Array[0, 2]
        from mode in Gen.Enum<InitMode>()
        from restart in Gen.Enum<RestartPolicy>()
        from console in Gen.Bool
        select given ? (init, (SpecList<string>)[.. bootargs], mode, restart, console) : (null, [], InitMode.Auto, RestartPolicy.Never, console);

    private static readonly Gen<ZoneSpec> Limits =
        from cpu in Gen.Int[1, 102_400].Select(hundredths => new CappedCpu(hundredths / 100m))
        from memory in Gen.Select(Size, Size, Gen.Long[0, 1 << 30]).Select((physical, swap, locked) => new CappedMemory(physical) { Swap = swap, Locked = new(locked) })
        from which in Gen.Int[0, 15]
        from shares in Gen.Int[1, 65_535]
        from tasks in Gen.Int[1, 4_194_304]
        from rctl in Gen.OneOf<Rctl[]>([], [new("nofile", "1024:4096")], [new("io.weight", "1"), new("io.max", "8:0 rbps=10M"), new("io.max", "8:0 wiops=3")], [new("hugetlb.2MB", "4M"), new("oom-group", "false")])
        select new ZoneSpec
        {
            Zone = "z", CappedCpu = (which & 1) == 0 ? null : cpu, CappedMemory = (which & 2) == 0 ? null : memory, CpuShares = (which & 4) == 0 ? null : shares,
            MaxProcesses = (which & 8) == 0 ? null : tasks, MaxLwps = (which & 8) == 0 ? tasks : null, DedicatedCpu = (which & 4) == 0 ? new("0-3,6") : null, Rctl = [.. rctl],
        };

    private static readonly Gen<ZoneSpec> Rest =
        from fs in Gen.OneOf<ZoneFs[]>([], [new("/data", "/pool/a b"), new("/scratch") { Type = FsType.Tmpfs, Options = ["size=1G", "mode=1777"] }], [new("/x", "/y") { Options = ["ro", "rbind", "noidmap"] }])
        from device in Gen.OneOf<ZoneDevice[]>([], [new("/dev/fuse"), new("/dev/tty*")])
        from network in Gen.Bool
        from mtu in Gen.Int[68, 65_535]
        from view in Gen.Enum<ResourceView>()
        from privileges in Gen.OneOf<SpecList<string>>(["default"], ["none"], ["basic", "!kill"], ["default", "sys_time"])
        from security in Gen.OneOf(new ZoneSecurity(), new() { UserNamespace = false, NoNewPrivs = false }, new() { IdBase = 1_048_576, Seccomp = "/etc/p.json" })
        from admin in Gen.OneOf<ZoneAdmin[]>([], [new("alice") { Auths = ["login", "manage", "clonefrom"] }], [new("@staff") { Auths = ["login"] }, new("_b.c") { Auths = ["clonefrom"] }])
        from domain in Gen.OneOf(null, new DomainSpec(), new() { Kernel = "/boot/vmlinuz", KernelArgs = ["a=\"b c\""], Toolstack = "microvm", Accel = "tcg", XenType = "pv", Autoconf = "dhcp" })
        select new ZoneSpec
        {
            Zone = "z", Admin = [.. admin], Fs = [.. fs], Device = [.. device], Limitpriv = privileges, ResourceView = view, Security = security, Domain = domain, Brand = domain is null ? ZoneBrand.Native : ZoneBrand.Domain,
            IpType = network ? IpType.Exclusive : IpType.Shared,
            Anet = network ? [new("net0") { Mtu = mtu, AllowedAddress = ["10.0.0.2/24"], LowerLink = "br0" }] : [],
            Net = network ? [] : [new("fd00::2/64", "eth0")],
            Resolvers = network ? ["10.0.0.53"] : [],
        };

    public static Gen<ZoneSpec> Specs { get; } =
        from identity in Identity
        from program in Program
        from limits in Limits
        from rest in Rest
        select rest with
        {
            Zone = identity.Zone, Zonepath = identity.Zonepath, Root = identity.Root, Hostname = identity.Hostname, Hostid = identity.Hostid,
            BootPriority = identity.BootPriority, Lifetime = identity.Lifetime, Autoboot = identity.Autoboot, Attr = identity.Attr, Env = identity.Env,
            DependsOn = identity.DependsOn, Readiness = identity.Readiness, Autoshutdown = identity.Autoshutdown,
            Init = program.Init, Bootargs = program.Bootargs, InitMode = program.Mode, Restart = program.Restart, Console = program.Console,
            CappedCpu = limits.CappedCpu, CappedMemory = limits.CappedMemory, CpuShares = limits.CpuShares, DedicatedCpu = limits.DedicatedCpu,
            MaxProcesses = limits.MaxProcesses, MaxLwps = limits.MaxLwps, Rctl = limits.Rctl,
        };

    private static SpecMap Map((string, string)[] items) => new(items.Select(item => KeyValuePair.Create(item.Item1, item.Item2)));
}
