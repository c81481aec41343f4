using System.Text.RegularExpressions;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>What the command says about itself, and whether README.md says the same.</summary>
public sealed partial class HelpTests
{
    private static readonly string[] s_verbs =
    [
        "create", "show", "verify", "delete", "import", "export", "set", "unset", "edit", "apply", "install", "ready", "boot", "halt", "reboot", "shutdown", "uninstall",
        "launch", "run", "list", "stat", "events", "logs", "snoop", "exec", "login", "console", "cp", "pool", "firewall", "redirect", "nfs", "compare", "recover", "mark", "clone", "move", "detach", "attach", "autoboot", "service", "serve",
        "schema", "completion", "man",
    ];

    private readonly ZoneCli _zone = new("/nonexistent");

    public static TheoryData<string> Verbs => [.. s_verbs];

    [Fact]
    public async Task The_first_page_groups_every_command_by_what_a_person_wants_to_do()
    {
        string help = await _zone.OkAsync("--help");
        Assert.Equal(s_verbs, CommandRow().Matches(help).Select(match => match.Groups[1].Value));
        Assert.Equal(
            ["define a zone", "change it", "run it", "do it all at once", "look", "get in", "connect them", "serve roots", "choose", "put right", "copy it and take it elsewhere", "boot it with the host", "let others at it", "help an editor and a shell"],
            Purpose().Matches(help).Select(match => match.Groups[1].Value));
        Assert.Contains("for example:", help);
        Assert.Contains("exit codes:", help);
        Assert.All((string[])["agent", "suggest"], hidden => Assert.DoesNotContain(hidden, help));
        Assert.All(help.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.Equal(help, await _zone.OkAsync("help"));
        Assert.Equal(help, await _zone.OkAsync("-h"));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_command_explains_itself_with_an_example(string verb)
    {
        string help = await _zone.OkAsync(verb, "--help");
        Assert.Contains($"\nusage: zone {verb} [options]", help);
        Assert.Contains("  --state DIR", help);
        Assert.Contains($"\nfor example:\n  zone {verb}", help);
        Assert.Equal(help, await _zone.OkAsync("help", verb));
        Assert.Equal(help, await _zone.OkAsync("--state", "/x", verb, "--nonsense", "-h"));
    }

    [Theory]
    [InlineData("pool")]
    [InlineData("firewall add")]
    [InlineData("redirect")]
    [InlineData("nfs serve")]
    [InlineData("snoop")]
    [InlineData("serve")]
    [InlineData("service install")]
    [InlineData("compare")]
    public async Task What_works_on_this_host_alone_offers_no_other(string command) =>
        Assert.DoesNotContain("--connect", await _zone.OkAsync([.. command.Split(' '), "--help"]));

    [Theory]
    [InlineData("man", "\n  DIR  [a-z].*\n(.*\n)*for example:\n  zone man /")]
    [InlineData("service show", "\n  --program PATH  ")]
    public async Task No_word_is_left_unexplained(string command, string help) => Assert.Matches(help, await _zone.OkAsync([.. command.Split(' '), "--help"]));

    [Fact]
    public async Task Without_a_command_the_first_page_is_an_error()
    {
        CommandResult result = await _zone.RunAsync();
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Equal(await _zone.OkAsync("--help"), result.Error);
    }

    [Fact]
    public async Task Single_properties_are_explained_with_what_is_in_them()
    {
        string[] paths = [.. (await _zone.OkAsync("help", "spec", "capped-memory", "hostid")).Split('\n').Where(line => line.Length > 0 && line[0] != ' ')];
        Assert.Equal(["hostid", "capped-memory", "capped-memory.physical", "capped-memory.swap"], paths.Where(path => !path.StartsWith("capped-memory.lock", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_tells_its_version() => Assert.Matches(@"^\d+\.\d+\.\d+", await _zone.OkAsync("--version"));

    [Fact]
    public void The_readme_names_every_command_and_no_other()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string table = readme[readme.IndexOf("## The command", StringComparison.Ordinal)..readme.IndexOf("## States", StringComparison.Ordinal)];
        Assert.Equal(s_verbs.Order(), ReadmeCommand().Matches(table).Select(match => match.Groups[1].Value).Distinct().Order());
    }

    [Theory]
    [InlineData("zone: 'lsit' is not a command; did you mean 'list'? see 'zone --help'", "lsit")]
    [InlineData("zone: zone nfs needs a command: serve or stat; see 'zone nfs --help'", "nfs")]
    [InlineData("zone: '--exprt' is not an option of zone nfs serve; did you mean '--export'? see 'zone nfs serve --help'", "nfs", "serve", "--exprt", "x=/x")]
    [InlineData("zone: nothing to serve; name a directory with --export NAME=DIR", "nfs", "serve")]
    [InlineData("zone: 'x' is no export; it is NAME=DIR[,OPTION…]", "nfs", "serve", "--export", "x")]
    [InlineData("zone: 'frobnicate' is not a command; see 'zone --help'", "frobnicate")]
    [InlineData("zone: '--frmat' is not an option of zone list; did you mean '--format'? see 'zone list --help'", "list", "--frmat", "json")]
    [InlineData("zone: '-x' is not an option of zone list; see 'zone list --help'", "list", "-x")]
    [InlineData("zone: 'xml' is not a format; allowed are table, json and yaml; see 'zone list --help'", "list", "--format", "xml")]
    [InlineData("zone: --format needs a value: FORMAT; see 'zone list --help'", "list", "--format")]
    [InlineData("zone: zone boot needs NAME; see 'zone boot --help'", "boot")]
    [InlineData("zone: boot needs the name of a zone before --", "boot", "--", "x")]
    [InlineData("zone: '-r' is not an option of zone cp; see 'zone cp --help'", "cp", "-r", "a", "z1:/b")]
    [InlineData("zone: 'craete' is not a command of zone pool; did you mean 'create'? see 'zone pool --help'", "pool", "craete", "x")]
    [InlineData("zone: 'b' is one word too many for zone show; see 'zone show --help'", "show", "a", "b")]
    [InlineData("zone: the name of a zone is empty; see 'zone halt --help'", "halt", "a", "")]
    [InlineData("zone: --state is empty; name a directory, or leave it out; see 'zone list --help'", "--state", "", "list")]
    [InlineData("zone: --tail: 'x' is not a whole number from 0 to 1000000; see 'zone logs --help'", "logs", "-n", "x", "a")]
    [InlineData("zone: --timeout: '-1' is not a whole number from 0 to 86400; see 'zone shutdown --help'", "shutdown", "--timeout", "-1", "a")]
    [InlineData("zone: the interval is a number of seconds above 0, at most a day, and the count a whole number above 0", "stat", "0")]
    [InlineData("zone: zone clone needs SOURCE; see 'zone clone --help'", "clone", "a")]
    [InlineData("zone: the directory is empty; see 'zone move --help'", "move", "a", "")]
    [InlineData("zone: 'running' is not a state to mark a zone with; allowed are incomplete, unavailable and installed; see 'zone mark --help'", "mark", "a", "running")]
    [InlineData("zone: zone service needs a command: install, uninstall, status or show; see 'zone service --help'", "service")]
    [InlineData("zone: --connect is empty; name a socket, or leave it out; see 'zone list --help'", "--connect", "", "list")]
    [InlineData("zone: --connect and --state name two different hosts; leave one of them out", "--connect", "/x", "--state", "/y", "list")]
    [InlineData("zone: zone nfs stat works on this host itself; leave --connect out", "--connect", "/x", "nfs", "stat")]
    [InlineData("zone: zone compare works on this host itself; leave --connect out", "--connect", "/x", "compare", "web1.yaml")]
    [InlineData("zone: --port: 'x' is not a whole number from 1 to 65535; see 'zone nfs serve --help'", "nfs", "serve", "--port", "x")]
    [InlineData("zone: --port: '65536' is not a whole number from 1 to 65535; see 'zone nfs stat --help'", "nfs", "stat", "--port", "65536")]
    [InlineData("zone: '--format' is in the wrong place; it is zone list --format FORMAT; see 'zone list --help'", "--format", "json", "list")]
    [InlineData("zone: '-c' is in the wrong place; it is zone list -c; see 'zone list --help'", "-c", "list")]
    [InlineData("zone: '--state' is in the wrong place; it is zone --state DIR; see 'zone --help'", "--", "--state", "x")]
    [InlineData("zone: no -- belongs before 'list'; see 'zone --help'", "--", "list")]
    [InlineData("zone: '-x' is not an option of zone create; see 'zone create --help'", "create", "-x")]
    [InlineData("zone: '--rot' is not an option of zone create; did you mean '--root'? see 'zone create --help'", "create", "--rot", "host", "a")]
    [InlineData("zone: '-x' is not an option of zone verify; see 'zone verify --help'", "verify", "-x")]
    [InlineData("zone: '-x' is not an option of zone show; see 'zone show --help'", "show", "-x")]
    [InlineData("zone: '-x' is not an option of zone halt; see 'zone halt --help'", "halt", "a", "-x")]
    [InlineData("zone: '-x' is not an option of zone boot; what init is given comes after --", "boot", "a", "-x")]
    [InlineData("zone: '-x' is not an option of zone events; see 'zone events --help'", "events", "-x")]
    [InlineData("zone: '-x' is not an option of zone stat; see 'zone stat --help'", "stat", "-x")]
    [InlineData("zone: '-x' is not an option of zone pool show; see 'zone pool show --help'", "pool", "show", "-x")]
    [InlineData("zone: 'x' is not an ID, which is a whole number; see 'zone firewall delete --help'", "firewall", "delete", "x")]
    [InlineData("zone: 'x' is not an ID, which is a whole number; see 'zone firewall enable --help'", "firewall", "enable", "1", "x")]
    [InlineData("zone: 'x' is not an ID, which is a whole number; see 'zone redirect delete --help'", "redirect", "delete", "x")]
    [InlineData("zone: 'icmp' is not a protocol of redirects; allowed are tcp and udp; see 'zone redirect add --help'", "redirect", "add", "icmp", "1", "w1")]
    [InlineData("zone: --root is empty; name host, a directory or an export, or leave it out", "create", "a", "--root", "")]
    [InlineData("zone: --root: 'nfs:' is no export; it is nfs://server[:port]/export", "create", "a", "--root", "nfs:")]
    [InlineData("zone: an empty word names no socket, group or user", "serve", "--creator", "")]
    [InlineData("zone: give a spec with -f FILE, or a NAME", "create")]
    [InlineData("zone: give -f FILE or a NAME, not both: the file says the name", "create", "a", "-f", "b")]
    [InlineData("zone: --root goes with NAME; in a file the root property says it", "create", "-f", "b", "--root", "host")]
    [InlineData("zone: give the NAME of a zone, or a spec with -f FILE", "verify")]
    [InlineData("zone: '-z' is not an option: the name of a zone comes after the command; it is zone boot web1; see 'zone boot --help'", "-z", "web1", "boot")]
    [InlineData("zone: '-z' is not an option: the name of a zone comes after the command; it is zone uninstall web1 -F; see 'zone uninstall --help'", "-z", "web1", "uninstall", "-F")]
    [InlineData("zone: '-z' is not an option: the name of a zone comes after the command; it is zone clone web2 web1; see 'zone clone --help'", "-z", "web2", "clone", "web1")]
    [InlineData("zone: '-z' is not an option: the name of a zone comes after the command; it is zone halt web1; see 'zone halt --help'", "--state", "/x", "halt", "-z", "web1")]
    [InlineData("zone: '-z' is not an option: the name of a zone comes after the command; it is zone boot web1; see 'zone --help'", "-z", "web1")]
    [InlineData("zone: '-z' is not an option, and zone list takes no names; it is zone list -v; see 'zone list --help'", "-z", "web1", "list", "-v")]
    [InlineData("zone: 'info' is not a command; it is zone show web1; see 'zone --help'", "-z", "web1", "info")]
    [InlineData("zone: 'info' is not a command; it is zone show web1; see 'zone --help'", "info", "web1")]
    [InlineData("zone: 'info' is not a command; it is zone show NAME; see 'zone --help'", "--state", "/x", "info")]
    [InlineData("zone: 'add' is not a command; it is zone set web1 'fs[+]={ dir: /srv, special: /pool/srv }'; see 'zone --help'", "-z", "web1", "add", "fs")]
    [InlineData("zone: 'zlogin' is not a command; it is zone login web1; see 'zone --help'", "zlogin", "web1")]
    [InlineData("zone: 'start' is not a command; it is zone boot web1; see 'zone --help'", "start", "web1")]
    [InlineData("zone: 'rm' is not a command; it is zone delete web1; see 'zone --help'", "rm", "web1")]
    [InlineData("zone: 'lsit' is not a command; did you mean 'list'? see 'zone --help'", "help", "lsit")]
    [InlineData("zone: 'capped-memry' is not a property; did you mean 'capped-memory'? 'zone help spec' has all", "help", "spec", "capped-memry")]
    [InlineData("zone: '-z' is not an option of zone create; see 'zone create --help'", "create", "a", "--", "-z")]
    public async Task Wrong_usage_is_one_line_and_2(string message, params string[] arguments) =>
        Assert.Equal(message, await _zone.FailAsync(2, arguments));

    /// <summary>2 would be taken for the exit code of the command inside.</summary>
    [Theory]
    [InlineData("zone: zone exec needs NAME -- COMMAND …; the command to run comes after --; see 'zone exec --help'", "exec")]
    [InlineData("zone: exec needs a zone and a command: zone exec NAME -- COMMAND …", "exec", "a")]
    [InlineData("zone: -u needs a value: USER; the command to run comes after --; see 'zone exec --help'", "exec", "a", "id", "-u")]
    [InlineData("zone: '--usr' is not an option of zone exec; the command to run comes after --; see 'zone exec --help'", "exec", "--usr", "x", "a", "--", "id")]
    [InlineData("zone: 'HOME' is not NAME=VALUE; see 'zone exec --help'", "exec", "-e", "HOME", "a", "--", "id")]
    [InlineData("zone: '-al' is not an option of zone run; the command to run comes after --; see 'zone run --help'", "run", "a", "ls", "-al")]
    [InlineData("zone: give a spec with -f FILE, or a NAME", "run", "--rm", "--", "id")]
    [InlineData("zone: login needs one zone: zone login NAME [-l USER] [-- COMMAND …]", "login", "--", "id")]
    public async Task Wrong_usage_of_what_gives_a_commands_code_is_125(string message, params string[] arguments) =>
        Assert.Equal(message, await _zone.FailAsync(125, arguments));

    [GeneratedRegex("^  ([a-z]+) {2,}[a-z].*$", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex("^to (.*):$", RegexOptions.Multiline)]
    private static partial Regex Purpose();

    [GeneratedRegex("`zone (?!help )([a-z]+)")]
    private static partial Regex ReadmeCommand();
}
