using System.CommandLine;

namespace Zones.Tool.Commands.Nfs;

/// <summary><c>zone nfs</c>: directories of this host for others.</summary>
internal static class NfsCommand
{
    public static Command Make()
    {
        Command command = new("nfs", "serve directories over NFSv3, and see what clients do with them");
        command.Subcommands.Add(NfsServeCommand.Make());
        command.Subcommands.Add(NfsStatCommand.Make());
        return command;
    }

    /// <summary>Where the servers of a state directory keep their key and their sockets.</summary>
    public static string Directory(ZonesOptions options) => Path.Combine(options.StateDirectory, "nfs");
}
