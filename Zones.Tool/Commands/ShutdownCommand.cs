using System.CommandLine;

namespace Zones.Tool.Commands;

/// <summary><c>zone shutdown</c>.</summary>
internal static class ShutdownCommand
{
    public static Command Make()
    {
        Command command = new("shutdown", "ask init to end, then halt; -r boots it again");
        Option<bool> reboot = new("--reboot", "-r") { Description = "boot it again afterwards" };
        Option<int> timeout = new("--timeout") { Description = "seconds until the zone is halted anyway (default: 60)", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--timeout is a number of seconds, 0 or more");
            }
        });
        command.Options.Add(reboot);
        command.Options.Add(timeout);
        return EachZone.Of(command, "shutting down", (session, parsed, name) =>
            session.Host.ShutdownAsync(name, parsed.GetValue(reboot), TimeSpan.FromSeconds(parsed.GetValue(timeout)), session.Cancel));
    }
}
