using System.CommandLine;

namespace Zones.Tool.Cli;

/// <summary>What a person types to reach a command, without the program's own name: <c>nfs serve</c>.</summary>
internal static class CommandPath
{
    public static string Of(Command command) => command is RootCommand ? ""
        : command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{Of(parent)} {command.Name}"
        : command.Name;
}
