using System.Globalization;
using System.Runtime.CompilerServices;
using Zones.Hosting;
using static Zones.Served.ServedConnection;

namespace Zones.Served;

/// <content>What only looks, and streams.</content>
internal sealed partial class ServedHost
{
    private const int Attempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    public async Task<Zone> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        await InfoAsync(name, cancellationToken).ConfigureAwait(false);
        return new Zone(this, name);
    }

    public Task<ZoneInfo> InfoAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.GetAsync(Of(name), ServedJson.Default.ZoneInfo, cancellationToken);

    /// <summary>To look at the address of a verb is to ask for it.</summary>
    public Task<ZoneInfo> RequireAsync(string name, Verb verb, CancellationToken cancellationToken) =>
        _connection.GetAsync(Of(name, "/" + StateTable.NameOf(verb)), ServedJson.Default.ZoneInfo, cancellationToken);

    public Task<IReadOnlyList<ZoneInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        _connection.GetAsync("zones", ServedJson.Default.IReadOnlyListZoneInfo, cancellationToken);

    public Task<VerifyReport> VerifyAsync(ZoneSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return _connection.PostAsync("verify", Body(new(spec), ServedJson.Default.SpecRequest), ServedJson.Default.VerifyReport, cancellationToken);
    }

    public Task<ApplyPlan> PlanAsync(ApplyRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _connection.PostAsync("plan", Body(request, ServedJson.Default.ApplyRequest), ServedJson.Default.ApplyPlan, cancellationToken);
    }

    public Task<ZoneUsage> StatAsync(string name, CancellationToken cancellationToken = default) =>
        _connection.GetAsync(Of(name, "/usage"), ServedJson.Default.ZoneUsage, cancellationToken);

    public Task<ZoneUsage> StatHostAsync(CancellationToken cancellationToken = default) =>
        _connection.GetAsync("usage", ServedJson.Default.ZoneUsage, cancellationToken);

    /// <summary>As in process; who follows is connected again when the connection breaks, after the last event that came: the host lets go of readers that do
    /// not read.</summary>
    public async IAsyncEnumerable<ZoneEvent> WatchAsync(long after = 0, bool follow = true, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int failures = 0;
        while (true)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"events?after={after}&follow={(follow ? "true" : "false")}");
            IAsyncEnumerator<ZoneEvent> events = _connection.LinesAsync(address, ServedJson.Default.ZoneEvent, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (events.ConfigureAwait(false))
            {
                while (await NextAsync().ConfigureAwait(false))
                {
                    failures = 0;
                    after = events.Current.Cursor;
                    yield return events.Current;
                }
            }

            if (!follow)
            {
                yield break;
            }

            await Task.Delay(FirstPause * (1 << failures), cancellationToken).ConfigureAwait(false);

            async Task<bool> NextAsync()
            {
                try
                {
                    return await events.MoveNextAsync().ConfigureAwait(false);
                }
                catch (ZoneException e) when (follow && e.IsTransient && failures++ < Attempts - 1)
                {
                    return false;
                }
            }
        }
    }

    public async IAsyncEnumerable<string> LogsAsync(string name, LogOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string tail = options?.Tail is { } lines ? string.Create(CultureInfo.InvariantCulture, $"&tail={lines}") : "";
        string address = Of(name, $"/log?follow={(options?.Follow == true ? "true" : "false")}{tail}");
        await foreach (string line in _connection.LinesAsync(address, ServedJson.Default.String, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    public Task<ExecResult> ExecAsync(string name, ExecRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Io is ExecIo.Terminal or ExecIo.Detached
            ? throw new ArgumentException("the output of a terminal or of a detached command cannot be collected; use StartAsync", nameof(request))
            : Hosting.CollectedCommand.RunAsync(() => ServedProcess.StartAsync(_connection, Of(name, "/exec"), request with { Io = ExecIo.Pipes }, cancellationToken), process => process.Kill(), request, cancellationToken);
    }

    public async Task<ZoneProcess> StartAsync(string name, ExecRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Io == ExecIo.Inherit
            ? throw new ArgumentException("descriptors of this process do not reach a served host; use pipes or a terminal", nameof(request))
            : await ServedProcess.StartAsync(_connection, Of(name, "/exec"), request, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ZoneConsole> OpenConsoleAsync(string name, ConsoleOptions? options = null, CancellationToken cancellationToken = default) =>
        await ServedConsole.OpenAsync(_connection, Of(name, "/console"), options ?? new(), cancellationToken).ConfigureAwait(false);
}
