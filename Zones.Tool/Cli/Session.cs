using System.CommandLine;
using System.Runtime.InteropServices;
using Zones.Domains;
using Zones.Hosting;
using Zones.Network;
using Zones.Tool.Output;

namespace Zones.Tool.Cli;

/// <summary>One run of a command: the host it works on, where it writes, and what cancels it.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] Ends = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];

    private readonly CancellationTokenSource _cancel = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private volatile Action<int>? _onSignal;
    private IZoneHost? _host;
    private string? _socket;

    private Session(ParseResult parsed)
    {
        Options = new ZonesOptions().UseNetwork().UseDomains();
        if (parsed.GetValue(GlobalOptions.State) is { Length: > 0 } state)
        {
            Options.StateDirectory = Path.GetFullPath(state);
        }

        Out = parsed.InvocationConfiguration.Output;
    }

    public ZonesOptions Options { get; }

    public IZoneHost Host => _host ??= _socket is null ? ZoneHost.Open(Options) : ZoneHost.ConnectAsync(_socket, Cancel).GetAwaiter().GetResult();

    /// <summary>What a verb would be refused for is an error now, before a person is asked anything.</summary>
    /// <returns>The zone.</returns>
    public Task<ZoneInfo> RequireAsync(string zone, Verb verb) => ((IVerbCheck)Host).RequireAsync(zone, verb, Cancel);

    /// <summary>Whether the host is one that another process serves.</summary>
    public bool IsConnected => _socket is not null;

    /// <summary>Has the work be done on a host that another process serves; with null, on the state directory.</summary>
    public void Connect(string? socket) => _socket = socket;

    /// <summary>Standard output; what is written appears with the end of the command or a flush.</summary>
    public TextWriter Out { get; }

    public CancellationToken Cancel => _cancel.Token;

    /// <summary>The signal that cancelled, 0 when none did.</summary>
    public int CancelledBy { get; private set; }

    /// <summary>Runs a command's work and turns its end into an exit code.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="ourFailure">The exit code of an error.</param>
    /// <param name="work">What is done.</param>
    public static async Task<int> RunAsync(ParseResult parsed, int ourFailure, Func<Session, Task<int>> work)
    {
        Session session = new(parsed);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                try
                {
                    session.Connect(GlobalOptions.Socket(parsed));
                    return await work(session).ConfigureAwait(false);
                }
                finally
                {
                    await session.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (session.CancelledBy != 0)
            {
                return ExitCode.Signalled + session.CancelledBy;
            }
            catch (Exception e)
            {
                return await session.ReportAsync(e, ourFailure).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes an error and gives the exit code, as <see cref="ErrorReport.Write"/> does; of a zone that is not there, with the name that was probably meant.</summary>
    public async Task<int> ReportAsync(Exception error, int ourFailure, string? zone = null) =>
        ErrorReport.Write(error, ourFailure, zone, error is ZoneNotFoundException { Zone: { } name } ? await DidYouMeanAsync(name).ConfigureAwait(false) : "");

    /// <summary>Asked of the host as this caller sees it: a served one tells of nobody else's zones.</summary>
    private async Task<string> DidYouMeanAsync(string name)
    {
        const int shortest = 3; // of two letters every other name is as near
        try
        {
            return name.Length < shortest ? "" : UsageReport.DidYouMean(name, (await Host.ListAsync(CancellationToken.None).ConfigureAwait(false)).Select(zone => zone.Name));
        }
        catch (ZoneException)
        {
            // The error that there is says enough.
            return "";
        }
    }

    /// <summary>Has SIGINT, SIGTERM, SIGQUIT and SIGHUP cancel the work instead of ending the process at once.</summary>
    public void CancelOnSignals() => OnSignals(number =>
    {
        CancelledBy = number;
        _cancel.Cancel();
    });

    /// <summary>Has SIGINT, SIGTERM, SIGQUIT and SIGHUP call an action from now on, in the place of an earlier one.</summary>
    public void OnSignals(Action<int> action)
    {
        _onSignal = action;
        if (_signals.Count > 0)
        {
            return;
        }

        foreach ((PosixSignal signal, int number) in Ends)
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _onSignal(number);
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
