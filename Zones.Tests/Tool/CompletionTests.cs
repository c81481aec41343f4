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
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Bash_completes(string line, string[] expected) => AssertOffersAsync(line, expected, (words, count) =>
        $"bash --norc --noprofile -c '. /dev/fd/3; COMP_WORDS=({words}); COMP_CWORD={count - 1}; _zone; printf \"%s\\n\" \"${{COMPREPLY[@]}}\"' 3<<EOF\n$(zone completion bash)\nEOF\n");

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Zsh_completes(string line, string[] expected) => AssertOffersAsync(line, expected, (words, count) =>
        $"zsh -f -c 'compdef() {{ : }}; compadd() {{ print -rl -- ${{(P)2}}; }}; . /dev/fd/3; words=({words}); CURRENT={count}; _zone' 3<<EOF\n$(zone completion zsh)\nEOF\n");

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Fish_completes(string line, string[] expected) => AssertOffersAsync(line, expected, (_, _) =>
        InFish(line));

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
        ZoneCli zone = Cli(test, home);
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
        foreach (string name in (string[])["web1", "web2", "db.1"])
        {
            await test.Host.CreateAsync(TestHost.Spec(name));
        }

        using TemporaryDirectory home = new();
        string[] words = line.Split(' ');
        Assert.Equal(expected, Offers(await Cli(test, home).ShellAsync(script(string.Join(' ', words.Select(word => $"\"{word}\"")), words.Length))));
    }

    private static string InFish(string line) => $"zone completion fish | fish --no-config -c 'source -; complete -C \"{line}\"'";

    /// <summary>The shells find the command as a user's do; fish makes directories in its home.</summary>
    private static ZoneCli Cli(TestHost test, TemporaryDirectory home) => new(test.State) { Environment = { ["HOME"] = home.Path, ["XDG_CONFIG_HOME"] = null, ["XDG_DATA_HOME"] = null, ["PATH"] = $"{TestHost.BinDirectory}:{Environment.GetEnvironmentVariable("PATH")}" } };

    private static IEnumerable<string> Offers(CommandResult result)
    {
        Assert.Equal("", result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal);
    }
}
