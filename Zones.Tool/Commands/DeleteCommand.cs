using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary><c>zone delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Make()
    {
        Command command = new("delete", "forget a zone that is not installed; -F does what is needed first");
        Option<bool> force = new("--force", "-F") { Description = "do not ask; halt and uninstall it first" };
        command.Options.Add(force);
        return EachZone.Of(
            command,
            "deleting",
            (session, parsed, name) => session.Host.DeleteAsync(name, parsed.GetValue(force), session.Cancel),
            async (session, parsed, name) =>
            {
                await session.Host.InfoAsync(name, session.Cancel);
                return parsed.GetValue(force) || await Confirm.AskAsync($"forget zone {name} for good", "delete -F", session.Cancel);
            });
    }
}
