using System.Runtime.InteropServices;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Terminals;

/// <summary>Joins our terminal with one of a zone's: what is typed goes in, what is printed comes out, and the window's size follows.</summary>
internal static class TerminalSession
{
    private const int Input = 0;

    /// <summary>Runs a command on a terminal of the zone's and gives its exit code.</summary>
    public static async Task<int> RunAsync(Session session, Zone zone, ExecRequest request, EscapeFilter? escapes)
    {
        ZoneProcess process = await zone.StartAsync(request with { Io = ExecIo.Terminal, TerminalSize = Tty.Size(Input) }, session.Cancel);
        await using (process.ConfigureAwait(false))
        {
            byte[]? mode = Tty.MakeRaw(Input);
            using PosixSignalRegistration resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize(process));
            TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
            int killedBy = 0;
            session.OnSignals(signal =>
            {
                // In raw mode the keys are the zone's, so these come from outside: leave, as a closed line would.
                killedBy = signal;
                left.TrySetResult();
            });
            try
            {
                Resize(process);
                Task output = Task.Run(() => Copy(process.Terminal!, left));
                Typing.Start(process.Terminal, escapes, () => left.TrySetResult());
                Task<ExitStatus> ended = process.WaitAsync(CancellationToken.None);
                if (await Task.WhenAny(ended, left.Task) != ended)
                {
                    process.Signal(1);
                    await left.Task;
                    return killedBy == 0 ? ExitCode.Ok : ExitCode.Signalled + killedBy;
                }

                // What the command left in the terminal's buffer is read to its end; a background child may hold it open.
                await Task.WhenAny(output, Task.Delay(TimeSpan.FromMilliseconds(300)));
                return Attached.Code(zone, await ended);
            }
            finally
            {
                session.OnSignals(_ => { });
                if (mode is not null)
                {
                    Tty.Restore(Input, mode);
                }
            }
        }
    }

    private static void Resize(ZoneProcess process)
    {
        (int columns, int rows) = Tty.Size(Input);
        process.Resize(columns, rows);
    }

    /// <summary>Until nobody is on the terminal any more, or nobody takes what it shows: then we leave.</summary>
    private static void Copy(Stream terminal, TaskCompletionSource left)
    {
        using StandardOutput screen = new();
        byte[] buffer = new byte[16 << 10];
        try
        {
            for (int length; (length = terminal.Read(buffer)) > 0;)
            {
                screen.Write(buffer, 0, length);
            }
        }
        catch (IOException)
        {
            // EIO is how a terminal says that nobody holds its other end any more.
        }
        catch (OutputException e)
        {
            left.TrySetException(e);
        }
    }
}
