using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>What verify finds on this host, and that it changes nothing.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "init: [/usr/bin/none]", "init", "/usr/bin/none does not exist in the zone's root" },
        { "init: [/etc/passwd]", "init", "/etc/passwd is not executable (mode 644); chmod +x it or name another" },
        { "init: [/usr/bin]", "init", "/usr/bin is a directory; name a program" },
        { "root: /srv/none", "root.source", "/srv/none is not a directory of this host" },
        { "root: { source: host, type: whole }", "root.type", "would show the zone every file of the host" },
        { "root: { source: /, type: whole }", "root.type", "would show the zone every file of the host" },
        { "root: { inherit: [/usr, /opt/none] }", "root.inherit[1]", "/opt/none is not a directory of /" },
        { "fs: [ { dir: /a, special: /usr }, { dir: /b, special: /srv/none } ]", "fs[1].special", "/srv/none does not exist on this host" },
        { "device: [/dev/none*]", "device[0].match", "no device node of this host matches /dev/none*" },
        { "device: [/dev/fd]", "device[0].match", "no device node of this host matches /dev/fd" },
        { "security: { seccomp: /srv/none.json }", "security.seccomp", "/srv/none.json" },
        { "security: { seccomp: /usr }", "security.seccomp", "/usr" },
        { "dedicated-cpu: 8000", "dedicated-cpu.cpus", "this host's processors are" },
        { "rctl: { hugetlb.3MB: 3M }", "rctl[0]", "this host has no huge pages of 3MB" },
        { "rctl: { io.max: /dev/none rbps=1 }", "rctl[0]", "/dev/none is no block device of this host" },
        { "brand: domain", "brand", "brand needs Zones.Domains" },
        { "hostname: a..b", "hostname", "a host name is 1 to 64" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_here_is_found_by_every_verb_that_verifies(string yaml, string property, string message)
    {
        await using TestHost test = new();
        // Records as code makes them: nothing is checked until verify or create sees the spec.
        ZoneSpec spec = yaml.StartsWith("hostname", StringComparison.Ordinal) ? TestHost.Spec() with { Hostname = "a..b" } : ZoneSpecYaml.Read("zone: z1\n" + yaml);
        SpecProblem problem = Assert.Single((await test.Host.VerifyAsync(spec)).Problems);
        Assert.Equal(property, problem.Property);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(test.State));

        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(async () =>
        {
            await test.Host.CreateAsync(spec);
            await test.Host.InstallAsync("z1");
        });
        Assert.Equal((problem, "z1"), (Assert.Single(error.Problems), error.Zone));
        Assert.Equal(["configured"], (await test.Host.ListAsync()).Select(zone => zone.State.Text()).DefaultIfEmpty("configured"));
        Assert.False(Directory.Exists(Path.Combine(test.State, "zones")));
    }

    [Fact]
    public async Task A_root_with_nothing_to_run_is_refused_unless_something_may_bring_it()
    {
        await using TestHost test = new();
        Directory.CreateDirectory(_directory.Path + "/opt");
        ZoneRoot root = ZoneRoot.Directory(_directory.Path);
        ZoneSpec spec = TestHost.Spec() with { Root = root };
        SpecProblem problem = Assert.Single((await test.Host.VerifyAsync(spec)).Problems);
        Assert.Equal(("root.source", $"{_directory.Path} has no /usr, /bin or /sbin, so nothing could run in the zone; name the root of an operating system, or in root.inherit what is to be shared of it"), (problem.Property, problem.Message));
        foreach (ZoneSpec other in (ZoneSpec[])[spec with { Fs = [new ZoneFs("/usr", "/usr")] }, spec with { Root = root with { Inherit = ["/opt"] } }])
        {
            VerifyReport report = await test.Host.VerifyAsync(other);
            Assert.Empty(report.Problems);
            Assert.Empty(report.Warnings);
        }

        // Into a whole root anything can be copied.
        VerifyReport whole = await test.Host.VerifyAsync(spec with { Root = root with { Type = RootType.Whole } });
        Assert.Empty(whole.Problems);
        Assert.StartsWith($"root.source: {_directory.Path} has no /usr, /bin or /sbin", Assert.Single(whole.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_is_found_at_once()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(ZoneSpecYaml.Read("zone: z1\ndedicated-cpu: 8000\nfs: [ { dir: /a, special: /srv/none } ]\ndevice: [/dev/none]\nsecurity: { seccomp: /srv/none }"));
        Assert.Equal(["dedicated-cpu.cpus", "security.seccomp", "fs[0].special", "device[0].match"], report.Problems.Select(problem => problem.Property));
    }

    [Fact]
    public async Task A_sound_spec_has_no_problems_and_verifying_makes_nothing()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(TestHost.Spec() with { Init = ["/bin/sh"], CappedCpu = new(1), MaxProcesses = 5 });
        Assert.Empty(report.Problems);
        Assert.Empty(report.Warnings);
        Assert.Empty(Directory.GetFileSystemEntries(test.State));
    }

    [Fact]
    public async Task A_boot_verifies_again_since_the_host_may_have_changed()
    {
        await using TestHost test = new();
        string special = _directory.Make("data");
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Fs = [new("/data", special)] });
        Directory.Delete(special);
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.BootAsync());
        Assert.Equal($"fs[0].special: {special} does not exist on this host", error.Message);
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);

        _directory.Make("data");
        await zone.BootAsync();
    }

    [Fact]
    public async Task A_program_that_a_mount_brings_in_is_not_looked_for_before_it()
    {
        await using TestHost test = new();
        _directory.File("run", "#!/bin/sh\nexec sleep 1000\n", UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/app/run"], Fs = [new("/app", _directory.Path) { Options = ["ro"] }] });
        Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
    }
}
