namespace Zones.Domains.Compare.Sides;

/// <summary>The spec's init as a process of the host: its network, its users, no limit, no filter.</summary>
/// <param name="program">zone-guest on the host.</param>
/// <param name="root">The root's directory; <c>/</c> for the host's own.</param>
/// <param name="init">What is run; null means our own idle program.</param>
/// <param name="environment">The spec's.</param>
internal sealed class ProcessSide(string program, string root, SpecList<string>? init, SpecMap environment) : Side
{
    private readonly List<BareCommand> _running = [];

    public override string Name => SideNames.Process;

    public override string Program => SideSpecs.Itself;

    public override (string Listen, string Inside)? Server => ("127.0.0.1", "127.0.0.1");

    public override Task BootAsync(CancellationToken cancellationToken) => Start(init ?? [Program, "work", "idle"]).AwaitExecutingAsync(cancellationToken);

    public override Task AwaitLineAsync(string text, CancellationToken cancellationToken) => _running[0].Output.AwaitAsync(text, cancellationToken);

    public override async Task<ExecResult> RunAsync(SpecList<string> command, CancellationToken cancellationToken)
    {
        await using BareCommand run = Start(command);
        try
        {
            return await run.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.Remove(run);
        }
    }

    public override async Task<IAsyncDisposable> HoldAsync(SpecList<string> command, string line, CancellationToken cancellationToken)
    {
        BareCommand held = Start(command);
        await held.Output.AwaitAsync(line, cancellationToken).ConfigureAwait(false);
        return held;
    }

    public override async Task HaltAsync()
    {
        foreach (BareCommand command in _running)
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }

        _running.Clear();
    }

    public override Task<IReadOnlyList<int>> ProcessesAsync() => Task.FromResult<IReadOnlyList<int>>([.. _running.SelectMany(command => command.Processes())]);

    /// <summary>It has nothing of its own.</summary>
    public override long Disk() => 0;

    public override long? KernelMemory(IReadOnlyList<int> processes) => null;

    public override async ValueTask DisposeAsync() => await HaltAsync().ConfigureAwait(false);

    private BareCommand Start(SpecList<string> command)
    {
        BareCommand started = BareCommand.Start(program, ["work", "bare", root, .. command], environment);
        _running.Add(started);
        return started;
    }
}
