using Zones.Catalogue;
using Zones.Roots;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>Unavailable: what a zone needs is not there, or somebody said so.</content>
internal sealed partial class Lifecycle
{
    /// <summary>Puts an installed zone into a state by hand, or takes it out of unavailable.</summary>
    public Task MarkAsync(string name, ZoneState state, CancellationToken cancellationToken)
    {
        Verb verb = state switch
        {
            ZoneState.Incomplete => Verb.MarkIncomplete,
            ZoneState.Unavailable => Verb.MarkUnavailable,
            ZoneState.Installed => Verb.MarkInstalled,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "a zone is marked incomplete, unavailable or installed"),
        };
        return OperateAsync(verb, name, needsZoned: false, (row, _, keeper) =>
        {
            bool proceeds = Check(verb, row);
            if (verb != Verb.MarkInstalled)
            {
                // Nothing boots a zone against its mark.
                ForgetNextBoot(row, keeper);
            }

            if (!proceeds)
            {
                return;
            }

            switch (verb)
            {
                case Verb.MarkUnavailable:
                    context.Catalogue.SetUnavailable(name, null);
                    break;
                case Verb.MarkIncomplete:
                    context.Catalogue.SetState(name, row.ZoneState, state, Durability.Full, "mark");
                    break;
                default:
                    MakeAvailable(row, "mark");
                    break;
            }

            Log.StateChanged(context.Logger, name, row.State, state.Text());
        }, cancellationToken);
    }

    /// <summary>unavailable → installed.</summary>
    /// <exception cref="ZoneSpecException">What the zone needs is not there.</exception>
    private void MakeAvailable(ZoneRow row, string operation)
    {
        if (_verifier.Missing(context.Spec(row), row.Zonepath) is [_, ..] missing)
        {
            throw new ZoneSpecException(missing) { Zone = row.Name, Operation = operation };
        }

        context.Catalogue.SetState(row.Name, ZoneState.Unavailable, ZoneState.Installed, Durability.Normal, operation);
    }

    /// <summary>Verifies; an installed zone that lacks something becomes unavailable.</summary>
    private SharedRoot? RequireInstalled(ZoneRow row, ZoneSpec spec) => _verifier.RequireInstalled(spec, row.Zonepath, missing =>
    {
        if (row.ZoneState == ZoneState.Installed)
        {
            Lose(row, missing);
        }
    });

    private void Lose(ZoneRow row, SpecProblem missing)
    {
        context.Catalogue.SetUnavailable(row.Name, missing.ToString());
        Log.Unavailable(context.Logger, row.Name, missing.ToString());
    }

    /// <summary>The zone as it is when what it lacked is there again; unchanged while it is not.</summary>
    private ZoneRow Back(ZoneRow row)
    {
        if (_verifier.Missing(context.Spec(row), row.Zonepath).Count > 0)
        {
            return row;
        }

        context.Catalogue.SetState(row.Name, ZoneState.Unavailable, ZoneState.Installed, Durability.Normal, "what was missing is there again");
        Log.StateChanged(context.Logger, row.Name, row.State, "installed");
        return context.Row(row.Name);
    }

    /// <summary>Looks at every zone that is down whether what it needs is there.</summary>
    private async Task FindMissingAsync(KeeperConnection keeper, RecoveryNotes notes, CancellationToken cancellationToken)
    {
        foreach (ZoneRow found in context.Catalogue.List().Where(row => row.ZoneState is ZoneState.Installed or ZoneState.Unavailable))
        {
            using ZoneLock held = await ZoneLock.AcquireAsync(context.State, found.Name, cancellationToken).ConfigureAwait(false);
            if (RowOf(found.Name, held) is not { } row)
            {
                continue;
            }

            try
            {
                FindMissing(row, notes);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One zone keeps no other from being looked at.
                notes.NoteFailure(row.Name, e.Message);
            }
            finally
            {
                Remind(row.Name, keeper);
            }
        }
    }

    private void FindMissing(ZoneRow row, RecoveryNotes notes)
    {
        ZoneRow settled = Settle(row, keeper: null);
        if (settled.ZoneState == ZoneState.Installed && row.ZoneState == ZoneState.Unavailable)
        {
            notes.Available.Add(row.Name);
        }

        if (settled.ZoneState == ZoneState.Installed && _verifier.Missing(context.Spec(settled), settled.Zonepath) is [{ } missing, ..])
        {
            Lose(settled, missing);
            notes.Unavailable.Add(ZoneFailure.Of(row.Name, missing.ToString()));
        }
    }
}
