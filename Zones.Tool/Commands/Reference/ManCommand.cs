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
        Argument<string> directory = new("DIR") { Description = "where man8, with a page for each command, and man5, with one of the properties of a spec, are made" };
        command.Arguments.Add(directory);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, _ =>
        {
            string into = parsed.GetValue(directory)!;
            IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups = CommandLine.Groups();
            Help help = new((RootCommand)parsed.RootCommandResult.Command, groups);
            void Write(string name, string page, int section = ManPage.Section) =>
                TextFile.Write(Path.Combine(Directory.CreateDirectory(Path.Combine(into, $"man{section}")).FullName, $"{name}.{section}"), page);
            Write("zone-spec", ManPage.Spec(help), ManPage.FormatSection);
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
