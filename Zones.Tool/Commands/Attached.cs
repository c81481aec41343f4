using Zones.Tool.Cli;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands;

/// <summary>Runs a command inside a zone with our own standard descriptors, or on a terminal of the zone's.</summary>
internal static class Attached
{
    /// <summary>Gives the command's exit code.</summary>
    public static async Task<int> RunAsync(Session session, Zone zone, ExecRequest request, bool terminal, bool escapes = false)
    {
        if (terminal && !Console.IsInputRedirected)
        {
            return await TerminalSession.RunAsync(session, zone, request, escapes);
        }

        await session.Out.FlushAsync(CancellationToken.None);
        ZoneProcess process = await zone.StartAsync(request with { Io = ExecIo.Inherit }, session.Cancel);
        await using (process.ConfigureAwait(false))
        {
            // The command has a session of its own inside, so our terminal's signals reach only us.
            session.OnSignals(process.Signal);
            return (await process.WaitAsync(CancellationToken.None)).Code;
        }
    }
}
