using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool</c>: addresses for zones.</summary>
internal static class PoolCommand
{
    public static Command Make()
    {
        Command command = new("pool", "addresses that zones are given, and the bridges they are used on");
        command.Subcommands.Add(PoolCreateCommand.Make());
        command.Subcommands.Add(PoolListCommand.Make());
        command.Subcommands.Add(PoolShowCommand.Make());
        command.Subcommands.Add(PoolReserveCommand.Make());
        command.Subcommands.Add(PoolReserveCommand.MakeRelease());
        command.Subcommands.Add(PoolDeleteCommand.Make());
        return command;
    }

    /// <summary>The pool that a command is about.</summary>
    public static Argument<string> Name() => new("POOL") { Description = "the pool", Validators = { ZoneNames.NoOption } };
}
