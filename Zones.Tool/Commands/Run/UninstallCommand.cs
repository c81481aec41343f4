using System.CommandLine;
using Zones.Hosting;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone uninstall</c>.</summary>
internal static class UninstallCommand
{
    public static Command Make() => EachZone.Of(
        new("uninstall", "remove a halted zone's private files"),
        "uninstalling",
        new("--force", "-F") { Description = "the same as --yes, as in zoneadm(8)" },
        new(Verb.Uninstall, zone => $"remove all files of zone {zone.Name} below {zone.Zonepath}"),
        (session, _, name) => session.Host.UninstallAsync(name, session.Cancel));
}
