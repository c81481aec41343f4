using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone shutdown</c>.</summary>
internal static class ShutdownCommand
{
    private const int Patience = 60; // s

    public static Command Make()
    {
        Command command = new("shutdown", "ask init to end, then halt; -r boots it again");
        Option<bool> reboot = new("--reboot", "-r") { Description = "boot it again afterwards" };
        Option<long?> timeout = NumberOption.Make("--timeout", [], "SECONDS", $"seconds until the zone is halted anyway (default: {Patience})", most: 86_400);
        command.Options.Add(reboot);
        command.Options.Add(timeout);
        return EachZone.Of(command, "shutting down", async (session, parsed, name) =>
        {
            if (parsed.GetValue(reboot))
            {
                await OwnedZone.ThrowIfGoneAtOnceAsync(session, name, rebooted: true);
            }

            await session.Host.ShutdownAsync(name, parsed.GetValue(reboot), TimeSpan.FromSeconds(parsed.GetValue(timeout) ?? Patience), session.Cancel);
        });
    }
}
