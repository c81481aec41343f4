using System.ComponentModel;
using System.Diagnostics;
using Zones.Domains.Compare.Measuring;

namespace Zones.Domains.Compare.Sides;

/// <summary>A process of the host over a root, as zone-guest starts one: see BareProcess there. It ends when its standard input is closed, so with
/// this process too.</summary>
internal sealed class BareCommand : IAsyncDisposable
{
    private const string Executing = "executing";

    private readonly Process _process;
    private readonly OutputLines _error;
    private bool _ended;

    private BareCommand(Process process)
    {
        _process = process;
        Output = new(process.StandardOutput);
        _error = new(process.StandardError);
    }

    /// <summary>What it prints.</summary>
    public OutputLines Output { get; }

    /// <summary>Starts it.</summary>
    /// <param name="program">zone-guest.</param>
    /// <param name="words">What it is told.</param>
    /// <param name="environment">The whole of it.</param>
    public static BareCommand Start(string program, IEnumerable<string> words, IEnumerable<KeyValuePair<string, string>> environment)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new ZoneException($"{program}: cannot be executed: {Text.Sentence(e.Message)}; where it is may be mounted noexec, then name another place in TMPDIR", e) { Path = program };
        }
    }

    /// <summary>Returns when the command is about to have its first instruction.</summary>
    public Task AwaitExecutingAsync(CancellationToken cancellationToken) => _error.AwaitAsync(Executing, cancellationToken);

    /// <summary>Waits for its end.</summary>
    public async Task<ExecResult> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Side.Patience, cancellationToken).ConfigureAwait(false);
        string error = await _error.End.ConfigureAwait(false);
        return new(_process.ExitCode, await Output.End.ConfigureAwait(false), error.Replace(Executing + "\n", "", StringComparison.Ordinal));
    }

    /// <summary>The command's processes, without the one that waits for it outside.</summary>
    public IEnumerable<int> Processes() => _ended ? [] : ProcessMemory.Tree(_process.Id).Skip(1);

    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
