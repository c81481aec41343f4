using System.Text.Json.Nodes;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary><c>set</c>, <c>unset</c> and <c>edit</c>.</summary>
public sealed class ChangeTests
{
    [Fact]
    public async Task Properties_are_set_and_unset_by_the_paths_that_errors_use()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await zone.OkAsync("create", "z1");
        Assert.Equal("""
            + env.X: y=z
            + capped-memory.physical: 256M
            + fs[0]: { dir: /srv, special: /usr/share, options: [ro] }
            + attr.tenant: acme

            """, await zone.OkAsync("set", "z1", "capped-memory.physical=256M", "attr.tenant=acme", "env.X=y=z", "fs[+]={ dir: /srv, special: /usr/share, options: [ro] }"));
        Assert.Equal("""
            zone: z1
            root: { source: host }
            env: { X: y=z }
            capped-memory: { physical: 256M }
            fs:
              - { dir: /srv, special: /usr/share, options: [ro] }
            attr: { tenant: acme }

            """, await zone.OkAsync("show", "z1"));
        await zone.OkAsync("unset", "z1", "capped-memory", "fs[0]", "attr.tenant");
        Assert.Equal("zone: z1\nroot: { source: host }\nenv: { X: y=z }\n", await zone.OkAsync("show", "z1"));
    }

    [Theory]
    [InlineData("zone: capped-memory.physical: 'lots' is not a whole number", "set", "z1", "capped-memory.physical=lots")]
    [InlineData("zone: hostnam: 'hostnam' is not a property; did you mean 'hostname'?", "set", "z1", "hostname=ok", "hostnam=a")]
    [InlineData("zone: zone: 'z2': a zone keeps its name", "set", "z1", "zone=z2")]
    [InlineData("zone: hostname: is not set", "unset", "z1", "hostname")]
    [InlineData("zone: z2: no such zone configured", "set", "z2", "hostname=a")]
    public async Task What_is_wrong_is_one_line_and_changes_nothing(string message, params string[] arguments)
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await zone.OkAsync("create", "z1");
        Assert.StartsWith(message, await zone.FailAsync(1, arguments), StringComparison.Ordinal);
        Assert.Equal("zone: z1\nroot: { source: host }\n", await zone.OkAsync("show", "z1"));
    }

    [Fact]
    public async Task What_waits_for_the_next_boot_is_told_by_set_list_and_show()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        ZoneCli zone = new(test.State);
        Assert.Equal("+ hostname: other  (taken at the next boot)\n+ max-processes: 30\n+ attr.tenant: acme\n", await zone.OkAsync("set", "z1", "hostname=other", "max-processes=30", "attr.tenant=acme"));
        Assert.Contains(" running (pending changes)  ", await zone.OkAsync("list", "-v"), StringComparison.Ordinal);
        string shown = await zone.OkAsync("show", "z1");
        Assert.StartsWith("# not in force yet: + hostname: other  (taken at the next boot)\nzone: z1\n", shown, StringComparison.Ordinal);
        Assert.Equal("other", ZoneSpecYaml.Read(shown).Hostname);
        Assert.Contains("\n(not in force yet)  + hostname: other  (taken at the next boot)\n", await zone.OkAsync("show", "z1", "--format", "table"), StringComparison.Ordinal);
        JsonNode pending = Json.Parse(await zone.OkAsync("list", "--format", "json"))[0]!["pending"]![0]!;
        Assert.Equal(("hostname", null, "other", "taken at the next boot"), (pending["property"]!.GetValue<string>(), pending["from"]?.GetValue<string>(), pending["to"]!.GetValue<string>(), pending["waits"]!.GetValue<string>()));

        // What is set later does not pass for the cause of what waits since before.
        Assert.Equal("~ max-processes: 30 -> 40\nnot in force yet of earlier changes: hostname; see 'zone show z1'\n", await zone.OkAsync("set", "z1", "max-processes=40"));
        Assert.Equal("~ hostname: other -> third  (taken at the next boot)\n", await zone.OkAsync("set", "z1", "hostname=third"));
        await zone.OkAsync("reboot", "z1");
        Assert.DoesNotContain("pending", await zone.OkAsync("list", "-v"), StringComparison.Ordinal);
        Assert.StartsWith("zone: z1\n", await zone.OkAsync("show", "z1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_spec_is_taken_when_it_is_right()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();
        Assert.Equal("+ hostname: other\n", await drafts.Cli(test.State, "sed -i 's/^root:.*/&\\nhostname: other/'").OkAsync("edit", "z1"));
        Assert.Equal("other", (await test.Host.InfoAsync("z1")).Spec.Hostname);
        Assert.Empty(drafts.Left());
    }

    [Fact]
    public async Task An_unchanged_spec_changes_nothing()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();
        CommandResult result = await drafts.Cli(test.State, "touch").RunAsync("edit", "z1");
        Assert.Equal(new CommandResult(0, "", "zone: nothing was changed\n"), result);
        Assert.Empty(drafts.Left());
    }

    [Theory]
    [InlineData("echo 'hostnam: x' >>", @"^zone: /.*/z1\.yaml:3:1: hostnam: 'hostnam' is not a property; did you mean 'hostname'\?\nzone: ", "hostnam: x")]
    [InlineData("sh -c 'echo typed >>\"$0\"; exit 7'", "ended with status 7; ", "typed")]
    [InlineData("sh -c 'echo typed >>\"$0\"; kill -9 $$'", "was ended by signal 9; ", "typed")]
    [InlineData("echo 'zonepath: relative' >>", @"^zone: /.*/z1\.yaml:3:11: zonepath: 'relative' is not an absolute path\nzone: ", "zonepath: relative")]
    public async Task What_was_written_is_kept_whatever_goes_wrong(string editor, string complaint, string kept)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();

        // An editor is a command with the file as its last word.
        string command = editor.EndsWith(">>", StringComparison.Ordinal) ? $"sh -c '{editor.Replace("'", "'\\''", StringComparison.Ordinal)}\"$0\"'" : editor;
        CommandResult result = await drafts.Cli(test.State, command).RunAsync("edit", "z1");
        Assert.Equal(1, result.Code);
        string draft = Assert.Single(drafts.Left());
        Assert.Matches(complaint + $"nothing was changed; what was written is kept in {draft}: once it is right there, 'zone apply -f {draft}' takes it, and with -n shows what that would change\n$", result.Error);
        Assert.Contains(kept, File.ReadAllText(draft), StringComparison.Ordinal);
        Assert.Equal(TestHost.Spec(), (await test.Host.InfoAsync("z1")).Spec);

        // As it says.
        ZoneCli zone = new(test.State);
        await File.WriteAllTextAsync(draft, "zone: z1\nhostname: right\n");
        Assert.Equal(3, (await zone.RunAsync("apply", "-n", "-f", draft)).Code);
        await zone.OkAsync("apply", "-f", draft);
        Assert.Equal("right", (await test.Host.InfoAsync("z1")).Spec.Hostname);
    }

    [Fact]
    public async Task A_zone_that_cannot_be_changed_opens_no_editor()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        await test.Host.MarkAsync("z1", ZoneState.Incomplete);
        await using Drafts drafts = new();
        CommandResult result = await drafts.Cli(test.State, "false").RunAsync("edit", "z1");
        Assert.Equal(new CommandResult(1, "", "zone: z1: is incomplete: an install or uninstall was interrupted, or somebody marked it so; uninstall it first\n"), result);
        Assert.Empty(drafts.Left());
    }

    [Theory]
    [InlineData("mkfifo \"$0\"", "not a regular file")]
    [InlineData("ln -s /dev/zero \"$0\"", "not a regular file")]
    [InlineData("truncate -s 5G \"$0\"", "longer than")]
    public async Task What_has_no_end_or_nobody_at_its_other_end_is_not_read(string left, string complaint)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();
        CommandResult result = await drafts.Cli(test.State, $"sh -c 'rm \"$0\"; {left}'").RunAsync("edit", "z1");
        Assert.Equal(1, result.Code);
        Assert.Contains(complaint, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-editor", "no-such-editor ended with status 127; nothing was changed")]
    [InlineData("false", "false ended with status 1; nothing was changed")]
    public async Task Where_nothing_was_written_nothing_is_left(string editor, string complaint)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();
        CommandResult result = await drafts.Cli(test.State, editor).RunAsync("edit", "z1");
        Assert.Equal((1, "zone: " + complaint), (result.Code, result.Error.TrimEnd('\n').Split('\n')[^1]));
        Assert.Empty(drafts.Left());
    }

    [Fact]
    public async Task A_change_by_somebody_else_meanwhile_is_not_written_over()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await using Drafts drafts = new();
        CommandResult result = await drafts.Cli(test.State, $"sh -c '\"{ZoneCli.Path}\" set z1 hostname=theirs && echo autoboot: true >>\"$0\"'").RunAsync("edit", "z1");
        Assert.Equal(1, result.Code);
        Assert.Contains("its spec was changed by somebody else meanwhile", result.Error, StringComparison.Ordinal);
        Assert.Contains("what was written is kept in " + Assert.Single(drafts.Left()), result.Error, StringComparison.Ordinal);
        Assert.Equal(("theirs", false), ((await test.Host.InfoAsync("z1")).Spec.Hostname, (await test.Host.InfoAsync("z1")).Spec.Autoboot));
    }

    [Theory]
    [InlineData("y", 0, "other")]
    [InlineData("n", 1, null)]
    public async Task On_a_terminal_a_wrong_spec_can_be_edited_again(string answer, int code, string? hostname)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        using TemporaryDirectory drafts = new();
        string editor = drafts.File("editor", "#!/bin/sh\nif grep -q hostnam: \"$1\"; then sed -i s/hostnam:/hostname:/ \"$1\"; else echo hostnam: other >>\"$1\"; fi\n", (UnixFileMode)0x1C0);
        await using PseudoTerminal terminal = PseudoTerminal.StartProgram(test, "env", $"TMPDIR={drafts.Path}", $"VISUAL={editor}", ZoneCli.Path, "edit", "z1");
        await terminal.SeesAsync("did you mean 'hostname'?");
        await terminal.SeesAsync("edit it again (y/[n])?");
        terminal.Type(answer + "\r");
        Assert.Equal(code, await terminal.EndAsync());
        Assert.Equal(hostname, (await test.Host.InfoAsync("z1")).Spec.Hostname);
        Assert.Equal(code, Directory.GetFiles(drafts.Path, "z1.yaml", SearchOption.AllDirectories).Length);
    }

    /// <summary>A place of the test's own for what is being edited.</summary>
    private sealed class Drafts : IAsyncDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public ZoneCli Cli(string state, string editor) => new(state) { Environment = { ["TMPDIR"] = _directory.Path, ["EDITOR"] = editor, ["VISUAL"] = null } };

        public string[] Left() => [.. Directory.GetDirectories(_directory.Path).SelectMany(draft => Directory.GetFiles(draft).DefaultIfEmpty(draft))];

        public ValueTask DisposeAsync()
        {
            _directory.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
