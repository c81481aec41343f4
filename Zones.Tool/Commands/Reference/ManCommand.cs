using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Cli.Man;

namespace Zones.Tool.Commands.Reference;

/// <summary><c>zone man</c>: writes the manual pages, for who makes a package or has built the command.</summary>
internal static class ManCommand
{
    public static Command Make()
    {
        Command command = new("man", "write the manual pages into a directory, for man(1)");
        Argument<string> directory = new("DIR") { Description = "where a page for each command is written, made if it is not there" };
        command.Arguments.Add(directory);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, _ =>
        {
            string into = Directory.CreateDirectory(parsed.GetValue(directory)!).FullName;
            IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups = CommandLine.Groups();
            Help help = new((RootCommand)parsed.RootCommandResult.Command, groups);
            void Write(string name, string page) => TextFile.Write(Path.Combine(into, $"{name}.{ManPage.Section}"), page);
            Write("zone", ManPage.Root(help, groups));
            foreach ((string purpose, IReadOnlyList<Command> commands) in groups)
            {
                Write("zone-" + commands[0].Name, ManPage.Group(help, purpose, commands));
                foreach (Command other in commands.Skip(1))
                {
                    // The page of the group under another name.
                    Write("zone-" + other.Name, $".so man{ManPage.Section}/zone-{commands[0].Name}.{ManPage.Section}\n");
                }
            }

            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }
}
