using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone export</c>: from a zone to commands for zonecfg.</summary>
internal static class ExportCommand
{
    public static Command Make()
    {
        Command command = new("export", "print a zone as commands for zonecfg of Solaris or illumos");
        Argument<string> name = ZoneNames.One();
        command.Arguments.Add(name);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            ZonecfgCommands commands = ZonecfgFormat.Write((await session.Host.InfoAsync(parsed.GetValue(name)!, session.Cancel)).Spec);
            Complaint.Warnings(commands.Warnings);
            session.Out.Write(commands.Text);
            return ExitCode.Ok;
        }));
        return command;
    }
}
