using System.CommandLine;
using Zones.Network;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool delete</c>.</summary>
internal static class PoolDeleteCommand
{
    public static Command Make()
    {
        Command command = new("delete", "forget a pool of which no zone has an address");
        Argument<string> name = PoolCommand.Name();
        command.Arguments.Add(name);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.Network().DeletePoolAsync(parsed.GetValue(name)!, session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }
}
