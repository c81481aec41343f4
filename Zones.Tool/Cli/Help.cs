using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Zones.Tool.Cli;

/// <summary>Help: of the whole, grouped by what a person wants to do; of a command, with an example.</summary>
internal static class Help
{
    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["create"] = ["zone create -f web1.yaml", "zone create web1 --root host"],
        ["show"] = ["zone show web1 > web1.yaml", "zone show web1 --format json"],
        ["verify"] = ["zone verify web1", "zone verify -f web1.yaml"],
        ["delete"] = ["zone delete web1", "zone delete -F web1       # halts and uninstalls it first"],
        ["install"] = ["zone install web1"],
        ["boot"] = ["zone boot web1 web2", "zone boot web1 -- --debug"],
        ["shutdown"] = ["zone shutdown web1", "zone shutdown -r web1     # and boot it again"],
        ["uninstall"] = ["zone uninstall -F web1"],
        ["launch"] = ["zone launch -f web1.yaml", "zone launch web1"],
        ["run"] = ["zone run --rm build -- make test", "zone run --rm -f ci.yaml -- ./ci"],
        ["list"] = ["zone list -cv", "zone list -cp               # id:name:state:zonepath:uuid:brand:ip-type", "zone list -c --format json"],
        ["stat"] = ["zone stat", "zone stat 5                 # every 5 seconds", "zone stat web1 1 10"],
        ["events"] = ["zone events", "zone events --follow --format json"],
        ["logs"] = ["zone logs -f web1"],
        ["exec"] = ["zone exec web1 -- id -u", "zone exec -u www-data web1 -- ls -l /srv"],
        ["login"] = ["zone login web1             # ~. leaves", "zone login -l www-data web1"],
        ["nfs"] = ["zone nfs serve --export debian-12=/srv/debian-12", "zone nfs stat 5"],
        ["serve"] =
        [
            "zone nfs serve --export debian-12=/srv/debian-12,clients=10.0.0.0/8 --listen 0.0.0.0 --port 2049",
            "zone nfs serve --export home=/srv/home,rw --rpcbind",
        ],
        ["recover"] = ["zone recover"],
    };

    /// <summary>Puts our help in the place of the library's.</summary>
    public static void Install(RootCommand root, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Description = "show this";
        option.Action = new Action(groups, (HelpAction)option.Action!);
        root.Options.OfType<VersionOption>().Single().Description = "show the version";
    }

    /// <summary>The first page.</summary>
    public static void WriteRoot(TextWriter output, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        output.WriteLine("zone: virtual environments that share the host's kernel and operating system\n");
        output.WriteLine("usage: zone [--state DIR] COMMAND …        zone COMMAND --help\n");
        foreach ((string purpose, IReadOnlyList<Command> commands) in groups)
        {
            output.WriteLine($"to {purpose}:");
            foreach (Command command in commands)
            {
                output.WriteLine($"  {command.Name,-11}{command.Description}");
            }

            output.WriteLine();
        }

        output.WriteLine("""
            for example:
              zone launch web1                     make, install and boot a zone over this host's own /usr
              zone exec web1 -- ps ax              run a command in it
              zone run --rm try -- sh -c 'id'      all of it at once, and nothing is left

            --state DIR names the state directory (default: $ZONES_STATE, else /var/lib/zones); --version tells the version.
            exit codes: 0 done, 1 error, 2 wrong usage; exec, login and run give the command's own,
            125 when we failed, 126 when it is not executable, 127 when it is not there.
            """);
    }

    private sealed class Action(IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups, HelpAction standard) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Command command = parseResult.CommandResult.Command;
            if (command is RootCommand)
            {
                WriteRoot(Console.Out, groups);
                return ExitCode.Ok;
            }

            standard.Invoke(parseResult);
            if (Examples.TryGetValue(command.Name, out string[]? examples))
            {
                Console.Out.WriteLine("Examples:");
                foreach (string example in examples)
                {
                    Console.Out.WriteLine("  " + example);
                }
            }

            return ExitCode.Ok;
        }
    }
}
