using System.CommandLine;
using Zones.Hosting;
using Zones.Roots;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Make()
    {
        Option<bool> force = new("--force", "-F") { Description = "do not ask; halt and uninstall it first" };
        return EachZone.Of(
            new("delete", "forget a zone that is not installed; -F does what is needed first"),
            "deleting",
            force,
            new(Verb.Delete, zone => $"forget zone {zone.Name} for good"),
            async (session, parsed, name) =>
            {
                string zonepath = (await session.Host.InfoAsync(name, session.Cancel)).Zonepath;
                await session.Host.DeleteAsync(name, parsed.GetValue(force), session.Cancel);
                TellDetached(name, zonepath);
            });
    }

    /// <summary>A detached zone's files are not its zone's any more: they may be meant for another host.</summary>
    private static void TellDetached(string name, string zonepath)
    {
        string manifest = DetachManifest.PathOf(zonepath);
        if (File.Exists(manifest))
        {
            Complaint.Warnings([$"the files that 'zone detach' left stay; 'zone attach --zonepath {zonepath} {name}' makes the zone from them again, 'rm -r {zonepath} {manifest}' removes them"]);
        }
    }
}
