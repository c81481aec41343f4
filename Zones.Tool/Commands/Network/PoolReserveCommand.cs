using System.CommandLine;
using Zones.Network;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool reserve</c> and <c>zone pool release</c>.</summary>
internal static class PoolReserveCommand
{
    public static Command Make()
    {
        Command command = new("reserve", "keep an address of a pool from being given out, or for one zone");
        Argument<string> pool = PoolCommand.Name();
        Argument<string> address = Address();
        Option<string?> zone = new("--zone") { Description = "the zone that is to have it", HelpName = "NAME" };
        Option<string?> comment = new("--comment") { Description = "what it is kept for", HelpName = "TEXT" };
        command.Arguments.Add(pool);
        command.Arguments.Add(address);
        command.Options.Add(zone);
        command.Options.Add(comment);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.Network().ReserveAsync(new(parsed.GetValue(address)!, parsed.GetValue(pool)!, parsed.GetValue(zone), parsed.GetValue(comment)), session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }

    public static Command MakeRelease()
    {
        Command command = new("release", "let a reserved address be given out again");
        Argument<string> pool = PoolCommand.Name();
        Argument<string> address = Address();
        command.Arguments.Add(pool);
        command.Arguments.Add(address);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.Network().UnreserveAsync(parsed.GetValue(pool)!, parsed.GetValue(address)!, session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Argument<string> Address() => new("ADDRESS") { Description = "the address" };
}
