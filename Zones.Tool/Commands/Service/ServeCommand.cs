using System.CommandLine;
using Zones.Interop;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Service;

/// <summary><c>zone serve</c>: becomes zone-serve, which lies beside this program. The web server in it would make every other command larger and later.</summary>
internal static class ServeCommand
{
    private const string Program = "zone-serve";

    public static Command Make()
    {
        Command command = new("serve", "offer the host over a socket to users whom its zones' admin names, until interrupted");
        Option<string> socket = new("--socket")
        {
            Description = $"where to listen (default: {ZoneHost.ServedSocket})",
            HelpName = "PATH",
            DefaultValueFactory = _ => ZoneHost.ServedSocket,
        };
        Option<string?> group = new("--group") { Description = "let only members of this group connect (default: everybody whom a zone names)", HelpName = "GROUP" };
        Option<string[]> creators = new("--creator") { Description = "a user, or a group with @ before it, who may make new zones by cloning those that they may clone", HelpName = "USER" };
        command.Options.Add(socket);
        command.Options.Add(group);
        command.Options.Add(creators);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            string[] given = [parsed.GetValue(socket)!, .. parsed.GetValue(creators)!];
            if (given.Contains("") || parsed.GetValue(group) == "")
            {
                throw new UsageException("an empty word names no socket, group or user");
            }

            string at = Path.GetFullPath(given[0]);
            string program = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath)!, Program);
            int errno = ProgramImage.Replace(program, Program, [Path.GetFullPath(session.Options.StateDirectory), at, parsed.GetValue(group) ?? "", .. given[1..]]);
            throw KernelError.On("cannot run the server, which belongs beside this program", program, errno);
        }));
        return command;
    }
}
