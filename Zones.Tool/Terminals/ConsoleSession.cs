using System.Runtime.InteropServices;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Terminals;

/// <summary>Joins our terminal with a zone's console: what is typed goes in if nobody else types, what is printed comes out, the window's size
/// follows, and what happens to the zone is told between brackets on standard error.</summary>
internal sealed class ConsoleSession
{
    private const int Input = 0;

    private readonly string _zone;
    private readonly Lock _screen = new();
    private byte[]? _mode; // of our terminal before it was made raw; null where there is none

    private ConsoleSession(string zone) => _zone = zone;

    /// <summary>Stays until somebody leaves, the zone is deleted, or a signal comes.</summary>
    public static async Task<int> RunAsync(Session session, string zone, bool readOnly, EscapeFilter? escapes)
    {
        ConsoleSession own = new(zone);
        ConsoleOptions options = new() { ReadOnly = readOnly, Notices = new Notices(own.Tell) };
        ZoneConsole console = await session.Host.OpenConsoleAsync(zone, options, session.Cancel);
        await using (console.ConfigureAwait(false))
        {
            // Only now: while there is nobody yet who hears a key, the terminal still has to make a signal of ^C.
            own._mode = Tty.MakeRaw(Input);
            try
            {
                int code = await own.JoinAsync(session, console, readOnly, escapes);
                own.Tell("left");
                return code;
            }
            finally
            {
                if (own._mode is not null)
                {
                    Tty.Restore(Input, own._mode);
                }
            }
        }
    }

    private async Task<int> JoinAsync(Session session, ZoneConsole console, bool readOnly, EscapeFilter? escapes)
    {
        Tell(console.Input is not null ? "connected" : readOnly || console.Writer is null ? "connected, to look only" : $"connected, to look only: {console.Writer} types");
        using PosixSignalRegistration resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize(console));
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int killedBy = 0;
        session.OnSignals(signal =>
        {
            killedBy = signal;
            left.TrySetResult();
        });
        try
        {
            if (_mode is not null)
            {
                Resize(console);
            }

            Task shown = Task.Run(() => ShowAsync(console.Output));
            if (_mode is not null || console.Input is not null)
            {
                Typing.Start(console.Input, escapes, () => left.TrySetResult());
            }

            await await Task.WhenAny(shown, left.Task);
            return killedBy == 0 ? ExitCode.Ok : ExitCode.Signalled + killedBy;
        }
        finally
        {
            session.OnSignals(_ => { });
        }
    }

    private void Tell(string what)
    {
        lock (_screen)
        {
            Console.Error.Write($"[{_zone}: {Visible.Text(what)}]{(_mode is not null ? "\r\n" : "\n")}");
        }
    }

    private void Resize(ZoneConsole console)
    {
        (int columns, int rows) = Tty.Size(Input);
        console.Resize(columns, rows);
    }

    /// <summary>A zone without a console ends its lines with a line feed alone, which a terminal in raw mode does not take for the beginning of a line.</summary>
    private async Task ShowAsync(Stream output)
    {
        using StandardOutput screen = new();
        byte[] buffer = new byte[16 << 10], shown = new byte[32 << 10];
        byte last = 0;
        for (int length; (length = await output.ReadAsync(buffer)) > 0;)
        {
            int count = 0;
            foreach (byte character in buffer.AsSpan(0, length))
            {
                if (_mode is not null && character == '\n' && last != '\r')
                {
                    shown[count++] = (byte)'\r';
                }

                shown[count++] = last = character;
            }

            lock (_screen)
            {
                screen.Write(shown, 0, count);
            }
        }
    }

    private sealed class Notices(Action<string> tell) : IProgress<string>
    {
        public void Report(string value) => tell(value);
    }
}
