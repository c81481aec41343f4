using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone launch</c>.</summary>
internal static class LaunchCommand
{
    public static Command Make()
    {
        Command command = new("launch", "create, install and boot a zone in one");
        SpecSource source = new(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            ZoneSpec spec = source.Read(parsed);
            OwnedZone.ThrowIfGoneAtOnce(spec);
            await LaunchAsync(session, spec);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>Makes a zone and boots it; when a step fails the zone is gone again.</summary>
    public static async Task<Zone> LaunchAsync(Session session, ZoneSpec spec)
    {
        Zone zone = await session.Host.CreateAsync(spec, session.Cancel);
        try
        {
            await Progress.WhileAsync($"{zone.Name}: installing", zone.InstallAsync(session.Cancel));
            await Progress.WhileAsync($"{zone.Name}: booting", zone.BootAsync(session.Cancel));
            return zone;
        }
        catch
        {
            await RemoveAsync(zone);
            throw;
        }
    }

    /// <summary>Deletes a zone that is of no use any more. A failure is told, but is not what the caller has to say.</summary>
    public static async Task RemoveAsync(Zone zone)
    {
        try
        {
            await zone.DeleteAsync(force: true, CancellationToken.None);
        }
        catch (ZoneNotFoundException)
        {
            // Somebody deleted it meanwhile.
        }
        catch (Exception e)
        {
            ErrorReport.Write(e, ExitCode.Error);
        }
    }
}
