using Zones.Boot;
using Zones.Interop;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Hosting;

/// <summary>A child that the spawner makes in a zone's namespaces, to do something there for its manager.</summary>
internal static class ZoneChild
{
    /// <summary>Has it made; returns when it has said that it does its work, or, where it only does what it was made for, that this is done.</summary>
    /// <param name="zoned">Makes it.</param>
    /// <param name="compose">Its program, from the write ends of the pipes for its start report and its wait status.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="failure">What is thrown: what could not be done, and the error number.</param>
    /// <returns>The child, and the read end of the pipe for its wait status, readable when it has ended.</returns>
    public static (SpawnReply Child, SafeFd Exit) Start(ZonedClient zoned, Func<SafeFd, SafeFd, (ProgramWriter Program, byte[] Message)> compose, TimeSpan patience, Func<string, int, ZoneException> failure)
    {
        (SafeFd reportRead, SafeFd reportWrite) = Kernel.Pipe();
        (SafeFd exitRead, SafeFd exitWrite) = Kernel.Pipe();
        using (reportRead)
        {
            try
            {
                SpawnReply reply;
                ProgramWriter program;
                using (reportWrite)
                using (exitWrite)
                {
                    (program, byte[] message) = compose(reportWrite, exitWrite);
                    reply = zoned.Spawn(message, program.Descriptors);
                }

                return reply.Errno != 0 ? throw failure(Label(program.Outside, reply.Step, "start a process in the zone"), reply.Errno)
                    : StartReport.Read(reportRead, patience) is { } report ? throw failure(Label(program.Inside, report.Step, "wait for it"), report.Errno)
                    : (reply, exitRead);
            }
            catch
            {
                exitRead.Dispose();
                throw;
            }
        }
    }

    private static string Label(StepList steps, int step, string otherwise) => step >= 0 && step < steps.Count ? steps.Labels[step] : otherwise;
}
