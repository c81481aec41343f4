using System.Globalization;
using Zones.Catalogue;
using Zones.Interop;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>What died: putting one zone right, all of them, and what zoned's agent does.</content>
internal sealed partial class Lifecycle
{
    private const string RecoveredKey = "recovered";
    private const int LongestPause = 9; // 100 ms × 2^9, about 51 s

    private static readonly TimeSpan SteadyRun = TimeSpan.FromSeconds(10);
    private long _recoveredLife;

    /// <summary>Recovery, once for each boot of the host and life of zoned: the first manager that needs zoned does it.</summary>
    /// <returns>A connection, to be given back or disposed.</returns>
    public async Task<KeeperConnection> KeeperAsync(CancellationToken cancellationToken)
    {
        KeeperConnection keeper = context.Zoned.KeptKeeper() ?? await Task.Run(context.Zoned.Keeper, CancellationToken.None).ConfigureAwait(false);
        if (Interlocked.Read(ref _recoveredLife) == keeper.Life)
        {
            return keeper;
        }

        try
        {
            if (context.Catalogue.Meta(RecoveredKey) != RecoveryMark(keeper))
            {
                using ZoneLock held = await ZoneLock.AcquireAsync(context.State, RecoveryLock, cancellationToken).ConfigureAwait(false);
                if (context.Catalogue.Meta(RecoveredKey) != RecoveryMark(keeper))
                {
                    await RecoverAsync(keeper, new(), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            keeper.Dispose();
            throw;
        }

        Interlocked.Exchange(ref _recoveredLife, keeper.Life);
        return keeper;
    }

    public async Task<RecoveryReport> RecoverAsync(CancellationToken cancellationToken)
    {
        HostContext.RequireRoot();
        using KeeperConnection keeper = await Task.Run(context.Zoned.Keeper, CancellationToken.None).ConfigureAwait(false);
        using ZoneLock held = await ZoneLock.AcquireAsync(context.State, RecoveryLock, cancellationToken).ConfigureAwait(false);
        RecoveryNotes notes = new();
        await RecoverAsync(keeper, notes, cancellationToken).ConfigureAwait(false);
        await FindMissingAsync(notes, cancellationToken).ConfigureAwait(false);
        return notes.Report(context.Catalogue.List());
    }

    private async Task RecoverAsync(KeeperConnection keeper, RecoveryNotes notes, CancellationToken cancellationToken)
    {
        foreach (string name in context.Catalogue.ZonesWithLedger())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
            List<Resource> rows = context.Catalogue.Ledger(name);
            if (RowOf(name, held) is not { } found)
            {
                continue;
            }

            ZoneRow? row;
            try
            {
                context.Resources.AdoptAll(rows);
                row = Recover(found, rows, held, keeper, notes);
            }
            catch (ZoneException e)
            {
                // One zone that cannot be put right keeps no other from it; the next verb on it tries again and says why.
                Log.NotReleased(context.Logger, name, ProcessKind.Name, name, e.Message);
                notes.NoteFailure(name, e.Message);
                continue;
            }

            if (row?.ZoneState.IsLive() == true)
            {
                notes.Adopted.Add(name);
            }

            // These stay, whatever became of the others.
            List<Resource> strange = rows.FindAll(resource => !context.Resources.Knows(resource.Kind));
            strange.ForEach(notes.NoteUnknown);
            bool failed = Compare(found, notes);
            if (!failed && strange.Count == 0 && row?.ZoneState is not (ZoneState.Ready or ZoneState.Running or ZoneState.ShuttingDown))
            {
                notes.Released.Add(name);
            }
        }

        SweepLocks();
        context.Catalogue.SetMeta(RecoveredKey, RecoveryMark(keeper));
        Log.Recovered(context.Logger, notes.Adopted.Count, notes.Released.Count);
    }

    /// <summary>Notes what settling a zone does on its way.</summary>
    /// <param name="before">The zone as it was.</param>
    /// <param name="notes">Where.</param>
    /// <returns>Whether something of it is still to be done.</returns>
    private bool Compare(ZoneRow before, RecoveryNotes notes)
    {
        if (context.Catalogue.Find(before.Name) is not { } now)
        {
            return false;
        }

        if (now.Changing is not null)
        {
            notes.NoteFailure(now.Name, "a change that was begun cannot be undone yet; the next verb on it tries again");
        }
        else if (before.Changing is not null && before.ZoneState.IsLive() && now.Generation == before.Generation)
        {
            notes.Undone.Add(now.Name);
        }

        if (before.ZoneState == ZoneState.Unavailable && now.ZoneState == ZoneState.Installed)
        {
            notes.Available.Add(now.Name);
        }

        if (!now.ZoneState.IsUp() && context.Catalogue.Ledger(now.Name).Find(resource => context.Resources.Knows(resource.Kind)) is { } kept)
        {
            notes.NoteFailure(now.Name, $"still holds {kept.Kind} {kept.Name}, which cannot be released yet; the next verb on it tries again");
            return true;
        }

        return false;
    }

    /// <summary>Has the keeper watch a zone that lives; sees to one that does not, as the agent would have that nobody called.</summary>
    /// <returns>The zone as it was found or made; null when it went with its owner.</returns>
    private ZoneRow? Recover(ZoneRow row, List<Resource> rows, ZoneLock held, KeeperConnection keeper, RecoveryNotes notes)
    {
        if (!HasEnded(row))
        {
            ZoneRow settled = Settle(row, keeper);
            ProcessIdentity? owner = OwnerOf(rows);
            using SafeFd? ownerProcess = owner?.Open();
            if (!settled.ZoneState.IsLive() || HostContext.Identity(settled) is not { } process)
            {
                return settled;
            }

            if (owner is not null && ownerProcess is null)
            {
                Delete(settled, held, force: true);
                return null;
            }

            if (keeper.Adopt(row.Name, settled.Generation ?? 0, process.Pid, process.StartTicks, ownerProcess))
            {
                return settled;
            }
        }

        // Zones that went with the host come back by autoboot, not by their restart policy.
        if (row.BootId != ProcessIdentity.CurrentBoot)
        {
            return Settle(row, keeper);
        }

        try
        {
            if (SeeTo(row, held) != 0)
            {
                // Without the pause: that is over by now.
                SeeTo(context.Row(row.Name), held);
            }
        }
        catch (ZoneException e)
        {
            Log.NotReleased(context.Logger, row.Name, ProcessKind.Name, "restart", e.Message);
            notes.NoteFailure(row.Name, e.Message);
        }

        // Released first, whatever runs now.
        return context.Catalogue.Find(row.Name) is null ? null : row with { State = ZoneState.Installed.Text() };
    }

    private static bool HasEnded(ZoneRow row) =>
        row.ZoneState.IsBooted() && HostContext.Identity(row)?.IsAlive != true;

    private static ProcessIdentity? OwnerOf(List<Resource> rows) => rows.Select(ProcessKind.Owner).FirstOrDefault(identity => identity is not null);

    private static string RecoveryMark(KeeperConnection keeper) =>
        string.Create(CultureInfo.InvariantCulture, $"{ProcessIdentity.CurrentBoot} {keeper.Life}");

    /// <summary>Puts one zone right before anything is done with it: an operation that was interrupted is undone, a zone that has
    /// ended unseen is concluded.</summary>
    /// <returns>The zone as it is then.</returns>
    private ZoneRow Settle(ZoneRow row, KeeperConnection? keeper)
    {
        if (row is { ZoneState: ZoneState.Unavailable, Missing: not null })
        {
            row = Back(row);
        }

        List<Resource> rows = context.Catalogue.Ledger(row.Name);
        if (HasEnded(row))
        {
            Conclude(row, rows, keeper);
            return context.Row(row.Name);
        }

        if (row.ZoneState.IsLive())
        {
            // Whatever else may stand in the ledger of a zone that lives, releasing it is for its end.
            TryPutRight(row);
            return row.Changing is null ? row : context.Row(row.Name);
        }

        // A row of a kind that is not loaded stays, and says nothing about the others.
        rows = rows.FindAll(resource => context.Resources.Knows(resource.Kind));
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
    private ExitStatus Conclude(ZoneRow row, List<Resource> rows, KeeperConnection? connection)
    {
        bool outOfMemory = context.OutOfMemoryKills(row.Name) > 0;
        ExitStatus exit = new(-1);
        WithKeeper(connection, keeper =>
        {
            // The end may be news to the keeper too: one that still watches the zone tells how it ended as soon as it has seen it,
            // one that does not has left a record.
            exit = keeper is not null && row.Generation is { } generation && keeper.Claim(row.Name, generation)
                ? Exit(keeper.AwaitExit(row.Name, generation, ExitTimeout), outOfMemory)
                : ExitRecord.Read(context.Zoned.RunDirectory, row.Name, row.Generation) with { OutOfMemory = outOfMemory };
            exit = EndOf(row, exit);
            List<Resource> gone = ReleaseOrReport(row.Name, rows);
            context.Catalogue.Release(row.Name, gone, PathDown(row.ZoneState), exit);
            ExitRecord.Remove(context.Zoned.RunDirectory, row.Name);
            keeper?.Done(row.Name, up: false);
        });
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
        return RowOf(name, held) is { } row ? SeeTo(row, held) : 0;
    }

    private int SeeTo(ZoneRow row, ZoneLock held)
    {
        ZoneSpec spec = context.Spec(row);
        List<Resource> rows = context.Catalogue.Ledger(row.Name);
        ProcessIdentity? owner = OwnerOf(rows);
        bool ended = HasEnded(row);
        ExitStatus? exit = ended ? Conclude(row, rows, null) : null;
        ZoneRow settled = ended ? context.Row(row.Name) : Settle(row, keeper: null);
        if (owner is { IsAlive: false })
        {
            Delete(settled, held, force: true);
            return 0;
        }

        if (exit is null)
        {
            return settled is { ZoneState: ZoneState.Installed, Restarts: > 0 } && spec.Restart != RestartPolicy.Never ? BootAgain(settled, owner) : 0;
        }

        if (row.ZoneState != ZoneState.Running)
        {
            return 0;
        }

        // reboot(2) inside ends process 1 with SIGHUP, power-off and halt with SIGINT (pid_namespaces(7)).
        if (exit.Signal == Wire.Linux.SIGHUP)
        {
            return BootAgain(settled, owner);
        }

        bool again = spec.Restart == RestartPolicy.Always || (spec.Restart == RestartPolicy.OnFailure && exit.Code != 0);
        return again && exit.Signal != Wire.Linux.SIGINT ? Pause(row, exit, owner) : 0;
    }

    /// <summary>Notes a restart and has zoned come back when its pause is over; a zone that ran steadily begins anew without one.</summary>
    private int Pause(ZoneRow row, ExitStatus exit, ProcessIdentity? owner)
    {
        long ranFor = context.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - (row.BootedAt ?? 0);
        long restarts = ranFor > SteadyRun.TotalMilliseconds ? 1 : row.Restarts + 1;
        context.Catalogue.SetRestarts(row.Name, restarts, $"restart {restarts} after status {exit.Code}");
        Log.Restarted(context.Logger, row.Name, exit.Code, (int)restarts);
        if (owner is not null)
        {
            // The intent of the boot to come keeps in mind whose zone it is.
            context.Catalogue.Begin(number => [new(row.Name, number, ProcessKind.Name, row.Name, ProcessKind.Data(context.CgroupPath(row.Name), owner))]);
        }

        return Wire.AgentExit.Again + (int)Math.Min(restarts - 1, LongestPause);
    }

    /// <summary>Boots a zone that nobody else will: the keeper that asked for it may die meanwhile, and the next one knows of nothing.</summary>
    private int BootAgain(ZoneRow row, ProcessIdentity? owner)
    {
        const int attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using KeeperConnection keeper = context.Zoned.Keeper();
                Boot(row, new(), owner, keeper, CancellationToken.None);
                return 0;
            }
            catch (ZoneException e) when (e.IsTransient && attempt < attempts)
            {
                row = Settle(context.Row(row.Name), keeper: null);
            }
        }
    }
}
