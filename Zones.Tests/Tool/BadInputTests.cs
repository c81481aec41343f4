using Microsoft.Data.Sqlite;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>Input that is wrong gets one clear error and the right exit code, and nothing is left or lost.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("bogus: 1", ":2:1: bogus: ", "is not a property")]
    [InlineData("capped-memry: {}", ":2:1: capped-memry: ", "did you mean 'capped-memory'?")]
    [InlineData("capped-memory: { physcial: 1M }", ":2:18: capped-memory.physcial: ", "did you mean 'physical'?")]
    [InlineData("capped-memory: { physical: 256Q }", ":2:28: capped-memory.physical: ", "such as 256M")]
    [InlineData("capped-memory: { physical: -1 }", ":2:28: capped-memory.physical: ", "such as 256M")]
    [InlineData("capped-cpu: { ncpus: many }", ":2:22: capped-cpu.ncpus: ", "is not a number")]
    [InlineData("max-processes: -5", ":2:16: max-processes: ", "allowed is 1 to")]
    [InlineData("max-processes: 1.5", ":2:16: max-processes: ", "")]
    [InlineData("autoboot: perhaps", ":2:11: autoboot: ", "")]
    [InlineData("init: nginx", ":2:7: init: ", "")]
    [InlineData("brand: lx", ":2:8: brand: ", "")]
    [InlineData("zonepath: relative", ":2:11: zonepath: ", "is not an absolute path")]
    [InlineData("zonepath: /srv/../etc", ":2:11: zonepath: ", "'..'")]
    [InlineData("zonepath: \"/srv/a\\nb\"", ":2:11: zonepath: ", "")]
    [InlineData("root: { source: etc }", ":2:17: root.source: ", "")]
    [InlineData("fs: [ { dir: /../etc, special: /tmp } ]", ":2:14: fs[0].dir: ", "'..'")]
    [InlineData("fs: [ { dir: etc, special: /tmp } ]", ":2:14: fs[0].dir: ", "is not an absolute path")]
    [InlineData("hostname: -x_", ":2:11: hostname: ", "a host name is")]
    [InlineData("zone: b", ":2:1: ", "zone")]
    [InlineData("a: [", ":3:1: ", "not YAML")]
    public async Task A_wrong_property_is_named_with_its_place_and_what_is_allowed(string line, string place, string allowed)
    {
        await using TestHost test = new();
        string file = Path.Combine(test.State, "a.yaml");
        File.WriteAllText(file, $"zone: a\n{line}\n");
        foreach (string[] command in (string[][])[["create", "-f", file], ["verify", "-f", file], ["launch", "-f", file]])
        {
            string complaint = await new ZoneCli(test.State).FailAsync(1, command);
            Assert.StartsWith("zone: " + file + place, complaint);
            Assert.Contains(allowed, complaint);
        }

        Assert.StartsWith("zone: " + file + place, await new ZoneCli(test.State).FailAsync(125, "run", "--rm", "-f", file, "--", "true"));
        Assert.Empty(await test.Host.ListAsync());
        Assert.Equal([file], Directory.GetFileSystemEntries(test.State));
    }

    [Theory]
    [InlineData("global", "reserved")]
    [InlineData("SUNWx", "reserved")]
    [InlineData("", "1 to 64")]
    [InlineData("..", "1 to 64")]
    [InlineData("../x", "1 to 64")]
    [InlineData("a/b", "1 to 64")]
    [InlineData("a:b", "1 to 64")]
    [InlineData("a b", "1 to 64")]
    [InlineData(".a", "1 to 64")]
    [InlineData("\e[31m", "1 to 64")]
    [InlineData("é", "1 to 64")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1 to 64")]
    public async Task A_wrong_name_makes_nothing(string name, string message)
    {
        await using TestHost test = new();
        foreach (string verb in (string[])["create", "launch"])
        {
            string complaint = await new ZoneCli(test.State).FailAsync(1, verb, name);
            Assert.StartsWith("zone: zone: ", complaint);
            Assert.Contains(message, complaint);
            Assert.DoesNotContain('\e', complaint);
        }

        Assert.Empty(Directory.GetFileSystemEntries(test.State));
    }

    [Fact]
    public async Task Every_problem_of_a_spec_is_told_on_a_line_of_its_own()
    {
        await using TestHost test = new();
        CommandResult result = await new ZoneCli(test.State) { Input = "zone: a\nmax-processes: x\nbogus: 1\nautoboot: perhaps\n" }.RunAsync("create", "-f", "-");
        Assert.Equal(1, result.Code);
        Assert.Equal(["2:16", "3:1", "4:11"], result.Error.TrimEnd('\n').Split('\n').Select(line => line["zone: standard input:".Length..line.IndexOf(": ", 10, StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_file_that_is_no_spec_is_refused()
    {
        await using TestHost test = new();
        string state = test.State;
        ZoneCli zone = new(state);
        File.WriteAllBytes(state + "/binary", [0xff, 0xfe, 0, 1, 2, 0x7f, .. "ELF"u8]);
        File.WriteAllText(state + "/big", "zone: a\n# " + new string('a', 3_000_000));
        File.WriteAllText(state + "/deep", new string('[', 100_000));
        File.CreateSymbolicLink(state + "/loop", state + "/loop");
        Assert.Equal($"zone: {state}/none: no such file; -f names a spec in YAML, - is standard input", await zone.FailAsync(1, "create", "-f", state + "/none"));
        Assert.Equal($"zone: {state}: is a directory; -f names a file", await zone.FailAsync(1, "create", "-f", state));
        foreach (string file in (string[])["/binary", "/big", "/deep", "/loop", "/big/x"])
        {
            Assert.StartsWith($"zone: {state}{file}", await zone.FailAsync(1, "create", "-f", state + file));
        }

        File.WriteAllText(state + "/empty", "");
        Assert.StartsWith($"zone: {state}/empty:1:1: is empty", await zone.FailAsync(1, "create", "-f", state + "/empty"));
        CommandResult endless = await zone.ShellAsync("zone create -f - < /dev/zero");
        Assert.Equal(1, endless.Code);
        Assert.StartsWith("zone: standard input:1:1: longer than", endless.Complaint());
        Assert.Empty(await test.Host.ListAsync());
    }

    /// <summary>A FIFO would be waited for, and /dev/zero read, for ever.</summary>
    [Fact]
    public async Task What_is_no_file_at_all_is_refused_and_not_waited_for()
    {
        await using TestHost test = new();
        using TemporaryDirectory set = new();
        string pipe = set.Path + "/b.yaml";
        set.File("a.yaml", "zone: a\n");
        Assert.Equal(0, Mono.Unix.Native.Syscall.mkfifo(pipe, Mono.Unix.Native.FilePermissions.S_IRUSR | Mono.Unix.Native.FilePermissions.S_IWUSR));
        ZoneCli zone = new(test.State) { Patience = TimeSpan.FromSeconds(20) };
        string spec = "not a regular file; -f names a spec in YAML, - is standard input";
        Assert.Equal($"zone: {pipe}: {spec}", await zone.FailAsync(1, "apply", "-f", set.Path));
        Assert.Equal($"zone: {pipe}: {spec}", await zone.FailAsync(1, "apply", "-f", pipe));
        Assert.Equal($"zone: {pipe}: {spec}", await zone.FailAsync(1, "create", "-f", pipe));
        Assert.Equal($"zone: /dev/zero: {spec}", await zone.FailAsync(1, "create", "-f", "/dev/zero"));
        Assert.Equal($"zone: {pipe}: not a regular file; name an export of zonecfg, - is standard input", await zone.FailAsync(1, "import", pipe));
        Assert.Empty(await test.Host.ListAsync());
    }

    [Theory]
    [InlineData("echo 'zone: a' | zone create -f /dev/stdin")]
    [InlineData("echo 'zone: a' | zone create -f /proc/self/fd/0")]
    [InlineData("echo 'zone: a' | zone create -f -")]
    [InlineData("bash -c '\"$1\" create -f <(echo zone: a)' - \"$ZONE\"")]
    [InlineData("bash -c '\"$1\" apply -f <(sleep 0.1; echo zone: a) >/dev/null' - \"$ZONE\"")]
    [InlineData("bash -c '\"$1\" create -f /dev/fd/9 9<<<\"zone: a\"' - \"$ZONE\"")]
    public async Task What_a_shell_hands_over_open_is_read(string script)
    {
        await using TestHost test = new();
        Assert.Equal(new CommandResult(0, "", ""), await new ZoneCli(test.State).ShellAsync($"ZONE='{ZoneCli.Path}'; {script}"));
        Assert.Equal("a", Assert.Single(await test.Host.ListAsync()).Name);
    }

    [Fact]
    public async Task A_path_that_is_not_what_it_should_be_is_found_by_install_and_leaves_nothing()
    {
        await using TestHost test = new();
        string state = test.State;
        Directory.CreateDirectory(state + "/real");
        File.CreateSymbolicLink(state + "/link", state + "/real");
        foreach ((string name, string lines, string message) in ((string, string, string)[])
        [
            ("symlinked", $"zonepath: {state}/link/z", "zone: zonepath: "),
            ("itself-a-link", $"zonepath: {state}/link", "zone: zonepath: "),
            ("no-root", "root: { source: /nonexistent }", "zone: root.source: /nonexistent is not a directory of this host"),
            ("no-init", "init: [/bin/nonexistent]", "zone: init: /bin/nonexistent does not exist"),
            ("not-executable", "init: [/etc/passwd]", "zone: init: /etc/passwd is not executable"),
            ("no-special", "fs: [ { dir: /mnt, special: /nonexistent } ]", "zone: fs[0]"),
        ])
        {
            ZoneCli zone = new(state) { Input = $"zone: {name}\n{lines}\n" };
            Assert.StartsWith(message, await zone.FailAsync(1, "launch", "-f", "-"));
            Assert.Equal("", await zone.OkAsync("list", "-c"));
            await zone.OkAsync("create", "-f", "-");
            if (!lines.StartsWith("zonepath", StringComparison.Ordinal))
            {
                Assert.StartsWith(message, await zone.FailAsync(1, "verify", name));
            }

            Assert.StartsWith(message, await zone.FailAsync(1, "install", name));
            Assert.Contains($":{name}:configured:", await zone.OkAsync("list", "-cp"));
            await zone.OkAsync("delete", "-F", name);
        }

        Assert.Empty(Directory.GetFileSystemEntries(state + "/real"));
    }

    [Fact]
    public async Task A_program_of_another_machine_is_named()
    {
        await using TestHost test = new();
        DirectoryInfo root = Directory.CreateTempSubdirectory("zones-root-");
        try
        {
            foreach (string directory in (string[])["usr", "lib", "lib64", "bin", "sbin", "etc"])
            {
                root.CreateSubdirectory(directory);
            }

            byte[] program = File.ReadAllBytes("/bin/true");
            program[18] = 0xb7; // e_machine: EM_AARCH64
            File.WriteAllBytes(root.FullName + "/bin/init", program);
            File.SetUnixFileMode(root.FullName + "/bin/init", (UnixFileMode)0x1ed);
            ZoneCli zone = new(test.State) { Input = $"zone: a\nroot: {{ source: {root.FullName} }}\ninit: [/bin/init]\n" };
            string complaint = await zone.FailAsync(1, "launch", "-f", "-");
            Assert.StartsWith("zone: init: /bin/init ", complaint);
            Assert.Empty(await test.Host.ListAsync());
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("list")]
    [InlineData("create x")]
    [InlineData("boot z1")]
    [InlineData("recover")]
    public async Task A_catalogue_that_is_damaged_or_of_a_newer_version_is_left_alone(string command)
    {
        await using TestHost test = new();
        string damaged = Path.Combine(test.State, "damaged"), newer = Path.Combine(test.State, "newer");
        byte[] noise = new byte[8192];
        new Random(1).NextBytes(noise);
        Directory.CreateDirectory(damaged);
        File.WriteAllBytes(damaged + "/zones.db", noise);
        string complaint = await new ZoneCli(damaged).FailAsync(1, command.Split(' '));
        Assert.StartsWith($"zone: {damaged}/zones.db: it is damaged or no catalogue of zones", complaint);
        Assert.Equal(noise, File.ReadAllBytes(damaged + "/zones.db"));

        await new ZoneCli(newer).OkAsync("create", "z1");
        using (SqliteConnection connection = new($"Data Source={newer}/zones.db;Pooling=false"))
        {
            connection.Open();
            using SqliteCommand version = connection.CreateCommand();
            version.CommandText = "PRAGMA user_version=99";
            version.ExecuteNonQuery();
        }

        Assert.StartsWith($"zone: {newer}/zones.db: was made by a newer version of zones (catalogue version 99", await new ZoneCli(newer).FailAsync(1, command.Split(' ')));
    }

    [Fact]
    public async Task A_state_directory_that_is_none_is_named()
    {
        await using TestHost test = new();
        Assert.StartsWith("zone: /dev/null: no catalogue can be read here: ENOTDIR", await new ZoneCli("/dev/null").FailAsync(1, "list"));
        Assert.Equal("zone: /dev/null: cannot make the state directory: it is a file; name another with --state or ZONES_STATE", await new ZoneCli("/dev/null").FailAsync(1, "create", "a"));
        Assert.StartsWith("zone: /proc/nope: cannot make the state directory: ", await new ZoneCli("/proc/nope").FailAsync(1, "create", "a"));

        // Reading makes nothing.
        Assert.Equal("", await new ZoneCli(test.State + "/none").OkAsync("list", "-c"));
        Assert.False(Directory.Exists(test.State + "/none"));
    }

    [Fact]
    public async Task A_file_of_exports_that_cannot_be_read_is_named()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        Assert.Equal($"zone: {test.State}/none: no such file; a file of exports has NAME=DIR[,OPTION…] on each line", await zone.FailAsync(1, "nfs", "serve", "--exports", test.State + "/none"));
        Assert.Equal($"zone: {test.State}: is a directory; a file of exports has NAME=DIR[,OPTION…] on each line", await zone.FailAsync(1, "nfs", "serve", "--exports", test.State));
    }

    [Fact]
    public async Task A_full_or_read_only_disk_is_an_error_and_loses_nothing()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await zone.OkAsync("create", "kept");
        CommandResult readOnly = await InNamespaceAsync(zone, "mount --bind \"$ZONES_STATE\" \"$ZONES_STATE\" && mount -o remount,ro,bind \"$ZONES_STATE\" && zone create a");
        Assert.Equal(1, readOnly.Code);
        Assert.StartsWith($"zone: {test.State}/zones.db: ", readOnly.Complaint());
        CommandResult full = await InNamespaceAsync(zone, "mount -t tmpfs -o size=64k none \"$ZONES_STATE\" && zone create a");
        Assert.Equal(1, full.Code);
        Assert.StartsWith($"zone: {test.State}/zones.db: the file system is full; make room and try again", full.Complaint());
        Assert.Equal("kept\n", await zone.OkAsync("list", "-c"));
    }

    /// <summary>In a mount namespace of its own, which takes its mounts with it.</summary>
    private static Task<CommandResult> InNamespaceAsync(ZoneCli zone, string script) =>
        zone.ShellAsync($"unshare -m sh -c 'zone() {{ \"{ZoneCli.Path}\" \"$@\"; }}; {script}'");

    [Theory]
    [InlineData("a: [", "not YAML")]
    [InlineData("zone: a\nbogus: 1", "is not a property")]
    public async Task What_is_no_spec_is_verified_as_a_tree_too(string text, string message)
    {
        await using TestHost test = new();
        CommandResult result = await new ZoneCli(test.State) { Input = text }.RunAsync("verify", "-f", "-", "--format", "json");
        Assert.Equal((1, ""), (result.Code, result.Error));
        Assert.Contains(message, Json.Parse(result.Output)["problems"]![0]!["message"]!.GetValue<string>());
    }
}
