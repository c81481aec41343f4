using System.CommandLine;
using Zones.Specs;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone export</c>: from a zone to commands for zonecfg.</summary>
internal static class ExportCommand
{
    public static Command Make()
    {
        Command command = new("export", "print a zone as commands for zonecfg of Solaris or illumos");
        Argument<string> name = ZoneNames.One();
        Option<ZonecfgSystem?> system = SystemOption();
        command.Arguments.Add(name);
        command.Options.Add(system);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            ZoneInfo zone = await session.Host.InfoAsync(parsed.GetValue(name)!, session.Cancel);
            ZonecfgCommands commands = ZonecfgFormat.Write(zone.Spec, zone.Zonepath, parsed.GetValue(system));
            Complaint.Warnings(commands.Warnings);
            session.Out.Write(commands.Text);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Option<ZonecfgSystem?> SystemOption()
    {
        string words = string.Join(", ", SpecWord<ZonecfgSystem>.Words);
        Option<ZonecfgSystem?> option = new("--for")
        {
            Description = $"leave out what the zonecfg of this system does not have: {words} (default: all words, as import reads them)",
            HelpName = "SYSTEM",
            CustomParser = result =>
            {
                ZonecfgSystem? found = SpecWord<ZonecfgSystem>.Find(result.Tokens[0].Value);
                if (found is null)
                {
                    result.AddError($"--for: '{result.Tokens[0].Value}' is not one of {words}");
                }

                return found;
            },
        };
        option.CompletionSources.Clear(); // of the enumeration, which is written otherwise
        option.CompletionSources.Add([.. SpecWord<ZonecfgSystem>.Words]);
        return option;
    }
}
