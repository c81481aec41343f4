using Zones.Tests.Network.Support;
using Zones.Tests.Served;

namespace Zones.Tests.Tool;

/// <summary>Completion in real shells: each loads the script that the command prints and is asked as its line editor would.</summary>
public sealed class CompletionTests
{
    /// <summary>What is typed, the last word unfinished, and what the shells offer.</summary>
    public static TheoryData<string, string[]> Lines => new()
    {
        { "zone insta", ["install"] },
        { "zone un", ["uninstall", "unset"] },
        { "zone nfs ", ["serve", "stat"] },
        { "zone list --form", ["--format"] },
        { "zone list --format ", ["json", "table", "yaml"] },
        { "zone list --format=", [] },
        { "zone --state /nonexistent sho", ["show"] },
        { "zone boot w", ["web1", "web2"] },
        { "zone boot web1 w", ["web2"] },
        { "zone show ", ["db.1", "web1", "web2"] },
        { "zone show web1 ", [] },
        { "zone --state /nonexistent show ", [] },
        { "zone exec web1 -- l", [] },
        { "zone create w", [] },
        { "zone login -l root d", ["db.1"] },
        { "zone completion ", ["bash", "fish", "zsh"] },
        { "zone run --r", ["--rm", "--root"] },
        { "zone frobnicate x", [] },
        { "zone help nf", ["nfs"] },
        { "zone clone new w", ["web1", "web2"] },
        { "zone mark web1 un", ["unavailable"] },
        { "zone mark web1 incomplete w", [] },
        { "zone snoop w", ["web1", "web2"] },
        { "zone snoop web1 w", [] },
        { "zone snoop --c", [] },
        { "zone pool list --c", [] },
        { "zone stat --c", ["--connect"] },
        { "zone help sp", ["spec"] },
        { "zone set web1 max-", ["max-lwps=", "max-processes="] },
        { "zone set web1 hostname=x capped-memory", ["capped-memory.locked=", "capped-memory.physical=", "capped-memory.swap=", "capped-memory="] },
        { "zone set web1 att", ["attr."] },
        { "zone set web1 an", ["anet[+]="] },
        { "zone set web1 autobo", ["autoboot="] },
        { "zone set w", ["web1", "web2"] },
        { "zone unset db.1 ", ["attr", "attr.tenant", "capped-memory", "capped-memory.physical", "root", "root.source"] },
        { "zone unset db.1 attr.tenant capped-memory.", ["capped-memory.physical"] },
        { "zone unset none ", [] },
    };

    /// <summary>What stands behind the sign: bash splits the word there, the others do not.</summary>
    [Theory]
    [InlineData("init-mode=", "auto", "exec", "reaper")]
    [InlineData("restart=o", "on-failure")]
    [InlineData("autoboot=", "false", "true")]
    [InlineData("root.type=w", "whole")]
    [InlineData("hostname=")]
    [InlineData("nonsense=")]
    public async Task After_the_sign_come_the_words_that_may_be_said(string typed, params string[] values)
    {
        string[] parts = typed.Split('=');
        string line = "zone set web1 " + typed;
        string words = $"zone set web1 {parts[0]} = {parts[1]}".TrimEnd();
        await AssertOffersAsync(words, values, Bash);
        await AssertOffersAsync(line, [.. values.Select(value => $"{parts[0]}={value}")], Zsh);
        await AssertOffersAsync(line, [.. values.Select(value => $"{parts[0]}={value}")], (_, _) => InFish(line));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Bash_completes(string line, string[] expected) => AssertOffersAsync(line, expected, Bash);

    private static string Bash(string words, int count) =>
        $"bash --norc --noprofile -c '. /dev/fd/3; compopt() {{ :; }}; COMP_WORDS=({words}); COMP_CWORD={count - 1}; _zone; printf \"%s\\n\" \"${{COMPREPLY[@]}}\"' 3<<EOF\n$(zone completion bash)\nEOF\n";

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Zsh_completes(string line, string[] expected) => AssertOffersAsync(line, expected, Zsh);

    private static string Zsh(string words, int count) =>
        $"zsh -f -c 'compdef() {{ : }}; compadd() {{ print -rl -- ${{(P)@[-1]}}; }}; . /dev/fd/3; words=({words}); CURRENT={count}; _zone' 3<<EOF\n$(zone completion zsh)\nEOF\n";

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Fish_completes(string line, string[] expected) => AssertOffersAsync(line, expected, (_, _) =>
        InFish(line));

    [Fact]
    public async Task What_a_network_has_is_completed()
    {
        await using NetworkHost network = new();
        await network.CreateAsync(NetworkHost.Spec("web1"));
        await network.Cli.OkAsync("pool", "create", "default", "--prefix", "10.7.0.0/24");
        await network.Cli.OkAsync("pool", "create", "lab", "--prefix", "10.8.0.0/24", "--bridge", "lab0");
        await network.Cli.RunAsync("firewall", "add", "FROM any TO zone web1 ALLOW tcp PORT 80");
        await network.Cli.RunAsync("firewall", "add", "--disabled", "FROM any TO zone web1 ALLOW tcp PORT 443");
        await network.Cli.RunAsync("redirect", "add", "tcp", "8080", "web1:80");
        foreach ((string line, string[] expected) in ((string, string[])[])
        [
            ("zone pool show ", ["default", "lab"]),
            ("zone pool delete l", ["lab"]),
            ("zone pool reserve d", ["default"]),
            ("zone pool reserve default ", []),
            ("zone pool create l", []),
            ("zone --state /nonexistent pool show ", []),
            ("zone firewall delete ", ["1", "2"]),
            ("zone firewall enable 1 ", ["2"]),
            ("zone firewall disable ", ["1", "2"]),
            ("zone redirect delete ", ["1"]),
        ])
        {
            await AssertOffersAsync(network.State, line, expected, Bash);
            await AssertOffersAsync(network.State, line, expected, Zsh);
            await AssertOffersAsync(network.State, line, expected, (_, _) => InFish(line));
        }
    }

    /// <summary>Who is not root completes the zones that a served host shows them, and their properties.</summary>
    [Theory]
    [InlineData("--connect")]
    [InlineData("ZONES_HOST")]
    public async Task Zones_of_a_served_host_are_completed(string way)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("web1") with { Hostname = "www", Admin = [new("daemon") { Auths = ["login"] }] });
        await test.Host.CreateAsync(TestHost.Spec("web2"));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using ServedUsers users = new();
        string[] connect = way == "--connect" ? ["--connect", serve.Socket] : [];
        ZoneCli zone = users.As("daemon", ("ZONES_HOST", way == "--connect" ? null : serve.Socket));
        Assert.Equal("web1\n", await zone.OkAsync(["suggest", "--", .. connect, "boot", "w"]));
        Assert.Equal("hostname\n", await zone.OkAsync(["suggest", "--", .. connect, "unset", "web1", "h"]));
        Assert.Equal("", await zone.OkAsync(["suggest", "--", .. connect, "unset", "web2", ""]));
        Assert.Equal("", await zone.OkAsync("suggest", "--", "pool", "show", ""));
        Assert.Equal("", await zone.OkAsync("suggest", "--", "unset", "", "h"));
    }

    /// <summary>The whole way: a key is pressed, and the word that appears is run.</summary>
    [Theory]
    [InlineData("bash", "bash --norc --noprofile -i", ". <(zone completion bash)")]
    [InlineData("zsh", "zsh -f -i", "autoload -U compinit; compinit -u -D; . <(zone completion zsh)")]
    public async Task A_tab_at_a_terminal_completes_a_zone(string shell, string command, string load)
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec("web1"));
        await using PseudoTerminal terminal = PseudoTerminal.StartProgram(test, ["env", $"PATH={TestHost.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}", .. command.Split(' ')]);
        terminal.Type($"{load}; echo {shell}-is''-ready\n");
        await terminal.SeesAsync(shell + "-is-ready");
        terminal.Type("zone sho\twe\t\n");
        await terminal.SeesAsync("zone: web1");

        // A value follows the sign with nothing in between.
        terminal.Type("zone set we\tautoboo\ttr\t\n");
        await terminal.SeesAsync("+ autoboot: true");
        terminal.Type("exit\n");
        await terminal.EndAsync();
    }

    [Fact]
    public async Task A_file_or_directory_is_left_to_the_shell()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        directory.File("spec one.yaml");
        directory.Make("sub");
        using TemporaryDirectory home = new();
        ZoneCli zone = Cli(test.State, home);
        string At(string line) => $"cd '{directory.Path}'; {InFish(line)}";
        Assert.Equal(["spec one.yaml", "sub/"], Offers(await zone.ShellAsync(At("zone create -f s"))));
        Assert.Equal(["sub/"], Offers(await zone.ShellAsync(At("zone --state s"))));
        CommandResult bash = await zone.ShellAsync($"cd '{directory.Path}'; bash --norc --noprofile -c '. /dev/fd/3; compopt() {{ :; }}; COMP_WORDS=(zone import s); COMP_CWORD=2; _zone; printf \"%s\\n\" \"${{COMPREPLY[@]}}\"' 3<<EOF\n$(zone completion bash)\nEOF\n");
        Assert.Equal(["spec one.yaml", "sub"], Offers(bash));
    }

    [Fact]
    public async Task Another_shell_is_refused() =>
        Assert.Equal("zone: 'tcsh' is not a shell that is known; allowed are bash, zsh and fish; see 'zone completion --help'", await new ZoneCli("/nonexistent").FailAsync(2, "completion", "tcsh"));

    private static async Task AssertOffersAsync(string line, string[] expected, Func<string, int, string> script)
    {
        await using TestHost test = new();
        foreach (string name in (string[])["web1", "web2"])
        {
            await test.Host.CreateAsync(TestHost.Spec(name));
        }

        await test.Host.CreateAsync(TestHost.Spec("db.1") with { CappedMemory = new(DataSize.MiB(256)), Attr = new() { ["tenant"] = "acme" } });
        await AssertOffersAsync(test.State, line, expected, script);
    }

    private static async Task AssertOffersAsync(string state, string line, string[] expected, Func<string, int, string> script)
    {
        using TemporaryDirectory home = new();
        string[] words = line.Split(' ');
        Assert.Equal(expected, Offers(await Cli(state, home).ShellAsync(script(string.Join(' ', words.Select(word => $"\"{word}\"")), words.Length))));
    }

    private static string InFish(string line) => $"zone completion fish | fish --no-config -c 'source -; complete -C \"{line}\"'";

    /// <summary>The shells find the command as a user's do; fish makes directories in its home.</summary>
    private static ZoneCli Cli(string state, TemporaryDirectory home) => new(state) { Environment = { ["HOME"] = home.Path, ["XDG_CONFIG_HOME"] = null, ["XDG_DATA_HOME"] = null, ["PATH"] = $"{TestHost.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}" } };

    private static IEnumerable<string> Offers(CommandResult result)
    {
        Assert.Equal("", result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal);
    }
}
