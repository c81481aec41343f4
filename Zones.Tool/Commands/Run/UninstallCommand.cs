using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone uninstall</c>.</summary>
internal static class UninstallCommand
{
    public static Command Make()
    {
        Command command = new("uninstall", "remove a halted zone's private files");
        Option<bool> force = new("--force", "-F") { Description = "do not ask" };
        command.Options.Add(force);
        return EachZone.Of(
            command,
            "uninstalling",
            (session, _, name) => session.Host.UninstallAsync(name, session.Cancel),
            async (session, parsed, name) =>
            {
                ZoneInfo info = await session.Host.InfoAsync(name, session.Cancel);
                return parsed.GetValue(force) || await Confirm.AskAsync($"remove all files of zone {name} below {info.Zonepath}", "uninstall -F", session.Cancel);
            });
    }
}
