using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Tool.Commands;
using Zones.Tool.Commands.Nfs;

namespace Zones.Tool.Cli;

/// <summary>The whole command: what it knows, in the groups in which help shows it.</summary>
internal static class CommandLine
{
    /// <summary>Commands by what a person wants to do.</summary>
    public static IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> Groups() =>
    [
        ("define a zone", [CreateCommand.Make(), ShowCommand.Make(), VerifyCommand.Make(), DeleteCommand.Make()]),
        ("run it", [.. LifecycleCommands.Make(), ShutdownCommand.Make(), UninstallCommand.Make()]),
        ("do it all at once", [LaunchCommand.Make(), RunCommand.Make()]),
        ("look", [ListCommand.Make(), StatCommand.Make(), EventsCommand.Make(), LogsCommand.Make()]),
        ("get in", [ExecCommand.Make(), LoginCommand.Make()]),
        ("serve roots", [NfsCommand.Make()]),
        ("put right", [RecoverCommand.Make()]),
    ];

    /// <summary>Parses, runs, and gives the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        RootCommand root = new("zones: virtual environments that share the host's kernel and operating system") { GlobalOptions.State };
        IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups = Groups();
        foreach (Command command in groups.SelectMany(group => group.Commands))
        {
            root.Subcommands.Add(command);
        }

        root.Subcommands.Add(AgentCommand.Make());
        root.Subcommands.Add(ServeMountCommand.Make());
        Help.Install(root, groups);
        if (arguments.Length == 0)
        {
            Help.WriteRoot(Console.Error, groups);
            return ExitCode.Usage;
        }

        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return UsageReport.Write(parsed, groups);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
    }
}
