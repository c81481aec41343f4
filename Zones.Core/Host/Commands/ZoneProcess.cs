namespace Zones;

/// <summary>A command that runs inside a zone, as <see cref="IZoneHost.StartAsync"/> started it. Disposing lets go of it; it does not end it.</summary>
public abstract class ZoneProcess : IAsyncDisposable
{
    /// <summary>The host's process number.</summary>
    public abstract int Pid { get; }

    /// <summary>Written to its standard input; null unless <see cref="ExecIo.Pipes"/>. Dispose it to say end of file.</summary>
    public abstract Stream? StandardInput { get; }

    /// <summary>Its standard output; null unless <see cref="ExecIo.Pipes"/>. Dispose it when nobody reads any more: who prints then gets SIGPIPE.</summary>
    public abstract Stream? StandardOutput { get; }

    /// <summary>Its standard error; null unless <see cref="ExecIo.Pipes"/>. Disposed, as of <see cref="StandardOutput"/>.</summary>
    public abstract Stream? StandardError { get; }

    /// <summary>The master of its terminal; null unless <see cref="ExecIo.Terminal"/>.</summary>
    public abstract Stream? Terminal { get; }

    /// <summary>Tells the terminal its size (TIOCSWINSZ).</summary>
    /// <param name="columns">Characters a line.</param>
    /// <param name="rows">Lines.</param>
    public abstract void Resize(int columns, int rows);

    /// <summary>Sends a signal; success when the process has already ended.</summary>
    /// <param name="signal">Its number.</param>
    public abstract void Signal(int signal);

    /// <summary>Waits for its end.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the process.</param>
    public abstract Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
