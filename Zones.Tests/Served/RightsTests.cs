namespace Zones.Tests.Served;

/// <summary>What users who are not root may do over the socket: what a zone's admin says, and of other zones they learn nothing.</summary>
public sealed class RightsTests(ServedUsers users) : IClassFixture<ServedUsers>
{
    [Fact]
    public async Task A_manager_boots_halts_and_logs_in_and_nothing_else()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec("mine") with { Admin = [new("daemon") { Auths = ["login", "manage"] }] });
        await test.InstalledAsync(TestHost.Spec("other"));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        Assert.Equal("mine\n", await OkAsync(serve, "daemon", "list", "-c"));
        await OkAsync(serve, "daemon", "boot", "mine");
        Assert.Equal("0\n", await OkAsync(serve, "daemon", "exec", "mine", "--", "id", "-u"));
        CommandResult typed = await users.RunAsync(serve, "daemon", "exec", "mine", "--", "sh", "-c", "echo out; echo err >&2; exit 9");
        Assert.Equal((9, "out\n", "err\n"), (typed.Code, typed.Output, typed.Error));
        Assert.Contains("mine", await OkAsync(serve, "daemon", "stat", "mine"));
        await OkAsync(serve, "daemon", "reboot", "mine");
        await OkAsync(serve, "daemon", "halt", "mine");
        await OkAsync(serve, "daemon", "uninstall", "-F", "mine");
        await OkAsync(serve, "daemon", "install", "mine");
        string events = await OkAsync(serve, "daemon", "events");
        Assert.Contains("mine", events);
        Assert.DoesNotContain("other", events);

        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "delete", "-F", "mine");
        await RefusedAsync(serve, "daemon", "mine: set: not permitted: changing a spec is root's", "set", "mine", "fs[+]={ dir: /mnt, special: / }");
        await RefusedAsync(serve, "daemon", "mine: cp: not permitted: a path of the host is root's, or that of the user who serves; an archive is yours to send: tar -c FILE | zone cp - mine:/DIR", "cp", "/etc/hosts", "mine:/tmp");
        await RefusedAsync(serve, "daemon", "; an archive is yours to fetch: zone cp mine:/PATH - | tar -x", "cp", "mine:/etc/hosts", "/tmp/hosts");
        await RefusedAsync(serve, "daemon", "autoboot --stop: not permitted: it is root's", "autoboot", "--stop");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "move", "mine", "/srv/mine");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "detach", "mine");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "attach", "--zonepath", "/srv/mine", "mine");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "create", "evil", "--root", "host");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "recover");
        await RefusedAsync(serve, "daemon", "not permitted: it is root's", "autoboot");
        await RefusedAsync(serve, "daemon", "options other than bootargs are root's", "boot", "-w", "mine");
        await RefusedAsync(serve, "daemon", "does not give you clonefrom", "clone", "copy", "mine");

        // Before anybody is asked, or an editor opens.
        await RefusedAsync(serve, "daemon", "mine: delete: not permitted: it is root's", "delete", "mine");
        await RefusedAsync(serve, "daemon", "mine: set: not permitted: changing a spec is root's", "edit", "mine");
        await RefusedAsync(serve, "daemon", "no such zone", "uninstall", "other");
        CommandResult unasked = await users.RunAsync(serve, "daemon", "uninstall", "mine");
        Assert.Equal(2, unasked.Code);
        Assert.Contains("nobody can be asked", unasked.Complaint());
        await OkAsync(serve, "daemon", "boot", "mine");
        await RefusedAsync(serve, "daemon", "mine: halt it first", "uninstall", "mine");
        Assert.Equal(["mine", "other"], (await test.Host.ListAsync()).Select(zone => zone.Name));
        Assert.Empty((await test.Host.InfoAsync("mine")).Spec.Fs);
    }

    /// <summary>Whoever may see a zone may know what is wrong with it; a spec of one's own making would ask which files the host has.</summary>
    [Theory]
    [InlineData("login")]
    [InlineData("manage")]
    [InlineData("clonefrom")]
    public async Task Who_sees_a_zone_verifies_it_as_it_is_and_nothing_else(string auth)
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        await test.Host.CreateAsync(TestHost.Spec("good") with { Hostname = "web", Attr = new() { ["tenant"] = "acme" }, Admin = [new("daemon") { Auths = [auth] }] });
        ZoneSpec bad = TestHost.Spec("bad") with { Init = ["/bin/none"], Admin = [new("daemon") { Auths = [auth] }] };
        await test.Host.CreateAsync(bad);
        await test.Host.CreateAsync(TestHost.Spec("other"));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        Assert.Equal("", await OkAsync(serve, "daemon", "verify", "good"));
        await RefusedAsync(serve, "daemon", "init: /bin/none does not exist", "verify", "bad");
        await RefusedAsync(serve, "daemon", "no such zone", "verify", "other");
        const string refusal = "verify: not permitted: a spec that is no zone's of yours, as it is recorded, is root's to verify; zone verify NAME verifies a zone";
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0x1ED);
        foreach (ZoneSpec asked in (ZoneSpec[])[bad with { Init = ["/root/.profile"] }, TestHost.Spec("other"), TestHost.Spec("none")])
        {
            string file = directory.File("asked.yaml", ZoneSpecYaml.Write(asked));
            File.SetUnixFileMode(file, (UnixFileMode)0x1A4);
            await RefusedAsync(serve, "daemon", refusal, "verify", "-f", file);
        }

        Assert.Equal("", await new ZoneCli("/nonexistent").OkAsync("--connect", serve.Socket, "verify", "other"));
    }

    [Fact]
    public async Task A_zone_without_a_right_to_it_is_not_there()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec("mine") with { Admin = [new("daemon") { Auths = ["login"] }] });
        await test.RunningAsync(TestHost.Spec("other") with { Admin = [new("games") { Auths = ["login", "manage", "clonefrom"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        foreach (string[] words in (string[][])[["show", "X"], ["boot", "X"], ["halt", "X"], ["delete", "-F", "X"], ["logs", "X"], ["set", "X", "max-processes=1"], ["move", "X", "/srv/x"], ["clone", "mine", "X"], ["stat", "X"], ["verify", "X"]])
        {
            CommandResult hidden = await users.RunAsync(serve, "daemon", [.. words.Select(word => word == "X" ? "other" : word)]);
            CommandResult absent = await users.RunAsync(serve, "daemon", [.. words.Select(word => word == "X" ? "absent" : word)]);
            Assert.NotEqual(0, hidden.Code);
            Assert.Equal((absent.Code, absent.Output, absent.Error.Replace("absent", "other")), (hidden.Code, hidden.Output, hidden.Error));
        }

        await RefusedAsync(serve, "daemon", "mine: halt: not permitted: the zone's admin does not give you manage; root can: zone set mine 'admin[0].auths=[login, manage]'", "halt", "mine");
        await RefusedAsync(serve, "daemon", "does not give you manage", "uninstall", "mine");
        Assert.Equal("0\n", await OkAsync(serve, "daemon", "exec", "mine", "--", "id", "-u"));
        Assert.Equal(125, (await users.RunAsync(serve, "daemon", "exec", "other", "--", "id")).Code);
        Assert.Equal(ZoneState.Running, (await test.Host.InfoAsync("other")).State);
    }

    /// <summary>Near names too are only those of zones that somebody may see.</summary>
    [Fact]
    public async Task A_near_name_is_that_of_a_zone_of_ones_own()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("panel1") with { Admin = [new("daemon") { Auths = ["manage"] }] });
        await test.Host.CreateAsync(TestHost.Spec("secret1"));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await RefusedAsync(serve, "daemon", "panel2: no such zone configured; 'zone list -c' shows those that are; did you mean 'panel1'?", "boot", "panel2");
        Assert.Equal("zone: secret2: no such zone configured; 'zone list -c' shows those that are", (await users.RunAsync(serve, "daemon", "boot", "secret2")).Complaint());
        Assert.Equal("zone: secret1: no such zone configured; 'zone list -c' shows those that are", (await users.RunAsync(serve, "daemon", "show", "secret1")).Complaint());
    }

    [Fact]
    public async Task What_happened_to_an_earlier_zone_of_the_name_is_not_told()
    {
        await using TestHost test = new();
        Zone earlier = await test.Host.CreateAsync(TestHost.Spec() with { Admin = [new("games") { Auths = ["login"] }] });
        await earlier.UpdateAsync(spec => spec with { Env = new() { ["PASSWORD"] = "theirs" } });
        await earlier.DeleteAsync();
        Zone zone = await test.Host.CreateAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["login"] }] });
        await zone.UpdateAsync(spec => spec with { Env = new() { ["PASSWORD"] = "mine" } });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        string[] events = (await OkAsync(serve, "daemon", "events")).TrimEnd('\n').Split('\n');
        Assert.Equal(2, events.Length);
        Assert.Contains("created", events[0]);
        Assert.Contains("mine", events[1]);
    }

    [Fact]
    public async Task Who_is_named_nowhere_is_disconnected_and_who_is_named_later_is_let_in()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        CommandResult nobody = await users.RunAsync(serve, "nobody", "list", "-c");
        Assert.Equal(1, nobody.Code);
        Assert.Contains("turned this user away", nobody.Complaint());
        await zone.UpdateAsync(spec => spec with { Admin = [new("nobody") { Auths = ["manage"] }, new("@games") { Auths = ["login"] }] });
        Assert.Equal("z1\n", await OkAsync(serve, "nobody", "list", "-c"));
        Assert.Equal("z1\n", await OkAsync(serve, "mail games,tty", "list", "-c"));
        await RefusedAsync(serve, "mail games,tty", "does not give you manage", "boot", "z1");
        Assert.Equal(1, (await users.RunAsync(serve, "mail tty", "list", "-c")).Code);
        await zone.UpdateAsync(spec => spec with { Admin = [new("mail") { Auths = ["login"] }] });
        await RefusedAsync(serve, "nobody", "turned this user away", "boot", "z1");
    }

    [Fact]
    public async Task Who_was_let_in_stays_as_long_as_any_zone_names_them()
    {
        await using TestHost test = new();
        ZoneAdmin games = new("games") { Auths = ["login"] };
        Zone first = await test.InstalledAsync(TestHost.Spec() with { Admin = [games] }), second = await test.InstalledAsync(TestHost.Spec("z2") with { Admin = [games] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        Assert.Equal("z1\nz2\n", await OkAsync(serve, "games", "list", "-c"));
        await second.UpdateAsync(spec => spec with { Admin = [] });
        Assert.Equal("z1\n", await OkAsync(serve, "games", "list", "-c"));
        await second.UpdateAsync(spec => spec with { Admin = [new("@games") { Auths = ["login"] }] });
        await first.DeleteAsync(force: true);
        Assert.Equal("z2\n", await OkAsync(serve, "games", "list", "-c"));
        await second.DeleteAsync(force: true);
        await RefusedAsync(serve, "games", "turned this user away", "list");
    }

    [Fact]
    public async Task Who_follows_a_log_does_so_as_long_as_they_may()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "while :; do echo line; sleep 0.1; done"], Admin = [new("daemon") { Auths = ["login"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using System.Diagnostics.Process following = users.Start(serve, "daemon", "logs", "-f", "z1");
        Assert.Equal("line", await following.StandardOutput.ReadLineAsync());
        await zone.UpdateAsync(spec => spec with { Admin = [new("daemon") { Auths = ["clonefrom"] }] });
        Task<string> rest = following.StandardOutput.ReadToEndAsync();
        await following.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, following.ExitCode);
        await rest;
    }

    [Fact]
    public async Task A_clone_needs_a_right_to_both_zones_or_to_make_new_ones()
    {
        await using TestHost test = new();
        ZoneAdmin all = new("daemon") { Auths = ["login", "manage", "clonefrom"] };
        await test.InstalledAsync(TestHost.Spec("golden") with { Admin = [new("daemon") { Auths = ["clonefrom"] }, new("games") { Auths = ["login", "manage"] }] });
        await test.Host.CreateAsync(TestHost.Spec("target") with { Admin = [all, new("games") { Auths = ["manage"] }] });
        await test.Host.CreateAsync(TestHost.Spec("foreign"));
        await using (ServeProcess serve = await ServeProcess.StartAsync(test))
        {
            await OkAsync(serve, "daemon", "clone", "target", "golden");
            Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("target")).State);
            await RefusedAsync(serve, "games", "the zone's admin does not give you clonefrom; root can: zone set golden 'admin[1].auths=[login, manage, clonefrom]'", "clone", "new", "golden");
            await RefusedAsync(serve, "daemon", "no such zone", "clone", "new", "golden");
            await RefusedAsync(serve, "daemon", "no such zone", "clone", "foreign", "golden");
        }

        await using (ServeProcess serve = await ServeProcess.StartAsync(test, "--creator", "daemon"))
        {
            await OkAsync(serve, "daemon", "clone", "new", "golden");
            ZoneInfo made = await test.Host.InfoAsync("new");
            Assert.Equal(((await test.Host.InfoAsync("golden")).Spec with { Zone = "new" }, ZoneState.Installed), (made.Spec, made.State));
            await RefusedAsync(serve, "daemon", "no such zone", "clone", "foreign", "golden");
            await RefusedAsync(serve, "daemon", "does not give you manage", "clone", "golden", "target");
            await RefusedAsync(serve, "daemon", "not permitted: it is root's", "create", "evil", "--root", "host");
            Assert.Equal(ZoneState.Configured, (await test.Host.InfoAsync("foreign")).State);
        }
    }

    [Fact]
    public async Task A_group_of_its_own_keeps_all_others_from_connecting()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["manage"] }, new("games") { Auths = ["manage"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test, "--group", "mail");
        Assert.Equal("z1\n", await OkAsync(serve, "daemon mail", "list", "-c"));
        await RefusedAsync(serve, "games", "may not be connected to", "list", "-c");
        Assert.Equal((UnixFileMode)0x1B0 /* 0660 */, File.GetUnixFileMode(serve.Socket));
    }

    private async Task<string> OkAsync(ServeProcess serve, string user, params string[] arguments)
    {
        CommandResult result = await users.RunAsync(serve, user, arguments);
        Assert.True(result is { Code: 0, Error: "" }, $"{user}: zone {string.Join(' ', arguments)}: exit code {result.Code}\n{result.Error}");
        return result.Output;
    }

    private async Task RefusedAsync(ServeProcess serve, string user, string why, params string[] arguments)
    {
        CommandResult result = await users.RunAsync(serve, user, arguments);
        Assert.Equal(1, result.Code);
        Assert.Contains(why, result.Complaint());
    }
}
