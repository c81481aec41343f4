using Zones.Domains.Compare.Measuring;
using Zones.Hosting;

namespace Zones.Domains.Compare.Sides;

/// <summary>The spec as a zone or as a domain, through the calls that everybody has.</summary>
/// <param name="name">zone or domain.</param>
/// <param name="program">Where our program is inside.</param>
/// <param name="state">The state directory.</param>
/// <param name="zone">The installed zone.</param>
/// <param name="zonepath">Its private files.</param>
/// <param name="server">As <see cref="Server"/>.</param>
/// <param name="whyNoServer">As <see cref="WhyNoServer"/>.</param>
internal sealed class ZoneSide(string name, string program, string state, Zone zone, string zonepath, (string Listen, string Inside)? server, string? whyNoServer) : Side
{
    private const int Kill = 9;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private readonly string _log = LogReader.PathOf(state, zone.Name);
    private long _begun;

    public override string Name => name;

    public override string Program => program;

    public override (string Listen, string Inside)? Server => server;

    public override string? WhyNoServer => whyNoServer;

    public override Task BootAsync(CancellationToken cancellationToken)
    {
        _begun = File.Exists(_log) ? new FileInfo(_log).Length : 0;
        return zone.BootAsync(cancellationToken);
    }

    public override async Task AwaitLineAsync(string text, CancellationToken cancellationToken)
    {
        const int sometimes = 200;
        await using FileStream log = new(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Position = _begun;
        using StreamReader reader = new(log);
        string seen = "";
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (int look = 1; ; look++)
        {
            seen += await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            if (seen.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            if (Environment.TickCount64 > end || (look % sometimes == 0 && (await zone.InfoAsync(cancellationToken).ConfigureAwait(false)).State != ZoneState.Running))
            {
                throw new ZoneException($"{name}: the workload has not printed '{text}'; its log ends: {seen.TrimEnd().Split('\n')[^1]}");
            }

            await Task.Delay(Look, cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task<ExecResult> RunAsync(SpecList<string> command, CancellationToken cancellationToken) =>
        zone.ExecAsync(new ExecRequest(command) { Timeout = Patience }, cancellationToken);

    public override async Task<IAsyncDisposable> HoldAsync(SpecList<string> command, string line, CancellationToken cancellationToken)
    {
        ZoneProcess process = await zone.StartAsync(new ExecRequest(command), cancellationToken).ConfigureAwait(false);
        Held held = new(process);
        try
        {
            await held.Output.AwaitAsync(line, cancellationToken).ConfigureAwait(false);
            return held;
        }
        catch
        {
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task HaltAsync() => zone.HaltAsync(CancellationToken.None);

    public override async Task<IReadOnlyList<int>> ProcessesAsync()
    {
        ZoneInfo info = await zone.InfoAsync().ConfigureAwait(false);

        // Commands are not children of process 1, but they are in its cgroup.
        return info.Pid is { } process ? [process, .. CgroupMemory.Members(process).Where(member => member != process)] : [];
    }

    public override async Task<long> MachineMemoryAsync() => (await zone.StatAsync().ConfigureAwait(false)).Machine?.Memory ?? 0;

    public override long Disk() => DiskUse.Of(zonepath);

    public override async ValueTask DisposeAsync() => await zone.DeleteAsync(force: true, CancellationToken.None).ConfigureAwait(false);

    private sealed class Held(ZoneProcess process) : IAsyncDisposable
    {
        public OutputLines Output { get; } = new(new StreamReader(process.StandardOutput!));

        public async ValueTask DisposeAsync()
        {
            process.Signal(Kill);
            await process.WaitAsync().ConfigureAwait(false);
            await process.DisposeAsync().ConfigureAwait(false);
        }
    }
}
