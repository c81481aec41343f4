using Zones.Tool.Cli;

namespace Zones.Tool.Terminals;

/// <summary>Runs a command inside a zone with our own standard descriptors, or on a terminal of the zone's.</summary>
internal static class Attached
{
    /// <summary>Gives the command's exit code.</summary>
    /// <exception cref="ZoneException">It could not be started, or nobody saw how it ended.</exception>
    public static async Task<int> RunAsync(Session session, Zone zone, ExecRequest request, bool terminal, EscapeFilter? escapes = null)
    {
        if (terminal && !Console.IsInputRedirected)
        {
            return await TerminalSession.RunAsync(session, zone, request, escapes);
        }

        if (session.IsConnected)
        {
            return await PipeSession.RunAsync(session, zone, request);
        }

        ZoneProcess process = await zone.StartAsync(request with { Io = ExecIo.Inherit }, session.Cancel);
        await using (process.ConfigureAwait(false))
        {
            // The command has a session of its own inside, so our terminal's signals reach only us.
            session.OnSignals(process.Signal);
            if (session.CancelledBy is not 0 and int early)
            {
                // It came when the command was there already and nobody could be told yet.
                process.Signal(early);
            }

            ExitStatus ended = await process.WaitAsync(CancellationToken.None);
            session.OnSignals(_ => { });
            return Code(zone, ended);
        }
    }

    /// <summary>An exit code for the shell; that of a command which its timeout killed is told apart from its own in words.</summary>
    public static int Code(Zone zone, ExitStatus status)
    {
        if (status is { Code: ExecResult.TimedOutCode, Signal: not 0 })
        {
            Complaint.Write($"{zone.Name}: the command took longer than --timeout allows and was killed");
        }

        return status.Code >= 0
            ? status.Code
            : throw new ZoneException($"{zone.Name}: nobody saw how the command ended, because zoned was killed; it may still run") { Zone = zone.Name };
    }
}
