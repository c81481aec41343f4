using System.CommandLine;
using Zones.Tool.Cli.Properties;
using Zones.Tool.Commands.Change;
using Zones.Tool.Commands.Compare;
using Zones.Tool.Commands.Define;
using Zones.Tool.Commands.Inside;
using Zones.Tool.Commands.Internal;
using Zones.Tool.Commands.Look;
using Zones.Tool.Commands.Network;
using Zones.Tool.Commands.Nfs;
using Zones.Tool.Commands.Reference;
using Zones.Tool.Commands.Repair;
using Zones.Tool.Commands.Run;
using Zones.Tool.Commands.Service;
using Zones.Tool.Commands.Snoop;
using Zones.Tool.Commands.Travel;
using Zones.Tool.Output;

namespace Zones.Tool.Cli;

/// <summary>The whole command: what it knows, in the groups in which help shows it.</summary>
internal static class CommandLine
{
    /// <summary>Commands by what a person wants to do.</summary>
    public static IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> Groups() =>
    [
        ("define a zone", [CreateCommand.Make(), ShowCommand.Make(), VerifyCommand.Make(), DeleteCommand.Make(), ImportCommand.Make(), ExportCommand.Make()]),
        ("change it", [SetCommand.MakeSet(), SetCommand.MakeUnset(), EditCommand.Make(), ApplyCommand.Make()]),
        ("run it", [.. LifecycleCommands.Make(), ShutdownCommand.Make(), UninstallCommand.Make()]),
        ("do it all at once", [LaunchCommand.Make(), RunCommand.Make()]),
        ("look", [ListCommand.Make(), StatCommand.Make(), EventsCommand.Make(), LogsCommand.Make(), SnoopCommand.Make()]),
        ("get in", [ExecCommand.Make(), LoginCommand.Make(), ConsoleCommand.Make(), CpCommand.Make()]),
        ("connect them", [PoolCommand.Make(), FirewallCommand.Make(), RedirectCommand.Make()]),
        ("serve roots", [NfsCommand.Make()]),
        ("choose", [CompareCommand.Make()]),
        ("put right", [RecoverCommand.Make(), MarkCommand.Make()]),
        ("copy it and take it elsewhere", [CloneCommand.Make(), MoveCommand.Make(), DetachCommand.Make(), AttachCommand.Make()]),
        ("boot it with the host", [AutobootCommand.Make(), ServiceCommand.Make()]),
        ("let others at it", [ServeCommand.Make()]),
        ("help an editor and a shell", [SchemaCommand.Make(), CompletionCommand.Make(), ManCommand.Make()]),
    ];

    /// <summary>Parses, runs, and gives the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        StandardError.Use();
        try
        {
            StreamWriter output = StandardOutput.Open();
            int code = await RunAsync(arguments, output).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            return code;
        }
        catch (Exception e)
        {
            return ErrorReport.Write(e, ExitCode.Error);
        }
    }

    private static async Task<int> RunAsync(string[] arguments, StreamWriter output)
    {
        RootCommand root = new("zones: virtual environments that share the host's kernel and operating system") { GlobalOptions.State, GlobalOptions.Connect };
        IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups = Groups();
        foreach (Command command in groups.SelectMany(group => group.Commands))
        {
            root.Subcommands.Add(command);
        }

        root.Subcommands.Add(AgentCommand.Make());
        root.Subcommands.Add(ServeMountCommand.Make());
        Help help = new(root, groups);
        root.Subcommands.Add(SuggestCommand.Make(root));
        if (arguments.Length == 0)
        {
            help.WriteRoot(Console.Error);
            return ExitCode.Usage;
        }

        if (arguments is ["help", SpecPage.Topic, .. var paths])
        {
            return SpecPage.Write(output, paths);
        }

        ParseResult parsed = root.Parse(Help.Words(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (arguments is ["help", ..] && parsed.UnmatchedTokens.Count > 0)
        {
            return UsageReport.Write(parsed, groups);
        }

        if (help.IsWanted(parsed))
        {
            help.Write(parsed.CommandResult.Command, output);
            return ExitCode.Ok;
        }

        return parsed.Errors.Count > 0
            ? UsageReport.Write(parsed, groups)
            : await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output }).ConfigureAwait(false);
    }
}
