using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Zones.Tool.Cli;

/// <summary>Help: of the whole, grouped by what a person wants to do; of a command, with an example.</summary>
internal sealed class Help
{
    public const string ExitCodes = """
        exit codes: 0 done, 1 error, 2 wrong usage, 3 when apply --dry-run finds changes; exec, login and run give the
        command's own (128 + n when signal n ended it), 124 when its --timeout ended it, 125 when we failed or were used
        wrongly, 126 when it is not executable, 127 when it is not there.
        """;

    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["create"] = ["zone create -f web1.yaml", "zone create web1 --root host"],
        ["show"] = ["zone show web1 > web1.yaml", "zone show web1 --format json"],
        ["verify"] = ["zone verify web1", "zone verify -f web1.yaml"],
        ["delete"] = ["zone delete web1", "zone delete -y web1       # without a question", "zone delete -F web1       # halts and uninstalls it first"],
        ["install"] = ["zone install web1"],
        ["ready"] = ["zone ready web1"],
        ["boot"] = ["zone boot web1 web2", "zone boot web1 -- --debug", "zone boot dev1 --kernel arch/x86/boot/bzImage --append 'loglevel=7 nokaslr'"],
        ["halt"] = ["zone halt web1 web2"],
        ["reboot"] = ["zone reboot web1"],
        ["shutdown"] = ["zone shutdown web1", "zone shutdown -r web1     # and boot it again"],
        ["uninstall"] = ["zone uninstall web1", "zone uninstall -y web1    # without a question"],
        ["launch"] = ["zone launch -f web1.yaml", "zone launch web1"],
        ["run"] = ["zone run --rm build -- make test", "zone run --rm -f ci.yaml -- ./ci"],
        ["list"] = ["zone list -cv", "zone list -cp               # id:name:state:zonepath:uuid:brand:ip-type", "zone list -c --format json"],
        ["stat"] = ["zone stat", "zone stat 5                 # every 5 seconds", "zone stat web1 1 10"],
        ["events"] = ["zone events", "zone events --follow --format json"],
        ["logs"] = ["zone logs -f web1"],
        ["snoop"] = ["zone snoop web1 rpc nfs", "zone snoop web1/net0 -o web1.pcap", "zone snoop -i web1.pcap --srt -q"],
        ["exec"] = ["zone exec web1 -- id -u", "zone exec -u www-data -w /srv -e LANG=C web1 -- ls -l", "zone exec --timeout 30 web1 -- /bin/check", "zone exec -d web1 -- /usr/bin/job"],
        ["login"] = ["zone login web1             # ~. leaves", "zone login -l www-data web1", "zone login -S web1          # when its /etc/passwd is damaged"],
        ["console"] = ["zone console web1           # ~. leaves", "zone console -r web1        # only look", "zone console -e ^] web1"],
        ["cp"] = ["zone cp site.conf web1:/etc/nginx/", "zone cp web1:/var/log ./web1-log", "zone cp -a home/. web1:/home", "zone cp web1:/srv - | tar -tv", "tar -c site | zone cp - web1:/srv"],
        ["pool"] = ["zone pool create default --prefix 10.7.0.0/24 --nat", "zone pool show default"],
        ["pool create"] =
        [
            "zone pool create default --prefix 10.7.0.0/24 --prefix fd00:7::/64 --nat",
            "zone pool create lab --prefix 10.8.0.0/16 --range 10.8.1.0-10.8.1.255 --gateway 10.8.0.1 --bridge lab0",
        ],
        ["pool list"] = ["zone pool list", "zone pool list --format json"],
        ["pool show"] = ["zone pool show default"],
        ["pool reserve"] = ["zone pool reserve default 10.7.0.10 --comment printer", "zone pool reserve default 10.7.0.11 --zone web1"],
        ["pool release"] = ["zone pool release default 10.7.0.10"],
        ["pool delete"] = ["zone pool delete lab"],
        ["firewall"] = ["zone firewall add FROM tag tenant=acme TO zone db1 ALLOW tcp PORT 5432", "zone firewall list"],
        ["firewall add"] =
        [
            "zone firewall add FROM tag tenant=acme TO zone db1 ALLOW tcp PORT 5432",
            "zone firewall add FROM any TO tag role=web ALLOW tcp PORT 80, 443",
            "zone firewall add FROM all zones TO ip 192.0.2.1 BLOCK tcp PORT all --dry-run",
        ],
        ["firewall list"] = ["zone firewall list", "zone firewall list --format json"],
        ["firewall delete"] = ["zone firewall delete 3", "zone firewall delete 3 --dry-run"],
        ["firewall enable"] = ["zone firewall enable 3"],
        ["firewall disable"] = ["zone firewall disable 3"],
        ["firewall apply"] = ["zone firewall apply", "zone firewall apply --dry-run"],
        ["redirect"] = ["zone redirect add tcp 8080 web1:80", "zone redirect list"],
        ["redirect add"] = ["zone redirect add tcp 8080 web1:80", "zone redirect add udp 5000-5009 voice1 --address 192.0.2.10"],
        ["redirect list"] = ["zone redirect list", "zone redirect list --format json"],
        ["redirect delete"] = ["zone redirect delete 2"],
        ["nfs"] = ["zone nfs serve --export debian-12=/srv/debian-12", "zone nfs stat 5"],
        ["nfs stat"] = ["zone nfs stat", "zone nfs stat 5             # every 5 seconds"],
        ["nfs serve"] =
        [
            "zone nfs serve --export debian-12=/srv/debian-12,clients=10.0.0.0/8 --listen 0.0.0.0 --port 2049",
            "zone nfs serve --export home=/srv/home,rw --rpcbind",
        ],
        ["compare"] = ["zone compare web1.yaml", "zone compare web1.yaml --work load.yaml -o report.html"],
        ["recover"] = ["zone recover"],
        ["mark"] = ["zone mark web1 unavailable", "zone mark web1 installed"],
        ["clone"] = ["zone clone web2 web1"],
        ["move"] = ["zone move web1 /srv/zones/web1"],
        ["detach"] = ["zone detach web1             # prints the path of the manifest, which travels with the zonepath"],
        ["attach"] = ["zone attach -n web1          # can it be attached?", "zone attach --zonepath /srv/zones/web1 web1"],
        ["autoboot"] = ["zone autoboot", "zone autoboot --stop"],
        ["service"] = ["zone service install", "zone service status"],
        ["service install"] = ["zone service install", "zone service install --serve"],
        ["service uninstall"] = ["zone service uninstall"],
        ["service status"] = ["zone service status", "zone service status --format json"],
        ["service show"] = ["zone service show", "zone service show --program /usr/local/bin/zone > zones.service"],
        ["serve"] = ["zone serve", "zone serve --group zones --creator @panel"],
        ["import"] = ["zone import web1.cfg > web1.yaml", "zonecfg -z web1 export | zone import --create web1 -"],
        ["export"] = ["zone export web1 > web1.cfg", "zone export --for solaris11 web1 > web1.cfg"],
        ["set"] = ["zone set web1 capped-memory.physical=256M attr.tenant=acme", "zone set web1 'fs[+]={ dir: /srv/data, special: /pool/web1 }'"],
        ["unset"] = ["zone unset web1 capped-cpu attr.tenant"],
        ["edit"] = ["zone edit web1"],
        ["apply"] = ["zone apply -f zones/ --dry-run", "zone apply -f zones/ --prune -l tenant=acme"],
        ["schema"] = ["zone schema > zone.schema.json   # '# yaml-language-server: $schema=zone.schema.json' heads a spec"],
        ["completion"] =
        [
            "zone completion bash > /usr/share/bash-completion/completions/zone",
            "zone completion zsh > /usr/share/zsh/vendor-completions/_zone",
            "zone completion fish > /usr/share/fish/vendor_completions.d/zone.fish",
        ],
        ["man"] = ["zone man /usr/local/share/man"],
    };

    private readonly IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> _groups;
    private readonly HelpOption _option;

    public Help(RootCommand root, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        _groups = groups;
        _option = root.Options.OfType<HelpOption>().Single();
        _option.Description = "show this";
    }

    /// <summary>A command line with <c>help</c> and <c>help COMMAND</c> said the other way.</summary>
    public static string[] Words(string[] arguments) => arguments is ["help", ..] ? [.. arguments[1..], "--help"] : arguments;

    /// <summary>Whether help is asked for, whatever else is wrong with the command line.</summary>
    public bool IsWanted(ParseResult parsed) => parsed.GetResult(_option) is OptionResult { Implicit: false };

    /// <summary>The page of a command.</summary>
    public void Write(Command command, TextWriter output)
    {
        if (command is RootCommand)
        {
            WriteRoot(output);
            return;
        }

        output.WriteLine($"{command.Description}\n");
        output.WriteLine($"usage: {Usage(command)}\n");
        WriteRows(output, [.. command.Subcommands.Select(below => (below.Name, below.Description ?? ""))]);
        WriteRows(output, [.. command.Arguments.Select(argument => (argument.Name, argument.Description ?? ""))]);
        output.WriteLine("options:");
        WriteRows(output, [.. Options(command).Select(option => (Names(option), option.Description ?? ""))]);
        output.WriteLine("for example:");
        foreach (string example in ExamplesOf(command))
        {
            output.WriteLine("  " + example);
        }
    }

    /// <summary>The first page.</summary>
    public void WriteRoot(TextWriter output)
    {
        output.WriteLine("zone: virtual environments that share the host's kernel and operating system\n");
        output.WriteLine("usage: zone [--state DIR | --connect PATH] COMMAND …        zone COMMAND --help\n");
        foreach ((string purpose, IReadOnlyList<Command> commands) in _groups)
        {
            output.WriteLine($"to {purpose}:");
            WriteRows(output, [.. commands.Select(command => (command.Name.PadRight(9), command.Description ?? ""))]);
        }

        output.WriteLine("""
            for example:
              zone launch web1                     make, install and boot a zone over this host's own /usr
              zone exec web1 -- ps ax              run a command in it
              zone run --rm try -- sh -c 'id'      all of it at once, and nothing is left

            --state DIR names the state directory (default: $ZONES_STATE, else /var/lib/zones); --connect PATH names the socket of
            a host that 'zone serve' offers (default: $ZONES_HOST); --version tells the version. 'zone help spec' explains every
            property of a spec.
            """);
        output.WriteLine(ExitCodes);
    }

    /// <summary>How a command is typed.</summary>
    public static string Usage(Command command) =>
        $"zone {CommandPath.Of(command)} [options]{(command.Subcommands.Count > 0 ? " COMMAND …" : "")}{string.Concat(command.Arguments.Select(argument => " " + Usage(argument)))}";

    /// <summary>Lines that show a command at work.</summary>
    public static IReadOnlyList<string> ExamplesOf(Command command) => Examples.GetValueOrDefault(CommandPath.Of(command), []);

    /// <summary>All options that a command takes.</summary>
    public IEnumerable<Option> Options(Command command) =>
        [.. command.Options, GlobalOptions.State, .. GlobalOptions.IsLocal(command) ? (Option[])[] : [GlobalOptions.Connect], _option];

    /// <summary>An argument as a usage line has it; a name of several words says it itself.</summary>
    private static string Usage(Argument argument)
    {
        string name = argument.Name.Contains(' ', StringComparison.Ordinal) || argument.Arity.MaximumNumberOfValues == 1 ? argument.Name : argument.Name + " …";
        return argument.Arity.MinimumNumberOfValues == 0 && !name.Contains(' ', StringComparison.Ordinal) ? $"[{name}]" : name;
    }

    /// <summary>An option's names and what its value is.</summary>
    public static string Names(Option option)
    {
        IEnumerable<string> names = option.Aliases.Append(option.Name).Where(name => name != "-?" && !name.StartsWith('/')).OrderBy(name => name.Length);
        return string.Join(", ", names) + (option.HelpName is { } value ? " " + value : "");
    }

    private static void WriteRows(TextWriter output, List<(string Name, string Description)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        int width = rows.Max(row => row.Name.Length);
        foreach ((string name, string description) in rows)
        {
            output.WriteLine($"  {name.PadRight(width)}  {description}");
        }

        output.WriteLine();
    }
}
