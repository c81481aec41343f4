namespace Zones.Tests.Spec;

/// <summary>Every kind of bad input: the error names the property, the value, what is allowed, and the place.</summary>
public class BadSpecTests
{
    [Theory]
    // Wrong types.
    [InlineData("autoboot: yes", "autoboot", "yes", "'yes' is not true or false", 11)]
    [InlineData("autoboot: [true]", "autoboot", null, "is a list where a single value belongs", 11)]
    [InlineData("hostname: { a: b }", "hostname", null, "is a map where a single value belongs", 11)]
    [InlineData("hostname:", "hostname", null, "has no value", 10)]
    [InlineData("hostname: null", "hostname", null, "has no value", 11)]
    [InlineData("hostname: ~", "hostname", null, "has no value", 11)]
    [InlineData("init: /sbin/init", "init", "/sbin/init", "is not a list; write [a, b]", 7)]
    [InlineData("env: [A=b]", "env", null, "is not a map; write { property: value }", 6)]
    [InlineData("fs: { dir: /a }", "fs", null, "is not a list", 5)]
    [InlineData("fs: [ /a ]", "fs[0]", "/a", "is not a map", 7)]
    [InlineData("security: on", "security", "on", "is not a map", 11)]
    [InlineData("rctl: nofile", "rctl", "nofile", "is not a list", 7)]
    [InlineData("boot-priority: high", "boot-priority", "high", "'high' is not a whole number", 16)]
    [InlineData("brand: lx", "brand", "lx", "'lx' is not one of native, domain", 8)]
    [InlineData("lifetime: permanent", "lifetime", "permanent", "not one of persistent, owner", 11)]
    [InlineData("restart: on-failur", "restart", "on-failur", "did you mean 'on-failure'?", 10)]
    [InlineData("brand: 1", "brand", "1", "is not one of", 8)]
    // Units and ranges.
    [InlineData("capped-memory: 256MB", "capped-memory", "256MB", "such as 256M", 16)]
    [InlineData("capped-memory: { physical: -1 }", "capped-memory.physical", "-1", "a whole number of bytes", 28)]
    [InlineData("capped-memory: { physical: 1.5G }", "capped-memory.physical", "1.5G", "a whole number of bytes", 28)]
    [InlineData("capped-memory: { swap: 1e3 }", "capped-memory.swap", "1e3", "a whole number of bytes", 24)]
    [InlineData("capped-memory: { locked: \"1 M\" }", "capped-memory.locked", "1 M", "a whole number of bytes", 26)]
    [InlineData("capped-memory: { physical: 8388608T }", "capped-memory.physical", "8388608T", "a whole number of bytes", 28)]
    [InlineData("capped-memory: 4K", "capped-memory.physical", "4K", "at least 1M", 16)]
    [InlineData("capped-memory: {}", "capped-memory", null, "caps nothing", 16)]
    [InlineData("capped-cpu: 1e3", "capped-cpu", "1e3", "is not a number such as 1.5", 13)]
    [InlineData("capped-cpu: -1", "capped-cpu", "-1", "is not a number such as 1.5", 13)]
    [InlineData("capped-cpu: 1,5", "capped-cpu", "1,5", "is not a number such as 1.5", 13)]
    [InlineData("capped-cpu: \" 1\"", "capped-cpu", " 1", "is not a number such as 1.5", 13)]
    [InlineData("capped-cpu: 99999999999999999999999999999999", "capped-cpu", "99999999999999999999999999999999", "is not a number", 13)]
    [InlineData("capped-cpu: { ncpus: 0 }", "capped-cpu.ncpus", "0", "0.01 to 1024", 22)]
    [InlineData("capped-cpu: 1024.1", "capped-cpu.ncpus", "1024.1", "0.01 to 1024", 13)]
    [InlineData("capped-cpu: {}", "capped-cpu.ncpus", null, "is missing", 13)]
    [InlineData("dedicated-cpu: 3-1", "dedicated-cpu.cpus", "3-1", "list of processors such as 0-3,6", 16)]
    [InlineData("dedicated-cpu: all", "dedicated-cpu.cpus", "all", "list of processors", 16)]
    [InlineData("dedicated-cpu: 0-999999999", "dedicated-cpu.cpus", "0-999999999", "list of processors", 16)]
    [InlineData("cpu-shares: 0", "cpu-shares", "0", "1 to 65535", 13)]
    [InlineData("cpu-shares: 65536", "cpu-shares", "65536", "1 to 65535", 13)]
    [InlineData("max-processes: 0", "max-processes", "0", "1 to 4194304", 16)]
    [InlineData("max-lwps: 4194305", "max-lwps", "4194305", "1 to 4194304", 11)]
    [InlineData("max-lwps: 99999999999", "max-lwps", "99999999999", "is not a whole number", 11)]
    [InlineData("boot-priority: 101", "boot-priority", "101", "0 to 100", 16)]
    [InlineData("boot-priority: -1", "boot-priority", "-1", "0 to 100", 16)]
    [InlineData("hostid: xyz", "hostid", "xyz", "8 hexadecimal digits", 9)]
    [InlineData("hostid: 0x123456", "hostid", "0x123456", "8 hexadecimal digits", 9)]
    [InlineData("security: { id-base: 1000 }", "security.id-base", "1000", "not a multiple of 65536", 22)]
    [InlineData("security: { id-base: 0 }", "security.id-base", "0", "not a multiple of 65536", 22)]
    [InlineData("security: { id-base: 4294901760 }", "security.id-base", "4294901760", "not a multiple of 65536", 22)]
    [InlineData("security: { id-base: 4294967296 }", "security.id-base", "4294967296", "0 to 4294967295", 22)]
    [InlineData("security: { id-base: 65536, user-namespace: false }", "security.id-base", "65536", "leave one of the two out", 22)]
    // Unknown keys.
    [InlineData("hostnme: a", "hostnme", "hostnme", "'hostnme' is not a property; did you mean 'hostname'?", 1)]
    [InlineData("Zone: b", "Zone", "Zone", "did you mean 'zone'?", 1)]
    [InlineData("frobnicate: 1", "frobnicate", "frobnicate", "known here: zone, brand, zonepath", 1)]
    [InlineData("fs: [ { dir: /a, special: /b, option: [ro] } ]", "fs[0].option", "option", "did you mean 'options'?", 31)]
    [InlineData("capped-memory: { phisical: 1G }", "capped-memory.phisical", "phisical", "did you mean 'physical'?", 18)]
    [InlineData("root: { typ: whole }", "root.typ", "typ", "did you mean 'type'?", 9)]
    [InlineData("security: { secomp: default }", "security.secomp", "secomp", "did you mean 'seccomp'?", 13)]
    [InlineData("<<: { hostname: a }", "<<", "<<", "is not a property", 1)]
    [InlineData("[a]: b", "", null, "a property's name is a word", 1)]
    // Names.
    [InlineData("hostname: -a", "hostname", "-a", "beginning and ending with a letter or digit", 11)]
    [InlineData("hostname: a..b", "hostname", "a..b", "1 to 64", 11)]
    [InlineData("hostname: \"a b\"", "hostname", "a b", "1 to 64", 11)]
    [InlineData("hostname: \u00e9", "hostname", "\u00e9", "1 to 64", 11)]
    [InlineData("hostname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "hostname", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1 to 64", 11)]
    [InlineData("attr: { -a: 1 }", "attr.-a", "-a", "an attribute's name is 1 to 63", 13)]
    [InlineData("attr: { \"a\\nb\": 1 }", "attr.a\nb", "a\nb", "an attribute's name", 17)]
    [InlineData("attr: { a: \"x\\0y\" }", "attr.a", "x\0y", "without control characters", 12)]
    [InlineData("env: { 1A: x }", "env.1A", "1A", "a variable's name is of A-Z a-z 0-9 _", 12)]
    [InlineData("env: { A=B: x }", "env.A=B", "A=B", "a variable's name", 13)]
    [InlineData("env: { A: \"\\0\" }", "env.A", null, "text without NUL", 11)]
    // Paths.
    [InlineData("zonepath: srv/z", "zonepath", "srv/z", "'srv/z' is not an absolute path", 11)]
    [InlineData("zonepath: /srv/../etc", "zonepath", "/srv/../etc", "write it without", 11)]
    [InlineData("zonepath: /srv//z", "zonepath", "/srv//z", "write it without", 11)]
    [InlineData("zonepath: /srv/z/", "zonepath", "/srv/z/", "write it without", 11)]
    [InlineData("zonepath: /srv/./z", "zonepath", "/srv/./z", "write it without", 11)]
    [InlineData("zonepath: \"/srv/\\0z\"", "zonepath", "/srv/\0z", "control character", 11)]
    [InlineData("zonepath: \"/srv/a\\nb\"", "zonepath", "/srv/a\nb", "control character", 11)]
    [InlineData("zonepath: /", "zonepath", "/", "no place for a zone's files", 11)]
    [InlineData("zonepath: /proc/z", "zonepath", "/proc/z", "no place for a zone's files", 11)]
    [InlineData("zonepath: /tmp", "zonepath", "/tmp", "no place for a zone's files", 11)]
    [InlineData("root: srv", "root", "srv", "neither host, nor the absolute path of a directory", 7)]
    [InlineData("root: /srv/..", "root.source", "/srv/..", "write it without", 7)]
    [InlineData("root: { source: host, image: a }", "root.image", "a", "a root has one origin", 30)]
    [InlineData("root: { image: ../../etc }", "root.image", "../../etc", "NAME or NAME@LEVEL", 16)]
    [InlineData("root: { image: \"-x\" }", "root.image", "-x", "NAME or NAME@LEVEL", 16)]
    [InlineData("root: { image: a@b@c }", "root.image", "a@b@c", "NAME or NAME@LEVEL", 16)]
    [InlineData("root: { image: a@ }", "root.image", "a@", "NAME or NAME@LEVEL", 16)]
    [InlineData("root: nfs://", "root.source", "nfs://", "nfs://server[:port]/export", 7)]
    [InlineData("root: nfs://server", "root.source", "nfs://server", "nfs://server[:port]/export", 7)]
    [InlineData("root: { inherit: [] }", "root.inherit", "[]", "names no directory", 18)]
    [InlineData("root: { inherit: [/] }", "root.inherit[0]", "/", "each zone's own", 19)]
    [InlineData("root: { inherit: [/etc/ssl] }", "root.inherit[0]", "/etc/ssl", "each zone's own", 19)]
    [InlineData("root: { inherit: [/usr, /usr/lib] }", "root.inherit[1]", "/usr/lib", "overlap", 25)]
    [InlineData("root: { source: /srv/d, type: whole, inherit: [/usr] }", "root.inherit", "[/usr]", "belongs to type: sparse", 47)]
    [InlineData("init: []", "init", "[]", "names no program", 7)]
    [InlineData("init: [nginx]", "init", "nginx", "'nginx' is not an absolute path", 7)]
    [InlineData("init: [/a, \"\\0\"]", "init[1]", null, "text without NUL", 12)]
    [InlineData("bootargs: [-s]", "bootargs", null, "means nothing without init", 11)]
    [InlineData("restart: always", "restart", null, "means nothing without init", 10)]
    [InlineData("fs: [ { special: /b } ]", "fs[0].dir", null, "is missing", 7)]
    [InlineData("fs: [ { dir: a, special: /b } ]", "fs[0].dir", "a", "is not an absolute path", 14)]
    [InlineData("fs: [ { dir: /a/.., special: /b } ]", "fs[0].dir", "/a/..", "write it without", 14)]
    [InlineData("fs: [ { dir: /proc/a, special: /b } ]", "fs[0].dir", "/proc/a", "cannot be mounted over", 14)]
    [InlineData("fs: [ { dir: /, special: /b } ]", "fs[0].dir", "/", "cannot be mounted over", 14)]
    [InlineData("fs: [ { dir: /a } ]", "fs[0].special", null, "is missing; a bind mount", 7)]
    [InlineData("fs: [ { dir: /a, special: b } ]", "fs[0].special", "b", "is not an absolute path", 27)]
    [InlineData("fs: [ { dir: /a, special: /b, type: nfs } ]", "fs[0].type", "nfs", "not one of bind, tmpfs, proc", 37)]
    [InlineData("fs: [ { dir: /a, special: /b, type: tmpfs } ]", "fs[0].special", "/b", "a tmpfs has no special", 27)]
    [InlineData("fs: [ { dir: /a, special: /b, options: [nodevs] } ]", "fs[0].options[0]", "nodevs", "did you mean 'nodev'?", 41)]
    [InlineData("fs: [ { dir: /a, special: /b, options: [size=1M] } ]", "fs[0].options[0]", "size=1M", "is not an option of a bind mount", 41)]
    [InlineData("fs: [ { dir: /a, type: tmpfs, options: [size=0] } ]", "fs[0].options[0]", "size=0", "is not a size above 0", 41)]
    [InlineData("fs: [ { dir: /a, type: tmpfs, options: [mode=999] } ]", "fs[0].options[0]", "mode=999", "octal digits", 41)]
    [InlineData("fs: [ { dir: /a, type: tmpfs, options: [\"size=1M,mode=777\"] } ]", "fs[0].options[0]", "size=1M,mode=777", "is not a size above 0", 41)]
    [InlineData("fs: [ { dir: /a, special: /b, options: [ro, rw] } ]", "fs[0].options", "[ro, rw]", "contradict each other", 40)]
    [InlineData("fs: [ { dir: /a, special: /b }, { dir: /a, special: /c } ]", "fs[1].dir", "/a", "another fs is mounted on /a", 40)]
    [InlineData("fs: [ { dir: /a/b, special: /b }, { dir: /a, special: /c } ]", "fs[1].dir", "/a", "/a would hide /a/b", 42)]
    [InlineData("fs: [ { dir: /a0, special: /b }, { dir: /a-/b, special: /b }, { dir: /a/b/c, special: /b }, { dir: /a, special: /c } ]", "fs[3].dir", "/a", "/a would hide /a/b/c", 100)]
    [InlineData("device: [/etc/passwd]", "device[0].match", "/etc/passwd", "is not a device below /dev", 10)]
    [InlineData("device: [/dev/../etc/passwd]", "device[0].match", "/dev/../etc/passwd", "write it without", 10)]
    [InlineData("device: [/dev/pts/0]", "device[0].match", "/dev/pts/0", "the zone's own", 10)]
    [InlineData("device: [/dev/*/x]", "device[0].match", "/dev/*/x", "within the last name only", 10)]
    [InlineData("security: { seccomp: strict }", "security.seccomp", "strict", "not default, unconfined or the absolute path", 22)]
    [InlineData("security: { seccomp: /a/../b }", "security.seccomp", "/a/../b", "write it without", 22)]
    // Controls.
    [InlineData("rctl: { nofiles: 1 }", "rctl[0].name", "nofiles", "did you mean 'nofile'?", 7)]
    [InlineData("rctl: { frobs: 1 }", "rctl[0].name", "frobs", "known: io.weight", 7)]
    [InlineData("rctl: { nofile: many }", "rctl[0].value", "many", "is not a limit for 'nofile'", 7)]
    [InlineData("rctl: { nofile: 20:10 }", "rctl[0].value", "20:10", "SOFT not above HARD", 7)]
    [InlineData("rctl: { io.weight: 10001 }", "rctl[0].value", "10001", "1 to 10000", 7)]
    [InlineData("rctl: { io.max: /dev/vda }", "rctl[0].value", "/dev/vda", "rbps=10M", 7)]
    [InlineData("rctl: { io.max: /dev/vda rbps=fast }", "rctl[0].value", "rbps=fast", "rbps=, wbps=, riops= or wiops=", 7)]
    [InlineData("rctl: { io.max: /dev/vda rbsp=1 }", "rctl[0].value", "rbsp=1", "rbps=, wbps=, riops= or wiops=", 7)]
    [InlineData("rctl: { io.max: /dev/vda rbps=0 }", "rctl[0].value", "rbps=0", "above 0", 7)]
    [InlineData("rctl: { io.max: vda rbps=1 }", "rctl[0].value", "vda", "/dev/NAME or MAJOR:MINOR", 7)]
    [InlineData("rctl: { io.max: /dev/../etc rbps=1 }", "rctl[0].value", "/dev/../etc", "/dev/NAME or MAJOR:MINOR", 7)]
    [InlineData("rctl: { oom-group: 1 }", "rctl[0].value", "1", "is not true or false", 7)]
    [InlineData("rctl: { hugetlb.2: 1M }", "rctl[0].name", "hugetlb.2", "is not a page size", 7)]
    [InlineData("rctl: { hugetlb.2MB: x }", "rctl[0].value", "x", "is not a size", 7)]
    [InlineData("rctl: { io.weight: [1, 2] }", "rctl[1].name", "io.weight", "set twice", 7)]
    [InlineData("rctl: [ { name: nofile } ]", "rctl[0].value", null, "is missing", 9)]
    [InlineData("rctl: { \"\": 1 }", "rctl", null, "a property's name is a word", 9)]
    [InlineData("capped-memory: { locked: 1M }\nrctl: { memlock: 1M }", "rctl[0].name", "memlock", "set by capped-memory.locked too", 7)]
    [InlineData("max-processes: 1\nmax-lwps: 2", "max-lwps", "2", "not both", 11)]
    [InlineData("limitpriv: []", "limitpriv", "[]", "is empty", 12)]
    [InlineData("limitpriv: [net_row]", "limitpriv[0]", "net_row", "did you mean 'net_raw'", 13)]
    [InlineData("lifetime: owner\nautoboot: true", "autoboot", "true", "leave one of the two out", 11)]
    // Booting with the host.
    [InlineData("depends-on: [z1]", "depends-on[0]", "z1", "is this zone itself", 14)]
    [InlineData("depends-on: [db, db]", "depends-on[1]", "db", "is named twice", 18)]
    [InlineData("depends-on: [a/b]", "depends-on[0]", "a/b", "a zone's name is 1 to 64", 14)]
    [InlineData("depends-on: db", "depends-on", "db", "is not a list", 13)]
    [InlineData("readiness: {}", "readiness", null, "give tcp or exec", 12)]
    [InlineData("readiness: { tcp: 65536 }", "readiness.tcp", "65536", "1 to 65535", 19)]
    [InlineData("readiness: { tcp: 80, timeout: 0 }", "readiness.timeout", "0", "1 to 3600", 32)]
    [InlineData("readiness: { exec: [] }", "readiness.exec", "[]", "names no program", 20)]
    [InlineData("readiness: { http: 80 }", "readiness.http", "http", "'http' is not a property", 14)]
    [InlineData("autoshutdown: suspend", "autoshutdown", "suspend", "is not one of shutdown, halt", 15)]
    // Networks and domains.
    [InlineData("anet: [ { lower-link: a } ]", "anet[0].linkname", null, "is missing", 9)]
    [InlineData("anet: [ { linkname: a/b } ]", "anet[0].linkname", "a/b", "1 to 15", 21)]
    [InlineData("anet: [ { linkname: abcdefghijklmnop } ]", "anet[0].linkname", "abcdefghijklmnop", "1 to 15", 21)]
    [InlineData("anet: [ { linkname: lo } ]", "anet[0].linkname", "lo", "choose another name", 21)]
    [InlineData("anet: [ { linkname: a, mac-address: 01:00:00:00:00:00 } ]", "anet[0].mac-address", "01:00:00:00:00:00", "unicast", 37)]
    [InlineData("anet: [ { linkname: a, allowed-address: 10.0.0.2 } ]", "anet[0].allowed-address[0]", "10.0.0.2", "with its prefix length", 41)]
    [InlineData("anet: [ { linkname: a, allowed-address: 10.0.0.2/33 } ]", "anet[0].allowed-address[0]", "10.0.0.2/33", "with its prefix length", 41)]
    [InlineData("anet: [ { linkname: a, allowed-address: 10.2/8 } ]", "anet[0].allowed-address[0]", "10.2/8", "with its prefix length", 41)]
    [InlineData("anet: [ { linkname: a, mtu: 67 } ]", "anet[0].mtu", "67", "68 to 65535", 29)]
    [InlineData("anet: [ { linkname: a, vlan-id: 4095 } ]", "anet[0].vlan-id", "4095", "1 to 4094", 33)]
    [InlineData("anet: [ { linkname: a, maxbw: fast } ]", "anet[0].maxbw", "fast", "bits a second", 31)]
    [InlineData("anet: [ { linkname: a, link-protection: mac-nospoff } ]", "anet[0].link-protection[0]", "mac-nospoff", "did you mean 'mac-nospoof'?", 41)]
    [InlineData("net: [ { address: 10.0.0.2/8, physical: eth0 } ]", "net", null, "needs ip-type: shared", 6)]
    [InlineData("resolvers: [one.one]", "resolvers[0]", "one.one", "is not an address", 13)]
    [InlineData("resolvers: [\"1\"]", "resolvers[0]", "1", "is not an address", 13)]
    [InlineData("domain: { kernel: /k }", "domain", null, "belongs to brand: domain", 9)]
    [InlineData("brand: domain\ndomain: { kernel: k }", "domain.kernel", "k", "is not an absolute path", 19)]
    [InlineData("brand: domain\ndomain: { accel: hvf }", "domain.accel", "hvf", "not one of auto, kvm, tcg", 18)]
    public void A_wrong_property_is_named_with_its_place(string yaml, string property, string? value, string message, int column)
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: z1\n" + yaml, "z.yaml"));
        SpecProblem problem = Assert.Single(error.Problems);
        Assert.Equal((property, value, "z.yaml"), (problem.Property, problem.Value, problem.Source));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((1 + yaml.Split('\n').Length, column), (problem.Line, problem.Column));
        Assert.StartsWith($"z.yaml:{problem.Line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.False(char.IsUpper(problem.Message[0]), problem.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("_a")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u00e9")]
    [InlineData("a\u0661")]
    [InlineData("a\u202eb")]
    [InlineData("a\ud800")]
    [InlineData("a:b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_name_outside_the_alphabet_is_refused(string name)
    {
        SpecProblem problem = Assert.Single(ZoneSpecValidator.Validate(new() { Zone = name }));
        Assert.Equal(("zone", name), (problem.Property, problem.Value));
        Assert.Contains("1 to 64 of A-Z a-z 0-9 _ . -", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("global")]
    [InlineData("SUNW")]
    [InlineData("SUNWdefault")]
    public void A_reserved_name_is_refused(string name) =>
        Assert.Contains($"'{name}' is reserved", Assert.Single(ZoneSpecValidator.Validate(new() { Zone = name })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a")]
    [InlineData("9")]
    [InlineData("Global")]
    [InlineData("sunw")]
    [InlineData("a..b")]
    [InlineData("a-._")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_plain_name_is_taken(string name) => Assert.Empty(ZoneSpecValidator.Validate(new() { Zone = name }));

    [Fact]
    public void All_that_is_wrong_is_told_at_once_in_the_order_of_the_text()
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: global\ncpu-shares: 0\nfs:\n  - { dir: /proc, special: b }\nhostname: a..\n", "z.yaml"));
        Assert.Equal(["zone", "cpu-shares", "fs[0].dir", "fs[0].special", "hostname"], error.Problems.Select(problem => problem.Property));
        Assert.Equal([1, 2, 4, 4, 5], error.Problems.Select(problem => problem.Line));
        Assert.Equal(5, error.Message.Split('\n').Length);
    }

    [Fact]
    public void Values_that_cannot_be_read_do_not_hide_those_that_break_a_rule()
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: global\ncpu-shares: many\nhostname: a..\nfrob: 1"));
        Assert.Equal(["zone", "cpu-shares", "hostname", "frob"], error.Problems.Select(problem => problem.Property));
    }

    [Fact]
    public void What_could_not_be_read_is_reported_once()
    {
        ZoneSpecException error = Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("zone: [a]\nfs: [ /x, { dir: a } ]\nroot: { typ: whole, source: /a/.. }\nhostname: a.."));
        Assert.Equal(["zone", "fs[0]", "root.typ", "hostname"], error.Problems.Select(problem => problem.Property));
    }

    [Fact]
    public void A_name_is_needed()
    {
        SpecProblem problem = Assert.Single(Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read("brand: native")).Problems);
        Assert.Equal(("zone", "is missing; it is the zone's name"), (problem.Property, problem.Message));
    }

    [Fact]
    public void Arguments_that_the_kernel_would_not_take_are_refused()
    {
        string big = new('a', 128 << 10);
        Assert.Equal("init[1]", Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "z", Init = ["/a", big] })).Property);
        Assert.Equal("env.A", Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "z", Env = { ["A"] = big } })).Property);
        Assert.Contains("at most 262144", Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "z", Init = ["/a", big[1..], big[1..], big[1..]] })).Message, StringComparison.Ordinal);
        Assert.Contains("longer than the kernel takes", Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "z", Zonepath = "/" + new string('a', 256) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_names_the_value_and_stays_printable_and_short()
    {
        Assert.Equal("hostname: '-a': a host name is odd", new SpecProblem("hostname", "-a", "a host name is odd").ToString());
        Assert.Equal("f:1:2: hostname: '-a' is odd", new SpecProblem("hostname", "-a", "'-a' is odd", "f", 1, 2).ToString());
        string text = Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "\u001b[31m\n\0\u202e" })).ToString();
        Assert.StartsWith(@"zone: '\u001b[31m\u000a\u0000\u202e': a zone's name", text, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(ZoneSpecValidator.Validate(new() { Zone = "z", Zonepath = new string('a', 1 << 20) })).ToString().Length, 50, 1000);
    }

    [Fact]
    public void A_size_below_nothing_is_refused_wherever_code_puts_one() =>
        Assert.Equal(
            ["capped-memory.physical", "capped-memory.swap", "capped-memory.locked"],
            ZoneSpecValidator.Validate(new() { Zone = "z", CappedMemory = new(new DataSize(-1)) { Swap = new(-1), Locked = new(-1) } }).Select(problem => problem.Property));
}
