namespace Zones.Tests.Spec;

/// <summary>Every property of the vocabulary, read alone.</summary>
public class VocabularyTests
{
    public static TheoryData<string, ZoneSpec> Properties
    {
        get
        {
            ZoneSpec z = new() { Zone = "z1" };
            ZoneSpec withInit = z with { Init = ["/sbin/init"] };
            return new()
            {
                { "", z },
                { "brand: native", z },
                { "brand: domain", z with { Brand = ZoneBrand.Domain } },
                { "zonepath: /srv/zones/z1", z with { Zonepath = "/srv/zones/z1" } },
                { "root: host", z },
                { "root: /srv/debian", z with { Root = ZoneRoot.Directory("/srv/debian") } },
                { "root: nfs://server/export", z with { Root = ZoneRoot.Nfs("nfs://server/export") } },
                { "root: { source: host, type: sparse }", z },
                { "root: { source: /srv/debian, type: whole }", z with { Root = ZoneRoot.Directory("/srv/debian") with { Type = RootType.Whole } } },
                { "root: { image: debian-12@2026.11, type: whole, file-mac-profile: strict }", z with { Root = ZoneRoot.Image("debian-12@2026.11") with { Type = RootType.Whole, FileMacProfile = FileMacProfile.Strict } } },
                { "root: { inherit: [/usr, /opt/app] }", z with { Root = ZoneRoot.Host() with { Inherit = ["/usr", "/opt/app"] } } },
                { "root: { file-mac-profile: fixed-configuration }", z with { Root = ZoneRoot.Host() with { FileMacProfile = FileMacProfile.FixedConfiguration } } },
                { "init: [/usr/sbin/nginx, -g, daemon off;]", z with { Init = ["/usr/sbin/nginx", "-g", "daemon off;"] } },
                { "init: [/sbin/init]\ninit-mode: exec", withInit with { InitMode = InitMode.Exec } },
                { "init: [/sbin/init]\nbootargs: [-s, single]", withInit with { Bootargs = ["-s", "single"] } },
                { "init: [/sbin/init]\nrestart: on-failure", withInit with { Restart = RestartPolicy.OnFailure } },
                { "env: { LANG: C.UTF-8, N: 1 }", z with { Env = new() { ["LANG"] = "C.UTF-8", ["N"] = "1" } } },
                { "autoboot: true", z with { Autoboot = true } },
                { "boot-priority: 100", z with { BootPriority = 100 } },
                { "depends-on: [db, cache]", z with { DependsOn = ["db", "cache"] } },
                { "readiness: { tcp: 443 }", z with { Readiness = new() { Tcp = 443 } } },
                { "readiness: { exec: [/bin/check, -q], timeout: 5 }", z with { Readiness = new() { Exec = ["/bin/check", "-q"], Timeout = 5 } } },
                { "autoshutdown: halt", z with { Autoshutdown = Autoshutdown.Halt } },
                { "hostname: web-1.example.org", z with { Hostname = "web-1.example.org" } },
                { "hostid: 0a1B2c3d", z with { Hostid = "0a1B2c3d" } },
                { "lifetime: owner", z with { Lifetime = ZoneLifetime.Owner } },
                { "limitpriv: [default, \"!net_raw\", sys_time]", z with { Limitpriv = ["default", "!net_raw", "sys_time"] } },
                { "limitpriv: [none]", z with { Limitpriv = ["none"] } },
                { "limitpriv: [basic]", z with { Limitpriv = ["basic"] } },
                { "capped-cpu: 1.5", z with { CappedCpu = new(1.5m) } },
                { "capped-cpu: { ncpus: 0.01 }", z with { CappedCpu = new(0.01m) } },
                { "dedicated-cpu: 0-3,6", z with { DedicatedCpu = new("0-3,6") } },
                { "dedicated-cpu: { cpus: 0 }", z with { DedicatedCpu = new("0") } },
                { "cpu-shares: 65535", z with { CpuShares = 65_535 } },
                { "capped-memory: 256M", z with { CappedMemory = new(DataSize.MiB(256)) } },
                { "capped-memory: { physical: 1G, swap: 0, locked: 64K }", z with { CappedMemory = new(DataSize.GiB(1)) { Swap = new(0), Locked = DataSize.KiB(64) } } },
                { "max-processes: 512", z with { MaxProcesses = 512 } },
                { "max-lwps: 4194304", z with { MaxLwps = 4_194_304 } },
                { "rctl: { nofile: 1024:4096, core: unlimited }", z with { Rctl = [new("nofile", "1024:4096"), new("core", "unlimited")] } },
                { "rctl: [ { name: io.weight, value: 10000 }, { name: oom-group, value: true } ]", z with { Rctl = [new("io.weight", "10000"), new("oom-group", "true")] } },
                { "rctl: { io.max: [/dev/vda rbps=10M, 8:0 wiops=100 riops=7] }", z with { Rctl = [new("io.max", "/dev/vda rbps=10M"), new("io.max", "8:0 wiops=100 riops=7")] } },
                { "rctl: { hugetlb.2MB: 4M, hugetlb.1GB: 0 }", z with { Rctl = [new("hugetlb.2MB", "4M"), new("hugetlb.1GB", "0")] } },
                { "fs: [ { dir: /srv/data, special: /pool/web1, options: [ro, nodev, nosuid, noexec] } ]", z with { Fs = [new("/srv/data", "/pool/web1") { Options = ["ro", "nodev", "nosuid", "noexec"] }] } },
                { "fs: [ { dir: /a, special: /b, type: bind, options: [rbind, noidmap, rw] } ]", z with { Fs = [new("/a", "/b") { Options = ["rbind", "noidmap", "rw"] }] } },
                { "fs: [ { dir: /scratch, type: tmpfs, options: [size=64M, mode=1777, nr_inodes=1000] } ]", z with { Fs = [new("/scratch") { Type = FsType.Tmpfs, Options = ["size=64M", "mode=1777", "nr_inodes=1000"] }] } },
                { "fs: [ { dir: /jail/proc, special: proc, type: proc } ]", z with { Fs = [new("/jail/proc", "proc") { Type = FsType.Proc }] } },
                { "device: [/dev/fuse, { match: /dev/tty? }]", z with { Device = [new("/dev/fuse"), new("/dev/tty?")] } },
                { "attr: { tenant: acme, org/unit: \"\" }", z with { Attr = new() { ["tenant"] = "acme", ["org/unit"] = "" } } },
                { "ip-type: shared\nnet: [ { address: 10.0.0.2/24, physical: eth0, defrouter: 10.0.0.1 } ]", z with { IpType = IpType.Shared, Net = [new("10.0.0.2/24", "eth0") { Defrouter = "10.0.0.1" }] } },
                { "anet: [ { linkname: net0 } ]", z with { Anet = [new("net0")] } },
                {
                    "anet: [ { linkname: net0, lower-link: zbr0, mac-address: 02:00:00:00:00:01, allowed-address: [10.0.0.2/24, auto], configure-allowed-address: false, defrouter: fd00::1, mtu: 9000, vlan-id: 7, maxbw: 100M, link-protection: [ip-nospoof, restricted] } ]",
                    z with
                    {
                        Anet =
                        [
                            new("net0")
                            {
                                LowerLink = "zbr0", MacAddress = "02:00:00:00:00:01", AllowedAddress = ["10.0.0.2/24", "auto"], ConfigureAllowedAddress = false,
                                Defrouter = "fd00::1", Mtu = 9000, VlanId = 7, Maxbw = "100M", LinkProtection = ["ip-nospoof", "restricted"],
                            },
                        ],
                    }
                },
                { "anet: [ { linkname: net0, allowed-address: auto, link-protection: mac-nospoof } ]", z with { Anet = [new("net0") { AllowedAddress = ["auto"] }] } },
                { "resolvers: [1.1.1.1, \"fd00::53\"]", z with { Resolvers = ["1.1.1.1", "fd00::53"] } },
                { "security: { seccomp: unconfined, no-new-privs: false, user-namespace: false }", z with { Security = new() { Seccomp = "unconfined", NoNewPrivs = false, UserNamespace = false } } },
                { "security: { seccomp: /etc/zones/web.json, id-base: 1048576 }", z with { Security = new() { Seccomp = "/etc/zones/web.json", IdBase = 1_048_576 } } },
                {
                    "brand: domain\ndomain: { kernel: /boot/vmlinuz, kernel-args: [quiet, \"a=b\"], toolstack: xen, xen-type: pvh, accel: kvm, autoconf: rarp }",
                    z with { Brand = ZoneBrand.Domain, Domain = new() { Kernel = "/boot/vmlinuz", KernelArgs = ["quiet", "a=b"], Toolstack = "xen", XenType = "pvh", Accel = "kvm", Autoconf = "rarp" } }
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void A_property_is_read_and_written(string yaml, ZoneSpec expected)
    {
        ZoneSpec read = ZoneSpecYaml.Read("zone: z1\n" + yaml);
        Assert.Equal(expected, read);
        Assert.Equal(expected.GetHashCode(), read.GetHashCode());
        Assert.Equal(expected, ZoneSpecYaml.Read(ZoneSpecYaml.Write(read)));
    }

    [Fact]
    public void The_specs_of_the_design_are_read()
    {
        ZoneSpec spec = ZoneSpecYaml.Read("""
            # yaml-language-server: $schema=zone.schema.json
            zone: web1                      # a comment
            brand: native
            root: { image: debian-12@2026.11, type: sparse, file-mac-profile: none }
            init: [/usr/sbin/nginx, -g, daemon off;]
            autoboot: true
            lifetime: persistent
            limitpriv: [default, "!net_raw"]
            capped-cpu: { ncpus: 1.5 }
            capped-memory: { physical: 256M, swap: 0 }
            max-processes: 512
            fs:   [ { dir: /srv/data, special: /pool/web1, options: [nodev, nosuid] } ]
            anet: [ { linkname: net0, lower-link: zbr0, allowed-address: auto, maxbw: 100M } ]
            attr: { tenant: acme }
            """);
        Assert.Equal(("web1", 1.5m, 256L << 20, "acme"), (spec.Zone, spec.CappedCpu!.Ncpus, spec.CappedMemory!.Physical!.Value.Bytes, spec.Attr["tenant"]));
    }

    [Fact]
    public void What_is_written_is_what_a_person_would_write()
    {
        ZoneSpec spec = new()
        {
            Zone = "web1",
            Init = ["/usr/sbin/nginx", "-g", "daemon off;"],
            CappedCpu = new(1.5m),
            CappedMemory = new(DataSize.MiB(256)) { Swap = new(0) },
            Fs = [new("/srv/data", "/pool/web1") { Options = ["ro"] }],
            Attr = { ["tenant"] = "acme" },
        };
        Assert.Equal(
            """
            zone: web1
            root: { source: host }
            init: [/usr/sbin/nginx, "-g", "daemon off;"]
            capped-cpu: { ncpus: 1.5 }
            capped-memory: { physical: 256M, swap: 0 }
            fs:
              - { dir: /srv/data, special: /pool/web1, options: [ro] }
            attr: { tenant: acme }

            """,
            ZoneSpecYaml.Write(spec));
    }

    [Fact]
    public void A_copy_owns_its_maps()
    {
        ZoneSpec first = new() { Zone = "a", Attr = { ["x"] = "1" } };
        ZoneSpec second = first with { Zone = "b" };
        second.Attr["x"] = "2";
        second.Env["y"] = "3";
        Assert.Equal(("1", 0), (first.Attr["x"], first.Env.Count));
        Assert.NotEqual(first, second);
    }
}
