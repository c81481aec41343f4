using System.Globalization;
using Zones.Catalogue;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>What died: putting one zone right, all of them, and what zoned's agent does.</content>
internal sealed partial class Lifecycle
{
    private const string RecoveredKey = "recovered";
    private const int AgainBase = 64; // zoned's Keeper.Helpers.cs: run me again in 100 ms × 2^n
    private const int LongestPause = 9; // 100 ms × 2^9, about 51 s

    private static readonly TimeSpan SteadyRun = TimeSpan.FromSeconds(10);
    private long _recoveredLife;

    /// <summary>Recovery, once for each boot of the host and life of zoned: the first manager that needs zoned does it.</summary>
    private async Task<KeeperConnection> KeeperAsync(CancellationToken cancellationToken)
    {
        KeeperConnection keeper = await Task.Run(context.Zoned.Keeper, cancellationToken).ConfigureAwait(false);
        if (Interlocked.Read(ref _recoveredLife) == keeper.Life)
        {
            return keeper;
        }

        if (context.Catalogue.Meta(RecoveredKey) != RecoveryMark(keeper))
        {
            using ZoneLock held = await ZoneLock.AcquireAsync(context.State, ".recovery", cancellationToken).ConfigureAwait(false);
            if (context.Catalogue.Meta(RecoveredKey) != RecoveryMark(keeper))
            {
                await RecoverAsync(keeper, cancellationToken).ConfigureAwait(false);
            }
        }

        Interlocked.Exchange(ref _recoveredLife, keeper.Life);
        return keeper;
    }

    public async Task<RecoveryReport> RecoverAsync(CancellationToken cancellationToken)
    {
        KeeperConnection keeper = await Task.Run(context.Zoned.Keeper, cancellationToken).ConfigureAwait(false);
        using ZoneLock held = await ZoneLock.AcquireAsync(context.State, ".recovery", cancellationToken).ConfigureAwait(false);
        RecoveryReport report = await RecoverAsync(keeper, cancellationToken).ConfigureAwait(false);
        context.Zoned.Return(keeper);
        return report;
    }

    private async Task<RecoveryReport> RecoverAsync(KeeperConnection keeper, CancellationToken cancellationToken)
    {
        List<string> adopted = [], released = [], unknown = [];
        foreach (string name in context.Catalogue.ZonesWithLedger())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
            if (context.Catalogue.Find(name) is not { } row)
            {
                continue;
            }

            context.Resources.AdoptAll(context.Catalogue.Ledger(name));
            ZoneRow settled = Settle(row, keeper);
            if (settled.ZoneState is ZoneState.Running or ZoneState.ShuttingDown && HostContext.Identity(settled) is { } process)
            {
                keeper.Adopt(name, settled.Generation ?? 0, process.Pid, process.StartTicks);
                adopted.Add(name);
            }
            else if (settled.ZoneState != ZoneState.Ready)
            {
                released.Add(name);
            }

            unknown.AddRange(context.Catalogue.Ledger(name).Where(resource => !context.Resources.Knows(resource.Kind)).Select(resource => $"{name}: {resource.Kind} {resource.Name}"));
        }

        context.Catalogue.SetMeta(RecoveredKey, RecoveryMark(keeper));
        Log.Recovered(context.Logger, adopted.Count, released.Count);
        return new(adopted, released, unknown);
    }

    private static string RecoveryMark(KeeperConnection keeper) =>
        string.Create(CultureInfo.InvariantCulture, $"{ProcessIdentity.CurrentBoot} {keeper.Life}");

    /// <summary>Puts one zone right before anything is done with it: an operation that was interrupted is undone, a zone that has
    /// ended unseen is concluded.</summary>
    /// <returns>The zone as it is then.</returns>
    private ZoneRow Settle(ZoneRow row, KeeperConnection? keeper)
    {
        List<Resource> rows = context.Catalogue.Ledger(row.Name);
        bool up = row.ZoneState is ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down;
        if (up && HostContext.Identity(row)?.IsAlive != true)
        {
            Conclude(row, rows);
            return context.Row(row.Name);
        }

        bool interrupted = rows.Exists(resource => !resource.Held) || (row.ZoneState == ZoneState.Installed && rows.Count > 0);
        bool lost = row.ZoneState == ZoneState.Ready && rows.Exists(resource => context.Resources.Probe(resource) == ResourceCondition.Absent);
        if (!interrupted && !lost)
        {
            return row;
        }

        Log.Settling(context.Logger, row.Name, rows.Count);
        keeper?.Claim(row.Name, rows[0].Generation);
        List<Resource> gone = ReleaseOrReport(row.Name, rows);
        context.Catalogue.Release(row.Name, gone, PathDown(row.ZoneState), null, "an interrupted operation was undone");
        keeper?.Done(row.Name, up: false);
        return context.Row(row.Name);
    }

    /// <summary>Commits the end of a zone that ended by itself, and releases what it held.</summary>
    private ExitStatus Conclude(ZoneRow row, List<Resource> rows)
    {
        bool outOfMemory = context.OutOfMemoryKills(row.Name) > 0;
        ExitStatus exit = ExitRecord.Take(context.Zoned.RunDirectory, row.Name, row.Generation) with { OutOfMemory = outOfMemory };
        List<Resource> gone = ReleaseOrReport(row.Name, rows);
        context.Catalogue.Release(row.Name, gone, PathDown(row.ZoneState), exit);
        Log.Ended(context.Logger, row.Name, exit.Code);
        return exit;
    }

    /// <summary>What zoned's agent does: see <see cref="ZoneHost.RunAgentAsync"/>.</summary>
    public async Task<int> SeeToAsync(string name, CancellationToken cancellationToken)
    {
        if (context.Catalogue.Find(name) is null)
        {
            return 0;
        }

        using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
        return context.Catalogue.Find(name) is { } row ? SeeTo(row, held) : 0;
    }

    private int SeeTo(ZoneRow row, ZoneLock held)
    {
        ZoneSpec spec = context.Spec(row);
        List<Resource> rows = context.Catalogue.Ledger(row.Name);
        bool ended = row.ZoneState is ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down && HostContext.Identity(row)?.IsAlive != true;
        if (!ended)
        {
            row = Settle(row, keeper: null);
            return row is { ZoneState: ZoneState.Installed, Restarts: > 0 } && spec.Restart != RestartPolicy.Never ? BootAgain(row) : 0;
        }

        ExitStatus exit = Conclude(row, rows);
        ProcessIdentity? owner = rows.Select(ProcessKind.Owner).FirstOrDefault(identity => identity is not null);
        if (owner is { IsAlive: false })
        {
            Delete(context.Row(row.Name), held, force: true);
            return 0;
        }

        if (row.ZoneState != ZoneState.Running)
        {
            return 0;
        }

        // reboot(2) inside ends process 1 with SIGHUP, power-off and halt with SIGINT (pid_namespaces(7)).
        if (exit.Signal == Wire.Linux.SIGHUP)
        {
            return BootAgain(context.Row(row.Name));
        }

        bool again = spec.Restart == RestartPolicy.Always || (spec.Restart == RestartPolicy.OnFailure && exit.Code != 0);
        return again && exit.Signal != Wire.Linux.SIGINT ? Pause(row, exit) : 0;
    }

    /// <summary>Notes a restart and has zoned come back when its pause is over; a zone that ran steadily begins anew without one.</summary>
    private int Pause(ZoneRow row, ExitStatus exit)
    {
        long ranFor = context.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - (row.BootedAt ?? 0);
        long restarts = ranFor > SteadyRun.TotalMilliseconds ? 1 : row.Restarts + 1;
        context.Catalogue.SetRestarts(row.Name, restarts, $"restart {restarts} after status {exit.Code}");
        Log.Restarted(context.Logger, row.Name, exit.Code, (int)restarts);
        return AgainBase + (int)Math.Min(restarts - 1, LongestPause);
    }

    private int BootAgain(ZoneRow row)
    {
        KeeperConnection keeper = context.Zoned.Keeper();
        Boot(row, new(), keeper);
        context.Zoned.Return(keeper);
        return 0;
    }
}
