namespace Zones.Tests.Tool;

/// <summary>zone import, export and schema.</summary>
public sealed class ImportTests
{
    private const string Export = "create -b\nset zonepath=/zones/web1\nset autoboot=true\nset pool=web\nadd attr\nset name=tenant\nset type=string\nset value=acme\nend\n";

    private const string Spec = "zone: web1\nzonepath: /zones/web1\nroot: { source: host, type: whole }\nautoboot: true\nattr: { tenant: acme }\n";

    private static readonly string s_export = Path.Combine(Repository.Root, "Zones.Tests", "Spec", "Zonecfg");

    [Fact]
    public async Task An_export_becomes_a_spec_and_what_is_lost_is_told_with_its_line()
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("web1.cfg", Export);
        ZoneCli zone = new(directory.Path + "/state");
        CommandResult result = await zone.RunAsync("import", file);
        Assert.Equal((0, Spec), (result.Code, result.Output));
        Assert.StartsWith($"zone: warning: {file}:4:5: pool: 'web': no equivalent: there are no resource pools; capped-cpu, cpu-shares and dedicated-cpu limit processors\nzone: warning: root: a whole root", result.Error);
        CommandResult named = await new ZoneCli(directory.Path + "/state") { Input = Export }.RunAsync("import", "--name", "other", "-");
        Assert.Equal((0, Spec.Replace("web1\nzonepath", "other\nzonepath")), (named.Code, named.Output));
        Assert.StartsWith("zone: warning: standard input:4:5: pool: ", named.Error);
        Assert.False(Directory.Exists(directory.Path + "/state"));
    }

    [Fact]
    public async Task It_can_be_written_to_a_file_or_recorded_at_once()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string file = directory.File("web1.cfg", Export), spec = Path.Combine(directory.Path, "web1.yaml");
        ZoneCli zone = new(test.State);
        CommandResult written = await zone.RunAsync("import", file, "-o", spec);
        Assert.Equal((0, "", Spec), (written.Code, written.Output, File.ReadAllText(spec)));
        CommandResult piped = await zone.ShellAsync($"zone import '{file}' -o /dev/stdout 2>/dev/null | cat; test -c /dev/null && zone import '{file}' -o /dev/null 2>/dev/null && test -c /dev/null");
        Assert.Equal(new CommandResult(0, Spec, ""), piped);
        CommandResult created = await zone.RunAsync("import", file, "--create", "z2");
        Assert.Equal((0, ""), (created.Code, created.Output));
        Assert.Equal(Spec.Replace("web1\nzonepath", "z2\nzonepath"), await zone.OkAsync("show", "z2"));
        Assert.Equal(["web1.cfg", "web1.yaml"], Directory.EnumerateFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("solaris10.cfg")]
    [InlineData("solaris11.cfg")]
    [InlineData("illumos.cfg")]
    public async Task What_is_imported_is_taken_by_create_and_exported_again(string file)
    {
        using TemporaryDirectory directory = new();
        CommandResult imported = await new ZoneCli(directory.Path).RunAsync("import", Path.Combine(s_export, file), "--name", "z1");
        Assert.Equal(0, imported.Code);
        Assert.Equal(file != "solaris10.cfg", imported.Error.Contains("warning: root: a whole root", StringComparison.Ordinal));
        ZoneSpec spec = ZoneSpecYaml.Read(imported.Output);
        ZonecfgCommands again = ZonecfgFormat.Write(spec);
        Assert.All(again.Warnings, warning => Assert.StartsWith("not every zonecfg has these words", warning.Message, StringComparison.Ordinal));
        Assert.Equal(spec, ZonecfgFormat.Read(again.Text).Spec);
    }

    [Fact]
    public async Task A_zone_is_exported_and_what_zonecfg_cannot_say_is_told()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec() with { Init = ["/bin/sleep", "9"], MaxProcesses = 100 });
        CommandResult result = await new ZoneCli(test.State).RunAsync("export", "z1");
        Assert.Equal(0, result.Code);
        Assert.StartsWith($"create -b\nset zonepath={test.State}/zones/z1\nset autoboot=false\n", result.Output);
        Assert.Contains("set max-processes=100\n", result.Output);
        Assert.Equal(
            "zone: warning: init: no equivalent: what runs in a zone of Solaris is its own init, set up inside\n"
            + "zone: warning: not every zonecfg has these words: inherit-pkg-dir (solaris10), max-processes (solaris11 and illumos); written for one system (zone export --for solaris10|solaris11|illumos), what it lacks is left out\n",
            result.Error);
        result = await new ZoneCli(test.State).RunAsync("export", "--for", "solaris10", "z1");
        Assert.Equal(0, result.Code);
        Assert.Contains("set dir=/usr\n", result.Output);
        Assert.DoesNotContain("max-processes", result.Output);
        Assert.Contains("zone: warning: max-processes: no equivalent: zonecfg of solaris10 does not have it, that of solaris11 and illumos does\n", result.Error);
        Assert.StartsWith("zone: --for: 'sunos' is not one of solaris10, solaris11, illumos", await new ZoneCli(test.State).FailAsync(2, "export", "--for", "sunos", "z1"));
    }

    [Theory]
    [InlineData(null, "z1")]
    [InlineData("/srv/elsewhere", "z1")]
    [InlineData("/srv/z1", "z2")]
    public async Task What_a_zone_exports_makes_it_again_without_another_word(string? zonepath, string name)
    {
        await using TestHost test = new();
        ZoneSpec spec = TestHost.Spec(name) with
        {
            Zonepath = zonepath, MaxProcesses = 100, Attr = new() { ["tenant"] = "acme" }, CappedMemory = new(DataSize.MiB(256)), Anet = [new("net0") { AllowedAddress = ["auto"] }],
        };
        await test.Host.CreateAsync(spec);
        string exported = (await new ZoneCli(test.State).RunAsync("export", name)).Output;
        Assert.Equal(ZoneSpecYaml.Write(spec), await new ZoneCli(test.State) { Input = exported }.OkAsync("import", "-"));

        // Where zones are anyway, a copy goes to a place of its own.
        if (zonepath is null)
        {
            await new ZoneCli(test.State) { Input = exported }.OkAsync("import", "--create", "copy", "-");
            Assert.Equal(spec with { Zone = "copy" }, (await test.Host.InfoAsync("copy")).Spec);
        }
    }

    [Fact]
    public async Task What_is_wrong_is_one_error_and_nothing_is_left()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        string file = directory.File("a.cfg", "<?xml version=\"1.0\"?>\n<zone name=\"a\"/>\n"), good = directory.File("b.cfg", Export.Replace("set pool=web\n", "")), into = directory.Path + "/none/a.yaml";
        ZoneCli zone = new(test.State);
        Assert.StartsWith($"zone: {file}:1:1: '<?xml' is not a command of zonecfg", await zone.FailAsync(1, "import", file, "-o", directory.Path + "/a.yaml"));
        Assert.Equal($"zone: {directory.Path}/none: no such file; name an export of zonecfg, - is standard input", await zone.FailAsync(1, "import", directory.Path + "/none"));
        Assert.Equal($"zone: {directory.Path}: is a directory; name a file", await zone.FailAsync(1, "import", directory.Path));
        Assert.StartsWith($"zone: {into}: cannot be written: could not find", await zone.FailAsync(1, "import", good, "-o", into));
        Assert.Equal("zone: --create names the zone and records it; leave --name and -o out", await zone.FailAsync(2, "import", good, "--create", "z1", "-o", into));
        await test.Host.CreateAsync(TestHost.Spec());
        Assert.Contains("z1", await zone.FailAsync(1, "import", good, "--create", "z1"));
        Assert.Equal(["a.cfg", "b.cfg"], Directory.EnumerateFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_link_that_lies_in_wait_for_its_draft_is_not_written_through()
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("web1.cfg", Export), other = directory.File("other", "theirs"), spec = directory.Path + "/web1.yaml";
        CommandResult result = await new ZoneCli(directory.Path + "/state").ShellAsync($"ln -s '{other}' '{spec}'.$$.new; exec '{ZoneCli.Path}' import '{file}' -o '{spec}'");
        Assert.Equal((0, Spec, "theirs"), (result.Code, File.ReadAllText(spec), File.ReadAllText(other)));
        Assert.Null(new FileInfo(spec).LinkTarget);
    }

    [Fact]
    public async Task The_schema_is_printed() => Assert.Equal(ZoneSpecYaml.Schema, await new ZoneCli("/nonexistent").OkAsync("schema"));
}
