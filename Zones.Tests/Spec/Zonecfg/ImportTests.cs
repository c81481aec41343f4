namespace Zones.Tests.Spec.Zonecfg;

/// <summary>What zonecfg of Solaris 10, Solaris 11 and illumos prints, read whole: the spec, and a warning for each thing that is not in it.</summary>
public class ImportTests
{
    [Fact]
    public void A_sparse_zone_of_solaris_10_is_read_with_its_shared_directories_controls_and_addresses()
    {
        ZonecfgImport import = Read("solaris10.cfg");
        Assert.Equal(
            new ZoneSpec
            {
                Zone = "web1",
                Zonepath = "/zones/web1",
                Autoboot = true,
                Limitpriv = ["default", "sys_nice"],
                IpType = IpType.Shared,
                Fs = [new("/opt/sfw", "/opt/sfw") { Options = ["ro"] }, new("/export/data", "/pool/web1") { Options = ["ro", "nodev", "nosuid"] }],
                Net = [new("192.168.10.7/24", "bge0") { Defrouter = "192.168.10.1" }, new("10.1.2.3/8", "bge1")],
                Device = [new("/dev/sound/*")],
                CpuShares = 20,
                MaxLwps = 500,
                CappedCpu = new(1.5m),
                CappedMemory = new(DataSize.MiB(512)) { Swap = DataSize.MiB(512) },
                Attr = { ["comment"] = "first; web = server, (blue)" },
            },
            import.Spec);
        AssertWarned(
            import,
            "4 bootargs left out: bootargs means nothing without init",
            "5 pool no equivalent: there are no resource pools",
            "6 limitpriv no equivalent: no capability of Linux allows what 'dtrace_user' does",
            "7 scheduling-class no equivalent: Linux shares processors",
            "13 inherit-pkg-dir.dir no equivalent: Linux has no /platform",
            "35 fs.type no equivalent: a ufs is mounted on the host",
            "44 net.address has no prefix length, which Solaris looks up in netmasks(5); taken as 10.1.2.3/8",
            "68 rctl.zone.max-shm-memory no equivalent: a zone has an ipc namespace");
    }

    [Fact]
    public void A_zone_of_solaris_11_is_read_with_its_links_memory_and_profile()
    {
        ZonecfgImport import = Read("solaris11.cfg", "web2");
        Assert.Equal(
            new ZoneSpec
            {
                Zone = "web2",
                Zonepath = "/system/zones/web2",
                Root = ZoneRoot.Host() with { Type = RootType.Whole, FileMacProfile = FileMacProfile.FixedConfiguration },
                Hostid = "80f0c086",
                Limitpriv = ["default", "!net_raw"],
                Attr = { ["tenant"] = "acme" },
                Anet =
                [
                    new("net0")
                    {
                        AllowedAddress = ["192.0.2.10/24", "2001:db8::10/64"], Defrouter = "192.0.2.1", LinkProtection = ["mac-nospoof", "ip-nospoof"],
                        MacAddress = "02:08:20:0a:0b:0c", Maxbw = "1500M", Mtu = 9000, VlanId = 42,
                    },
                    new("net1") { LowerLink = "aggr0" },
                ],
                Admin = [new("joe") { Auths = ["login", "manage"] }],
                CappedCpu = new(4),
                CappedMemory = new(DataSize.GiB(1)) { Swap = DataSize.MiB(512), Locked = DataSize.MiB(256) },
            },
            import.Spec);
        AssertWarned(
            import,
            "10 fs-allowed no equivalent: what may be mounted inside",
            "23 anet.rxrings no equivalent: a link here has no such setting",
            "31 anet.mac no equivalent: a link has one address",
            "37 dedicated-cpu.ncpus no equivalent: Linux does not choose processors for a zone; name them in dedicated-cpu.cpus. Taken as capped-cpu 4",
            "38 dedicated-cpu.importance no equivalent: processors are not moved",
            "45 dataset no equivalent: the library does not manage ZFS",
            "53 security-flags no equivalent: address randomisation",
            "57 virtual-cpu no equivalent: it belongs to kernel zones");
    }

    [Fact]
    public void A_zone_of_illumos_is_read_with_what_its_brand_keeps_beside_its_links()
    {
        ZonecfgImport import = Read("illumos.cfg");
        Assert.Equal(
            new ZoneSpec
            {
                Zone = "lx0",
                Zonepath = "/zones/lx0",
                Root = ZoneRoot.Host() with { Type = RootType.Whole },
                Autoboot = true,
                MaxProcesses = 2000,
                Anet =
                [
                    new("lx0") { AllowedAddress = ["10.0.0.5/24"], Defrouter = "10.0.0.1", VlanId = 7 },
                    new("lx1") { LowerLink = "external0", MacAddress = "02:08:20:00:00:01", AllowedAddress = ["10.1.0.5/24", "10.1.0.6/24"] },
                ],
                Attr = { ["kernel-version"] = "5.10" },
                Resolvers = ["1.1.1.1", "9.9.9.9"],
                Fs = [new("/scratch") { Type = FsType.Tmpfs, Options = ["size=64M"] }],
                CappedCpu = new(2.5m),
            },
            import.Spec);
        AssertWarned(
            import,
            "7 max-lwps left out: the kernel counts threads alone",
            "16 net.property.primary no equivalent: the first link is the primary one",
            "42 rctl.zone.zfs-io-priority no equivalent: reads and writes are weighed by rctl io.weight");
    }

    [Theory]
    [InlineData("set autoboot=perhaps", "autoboot: left out: 'perhaps' is not true or false")]
    [InlineData("set autoshutdown=suspend", "autoshutdown: no equivalent: 'suspend' is not one of shutdown, halt; taken as shutdown")]
    [InlineData("set hostid=xyz", "hostid: 'xyz': left out: a hostid is 8 hexadecimal digits")]
    [InlineData("set brand=solaris9", "brand: no equivalent: the brand 'solaris9' runs another system's programs")]
    [InlineData("set cpu-shares=many", "cpu-shares: left out: 'many' is not a whole number")]
    [InlineData("set cpu-shares=70000", "cpu-shares: left out: 70000 is out of range; allowed is 1 to 65535")]
    [InlineData("set frobnicate=1", "frobnicate: '1': no equivalent: a zone here has no such property")]
    [InlineData("set file-mac-profile=dynamic-zones", "file-mac-profile: no equivalent: 'dynamic-zones' is not one of")]
    [InlineData("set limitpriv=all", "limitpriv: no equivalent: no capability of Linux allows what 'all' does")]
    [InlineData("add admin; set user=joe; set auths=login,copyfrom; end", "admin.auths: 'copyfrom': no equivalent: what it allows is root's here")]
    [InlineData("add admin; set user=1001; set auths=login; end", "admin.user: left out: '1001' is no name of a user")]
    [InlineData("add fs; set dir=/proc/x; set special=/y; end", "fs: left out: /proc/x is mounted by the zone itself")]
    [InlineData("add fs; set dir=/x; set special=/y; add options quota; end", "fs.options: left out: 'quota' is not an option of a bind mount")]
    [InlineData("add fs; set dir=/x; end", "fs: '/x': left out: is missing; a bind mount has a path of the host")]
    [InlineData("add device; set match=/dev/dsk/c0t0d0s0; end", "device.match: '/dev/dsk/c0t0d0s0': no equivalent: a Solaris disk has another name here")]
    [InlineData("add device; set match=/dev/fuse; set allow-raw-io=true; end", "device.allow-raw-io: 'true': no equivalent: access to a device is to all of it")]
    [InlineData("set ip-type=exclusive; add anet; set linkname=a-name-that-is-too-long; end", "anet: 'a-name-that-is-too-long': left out: a link's name is 1 to 15")]
    [InlineData("set ip-type=exclusive; add net; set physical=vnic0; end", "net.physical: 'vnic0': no equivalent: a link of the host is not given away")]
    [InlineData("set ip-type=shared", "ip-type: no equivalent: on a shared stack without an address")]
    [InlineData("set ip-type=other", "ip-type: left out: 'other' is not exclusive or shared; taken as exclusive")]
    [InlineData("add net; set address=web-server; set physical=e1000g0; end", "net: left out: 'web-server' is not an address")]
    [InlineData("add capped-memory; set swap=1G; end", "swap: '1G': no equivalent: zonecfg's swap caps memory and swap space together; taken as physical")]
    [InlineData("add capped-memory; set physical=2G; set swap=1G; end", "swap: '1G': no equivalent: zonecfg's swap caps memory and swap space together, and is below physical")]
    [InlineData("add capped-memory; set physical=huge; end", "physical: left out: 'huge' is not a size")]
    [InlineData("add rctl; set name=zone.max-lwps; add value (priv=basic,limit=5,action=deny); end", "rctl.zone.max-lwps: '(priv=basic,limit=5,action=deny)': no equivalent: a zone has one limit of each kind")]
    [InlineData("remove net physical=bge0", "remove: 'net physical=bge0': no equivalent: changes a configuration that is not in this text")]
    [InlineData("select net physical=bge0; set defrouter=10.0.0.1; end", "select: no equivalent: changes a resource that is not in this text")]
    [InlineData("create -t SYSsolaris", "create: '-t SYSsolaris': begins with a template")]
    public void What_has_no_equivalent_is_left_out_with_the_reason_and_its_place(string commands, string warning)
    {
        ZonecfgImport import = ZonecfgFormat.Read("create -b\n" + commands, "z1", "z1.cfg");
        Assert.StartsWith("z1.cfg:2:", Assert.Single(import.Warnings).ToString());
        Assert.Contains(": " + warning, import.Warnings[0].ToString());
        Assert.Empty(ZoneSpecValidator.Validate(import.Spec));
    }

    /// <summary>Each the same as what stands before it, as zonecfg takes it too.</summary>
    [Theory]
    [InlineData("add fs; set dir=/x; set special=/y; add options [ro,nodevices]; end", "add fs\n\tset dir=/x\n\tset special=\"/y\"\n\tset type=lofs\n\tset options=[ro, nodevices]\nend")]
    [InlineData("set max-lwps=5", "add rctl; set name=zone.max-lwps; add value [(priv=privileged,limit=5,action=deny)]; end")]
    [InlineData("set max-lwps=5", "add rctl\nset name=zone.max-lwps\nadd value ( priv = privileged , \\\n limit = 5, action = deny )\nend\n")]
    [InlineData("set limitpriv=default,sys_time", "set limitpriv=\"default,sys_time\"")]
    [InlineData("set limitpriv=default,sys_time", "set limitpriv = [ default , sys_time ]")]
    [InlineData("set cpu-shares=7", "# a comment; set cpu-shares=8\r\nset cpu-shares=7\r\nverify; commit\r\nexit\r\n")]
    [InlineData("set autoboot=true", "set autoboot=true; set pool=; set fs-allowed=\"\"; set bootargs=")]
    [InlineData("add capped-memory; set physical=1536M; end", "add capped-memory; set physical=1.5g; end")]
    [InlineData("add attr; set name=a; set value=\"\"; end", "add attr; set name=a; set type=string; set value=\"\"; end")]
    [InlineData("add device; set match=/dev/fuse; end", "add device; set match=/dev/null; cancel; add device; set match=/dev/fuse; end")]
    public void What_is_written_otherwise_is_read_the_same(string one, string other)
    {
        ZonecfgImport first = ZonecfgFormat.Read("create -b\n" + one, "z1"), second = ZonecfgFormat.Read("create -b\n" + other, "z1");
        Assert.NotEqual(ZonecfgFormat.Read("create -b", "z1").Spec, first.Spec);
        Assert.Equal(first.Spec, second.Spec);
        Assert.Empty(first.Warnings.Concat(second.Warnings));
    }

    [Theory]
    [InlineData("", "1:1: holds no configuration; give what 'zonecfg -z NAME export' prints")]
    [InlineData("<?xml version=\"1.0\"?>\n<zone name=\"a\"/>\n", "1:1: '<?xml' is not a command of zonecfg; give what 'zonecfg -z NAME export' prints")]
    [InlineData("zonename: a\nzonepath: /zones/a\n", "1:1: 'zonename:' is not a command of zonecfg")]
    [InlineData("create -b\nend\n", "2:1: 'end' without 'add'")]
    [InlineData("create -b\nadd fs\nset dir=/x\n", "2:5: 'add fs' has no 'end'")]
    [InlineData("create -b\nset autoboot\n", "2:1: set is 'set PROPERTY=VALUE'")]
    [InlineData("create -b\nset bootargs=\"-s\nset autoboot=true\n", "2:14: '-s': the quote is not closed on its line")]
    [InlineData("create -b\nadd rctl\nset name=zone.max-lwps\nadd value (priv=privileged,limit=5\nend\n", "4:34: ')' is missing")]
    [InlineData("create -b\nadd rctl\nadd value (privileged)\nend\n", "3:12: 'privileged': within ( ) stands NAME=VALUE")]
    [InlineData("create -b\nadd fs\nadd options [ro,nodevices\nend\n", "']' is missing")]
    [InlineData("create -b\nadd fs\nadd options [ro] rw\nend\n", "3:18: 'rw': the value ends before this")]
    public void What_is_no_export_is_refused_with_its_place(string text, string problem)
    {
        ZoneSpecException refused = Assert.Throws<ZoneSpecException>(() => ZonecfgFormat.Read(text, "z1", "f"));
        Assert.Contains(problem, refused.Problems[0].ToString());
    }

    [Fact]
    public void What_has_more_values_than_any_zone_is_refused_before_they_are_tried()
    {
        string text = $"create -b\nadd attr\nset name=resolvers\nset type=string\nset value=\"{string.Join(',', Enumerable.Repeat("192.0.2.1", 90_000))}\"\nend\n";
        Assert.Contains("more than 8192 values; this is no export", Assert.Throws<ZoneSpecException>(() => ZonecfgFormat.Read(text, "z1", "f")).Problems[0].ToString());
    }

    [Fact]
    public void What_has_more_resources_than_any_zone_is_refused_before_they_are_tried()
    {
        string text = "create -b\n" + string.Concat(Enumerable.Range(0, 15_000).Select(i => $"add fs\nset dir=/d{i}\nset special=/s\nset type=lofs\nend\n"));
        Assert.Equal("f:2562:1: more than 512 resources; this is no export", Assert.Throws<ZoneSpecException>(() => ZonecfgFormat.Read(text, "z1", "f")).Problems[0].ToString());
    }

    [Theory]
    [InlineData("create -b\nset autoboot=true", null, "the export does not say the zone's name")]
    [InlineData("create -b\nset zonepath=/system/zones/%{zonename}", null, "f:2:5: zone: '%{zonename}': the export does not say the zone's name")]
    [InlineData("create -b\nset zonepath=/zones/global", null, "'global' is reserved")]
    [InlineData("create -b", "-x", "a zone's name is 1 to 64")]
    public void A_zone_needs_a_name_that_is_allowed(string text, string? name, string problem) =>
        Assert.Contains(problem, Assert.Throws<ZoneSpecException>(() => ZonecfgFormat.Read(text, name, "f")).Problems[0].ToString());

    [Fact]
    public void Without_a_name_all_else_that_is_wrong_is_told_too()
    {
        Assert.Equal(
            ["f:1:1: zone: the export does not say the zone's name; give it (zone import --name NAME)", "f:2:5: autoboot: left out: 'perhaps' is not true or false", "f:3:5: cpu-shares: left out: 'many' is not a whole number that a property here can have"],
            Problems("create -b\nset autoboot=perhaps\nset cpu-shares=many\n"));
        Assert.Equal(
            ["f:1:1: zone: the export does not say the zone's name; give it (zone import --name NAME)", "f:2:1: set is 'set PROPERTY=VALUE'", "f:3:5: 'add fs' has no 'end'"],
            Problems("create -b\nset autoboot\nadd fs\n").Select(problem => problem.Replace("fs: ", "")));
        Assert.Single(Problems("<?xml version=\"1.0\"?>\n"));

        static IEnumerable<string> Problems(string text) => Assert.Throws<ZoneSpecException>(() => ZonecfgFormat.Read(text, null, "f")).Problems.Select(problem => problem.ToString());
    }

    private static ZonecfgImport Read(string file, string? name = null) =>
        ZonecfgFormat.Read(File.ReadAllText(Path.Combine(Repository.Root, "Zones.Tests", "Spec", "Zonecfg", file)), name, file);

    /// <summary>Compares each warning's line, property and the beginning of its message.</summary>
    private static void AssertWarned(ZonecfgImport import, params string[] expected)
    {
        string[] told = [.. import.Warnings.Select(warning => $"{warning.Line} {warning.Property} {warning.Message}")];
        Assert.Equal(expected, told.Select((line, i) => i < expected.Length && line.StartsWith(expected[i], StringComparison.Ordinal) ? expected[i] : line));
    }
}
