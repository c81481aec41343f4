using System.Globalization;
using Zones.Catalogue;
using Zones.Interop;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>What died: putting one zone right, all of them, and what zoned's agent does.</content>
internal sealed partial class Lifecycle
{
    private const string RecoveredKey = "recovered";
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
        await FindMissingAsync(keeper, notes, cancellationToken).ConfigureAwait(false);
        return notes.Report(context.Catalogue.List());
    }

    private async Task RecoverAsync(KeeperConnection keeper, RecoveryNotes notes, CancellationToken cancellationToken)
    {
        bool wasDisturbed = false;
        foreach (string name in context.Catalogue.Unrecovered())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
            List<Resource> rows = context.Catalogue.Ledger(name);
            if (RowOf(name, held) is not { } found)
            {
                continue;
            }

            ZoneRow? row = null;
            try
            {
                row = Recover(found, rows, held, keeper, notes);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One zone that cannot be put right keeps no other from it; the next verb on it tries again and says why.
                Log.NotReleased(context.Logger, name, ProcessKind.Name, name, e.Message);
                notes.NoteFailure(name, e.Message);
                wasDisturbed |= e is ZoneException { IsTransient: true };
                continue;
            }
            finally
            {
                if (row?.ZoneState.IsLive() != true)
                {
                    Remind(name, keeper);
                }
            }

            if (row?.ZoneState.IsLive() == true)
            {
                notes.Adopted.Add(name);
            }

            // These stay, whatever became of the others.
            List<Resource> strange = rows.FindAll(resource => !context.Resources.Knows(resource.Kind));
            strange.ForEach(notes.NoteUnknown);
            bool failed = Compare(found, notes);
            if (!failed && rows.Count > 0 && strange.Count == 0 && row?.ZoneState is not (ZoneState.Ready or ZoneState.Running or ZoneState.ShuttingDown))
            {
                notes.Released.Add(name);
            }
        }

        SweepLocks();
        if (!wasDisturbed)
        {
            // What will not be otherwise the next time is not looked at before every verb.
            context.Catalogue.SetMeta(RecoveredKey, RecoveryMark(keeper));
        }

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
        if (row.ZoneState.IsLive() && HostContext.Identity(row) is { IsAlive: true } process)
        {
            ProcessIdentity? owner = OwnerOf(rows);
            using SafeFd? ownerProcess = owner?.Open();
            if (owner is not null && ownerProcess is null)
            {
                Delete(Settle(row, keeper), held, force: true);
                return null;
            }

            // Before anything else: whatever cannot be put right, the zone's end is seen.
            if (keeper.Adopt(row.Name, row.Generation ?? 0, process.Pid, process.StartTicks, ownerProcess))
            {
                context.Resources.AdoptAll(rows);
                return Settle(row, keeper);
            }
        }
        else if (!HasEnded(row) && row.NextBoot is null)
        {
            context.Resources.AdoptAll(rows);
            return Settle(row, keeper);
        }

        try
        {
            SeeTo(row, held);
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

    /// <summary>Commits the end of a zone that ended by itself, with the boot that is to follow, and releases what it held.</summary>
    private void Conclude(ZoneRow row, List<Resource> rows, KeeperConnection? connection)
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
            NextBoot? next = NextAfter(row, exit, OwnerOf(rows));
            context.Catalogue.Release(row.Name, gone, PathDown(row.ZoneState), exit, next: next);
            if (next is { Restarts: > 0 and long restarts })
            {
                Log.Restarted(context.Logger, row.Name, exit.Code, (int)restarts);
            }

            ExitRecord.Remove(context.Zoned.RunDirectory, row.Name);
            keeper?.Done(row.Name, up: false);
        });
        Log.Ended(context.Logger, row.Name, exit.Code);
    }

    /// <summary>What zoned's agent does: see <see cref="ZoneHost.RunAgentAsync"/>.</summary>
    public async Task SeeToAsync(string name, CancellationToken cancellationToken)
    {
        if (context.Catalogue.Find(name) is null)
        {
            return;
        }

        using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
        if (RowOf(name, held) is { } row)
        {
            SeeTo(row, held);
        }
    }

    /// <summary>Puts a zone right, and does what is to follow its end: it goes with its owner, or is booted again, now or in a while.</summary>
    private void SeeTo(ZoneRow row, ZoneLock held)
    {
        ProcessIdentity? owner = OwnerOf(context.Catalogue.Ledger(row.Name)) ?? (row.NextBoot is { } next ? NextBoot.Parse(next).Owner : null);
        ZoneRow settled = Settle(row, keeper: null);
        if (owner is { IsAlive: false })
        {
            Delete(settled, held, force: true);
        }
        else
        {
            BootNext(settled);
        }
    }
}
