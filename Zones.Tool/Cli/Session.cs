using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Zones.Storage;

namespace Zones.Tool.Cli;

/// <summary>One run of a command: the host it works on, where it writes, and what cancels it.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private IZoneHost? _host;

    private Session(string? state)
    {
        Options = new ZonesOptions().UseStorage();
        if (state is { Length: > 0 })
        {
            Options.StateDirectory = Path.GetFullPath(state);
        }

        // Console.Out goes on after the reader of a pipe has left; a stream of our own says so.
        FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 1);
        Out = new(stream, new UTF8Encoding(false), 4096) { AutoFlush = false };
    }

    public ZonesOptions Options { get; }

    public IZoneHost Host => _host ??= ZoneHost.Open(Options);

    public StreamWriter Out { get; }

    public CancellationToken Cancel => _cancel.Token;

    /// <summary>The signal that cancelled, 0 when none did.</summary>
    public int CancelledBy { get; private set; }

    /// <summary>Runs a command's work and turns its end into an exit code.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="ourFailure">The exit code of an error.</param>
    /// <param name="work">What is done.</param>
    public static async Task<int> RunAsync(ParseResult parsed, int ourFailure, Func<Session, Task<int>> work)
    {
        Session session = new(parsed.GetValue(GlobalOptions.State));
        await using (session.ConfigureAwait(false))
        {
            try
            {
                int code = await work(session).ConfigureAwait(false);
                await session.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                return code;
            }
            catch (OperationCanceledException) when (session.CancelledBy != 0)
            {
                return ExitCode.Signalled + session.CancelledBy;
            }
            catch (Exception e)
            {
                return ErrorReport.Write(e, ourFailure);
            }
        }
    }

    /// <summary>Has SIGINT, SIGTERM and SIGHUP cancel the work instead of ending the process at once.</summary>
    public void CancelOnSignals() => OnSignals(number =>
    {
        CancelledBy = number;
        _cancel.Cancel();
    });

    /// <summary>Has SIGINT, SIGTERM, SIGQUIT and SIGHUP call an action instead of ending the process.</summary>
    public void OnSignals(Action<int> action)
    {
        foreach ((PosixSignal signal, int number) in (ReadOnlySpan<(PosixSignal, int)>)[(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                action(number);
            }));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        _cancel.Dispose();
    }
}
