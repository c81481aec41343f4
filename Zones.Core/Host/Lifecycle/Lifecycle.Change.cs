using Zones.Catalogue;
using Zones.Cgroups;
using Zones.Specs;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>Changing a zone's spec, and at once what of it a running zone can take.</content>
internal sealed partial class Lifecycle
{
    public async Task<ZoneChange> UpdateAsync(string name, ZoneSpec spec, ZoneSpec? expected, CancellationToken cancellationToken)
    {
        ThrowIfWrong(ZoneSpecValidator.Validate(spec), name);
        ZoneChange? change = null;
        bool up = context.Row(name).ZoneState.IsUp();
        await OperateAsync(Verb.Update, name, needsZoned: up, (row, _, keeper) =>
        {
            Check(Verb.Update, row);
            ZoneSpec current = context.Spec(row);
            ThrowIfOther(row, expected, "update");
            ThrowIfWrong(ImmutableProperties.Check(current, spec, hasFiles: row.ZoneState != ZoneState.Configured), name);
            change = Update(row, current, spec, keeper);
        }, cancellationToken).ConfigureAwait(false);
        return change!;
    }

    /// <summary>What a change would do, without doing it.</summary>
    public List<PropertyChange> Foresee(ZoneRow row, ZoneSpec spec)
    {
        ZoneSpec current = context.Spec(row);
        ThrowIfWrong(ImmutableProperties.Check(current, spec, hasFiles: row.ZoneState != ZoneState.Configured), row.Name);
        List<PropertyChange> changes = SpecDiff.Between(current, spec);
        if (!row.ZoneState.IsLive())
        {
            return changes;
        }

        List<PropertyChange> pending = LiveSpec.Of(context.InForce(row), spec, context.Cgroups).Pending(spec);
        return changes.ConvertAll(change => pending.Find(other => other.Property == change.Property) is { } waits ? change with { Waits = waits.Waits } : change);
    }

    /// <summary>Refuses to act on a zone that is not what the caller has seen.</summary>
    private void ThrowIfOther(ZoneRow row, ZoneSpec? expected, string operation)
    {
        if (expected is not null && !expected.Equals(context.Spec(row)))
        {
            throw new ZoneException($"{row.Name}: its spec was changed by somebody else meanwhile; look at it again and repeat the {operation}") { Zone = row.Name, Operation = operation, IsTransient = true };
        }
    }

    private static void ThrowIfWrong(IReadOnlyList<SpecProblem> problems, string name)
    {
        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = name, Operation = "update" };
        }
    }

    private ZoneChange Update(ZoneRow row, ZoneSpec current, ZoneSpec spec, KeeperConnection? keeper)
    {
        string text = ZoneSpecYaml.Write(spec);
        List<PropertyChange> changes = SpecDiff.Between(current, spec);
        if (row.ZoneState.IsUp())
        {
            // What could not boot is not to be the spec of a zone that does something now.
            _verifier.Require(spec);
        }

        if (row.ZoneState.IsLive())
        {
            return UpdateLive(row, spec, text, changes);
        }

        if (changes.Count > 0)
        {
            if (row.ZoneState == ZoneState.Ready)
            {
                ReadyAnew(row, spec, text, changes, keeper);
            }
            else
            {
                Record(row, spec, text, null, changes);
            }
        }

        return new(row.Name, [.. changes], []);
    }

    private ZoneChange UpdateLive(ZoneRow row, ZoneSpec spec, string text, List<PropertyChange> changes)
    {
        PutRight(row);
        ZoneSpec inForce = context.InForce(row);
        LiveSpec live = LiveSpec.Of(inForce, spec, context.Cgroups);
        List<PropertyChange> applied = SpecDiff.Between(inForce, live.InForce);
        string running = ZoneSpecYaml.Write(live.InForce);
        if (applied.Count > 0)
        {
            Bring(row, inForce, live.InForce, running);
        }

        if (applied.Count > 0 || changes.Count > 0)
        {
            context.Remember(running, live.InForce);
            Record(row, spec, text, running == text ? null : running, changes);

            // Commands that were started while the catalogue still told of the old limits.
            new LimitChange(context.Cgroups, context.CgroupPath(row.Name)).Join(CgroupPlan.For(live.InForce, context.Cgroups));
        }

        return new(row.Name, [.. applied], [.. live.Pending(spec)]);
    }

    /// <summary>Changes the zone itself, with a note of it beforehand; what fails is undone before the error is thrown.</summary>
    private void Bring(ZoneRow row, ZoneSpec from, ZoneSpec to, string running)
    {
        LiveZone zone = new(context, row);
        if (!zone.Concerns(from, to))
        {
            return;
        }

        context.Catalogue.BeginChange(row.Name, running);
        try
        {
            zone.Bring(from, to, lazily: false);
        }
        catch
        {
            TryPutRight(row with { Changing = running });
            throw;
        }
    }

    private void Record(ZoneRow row, ZoneSpec spec, string text, string? running, List<PropertyChange> changes)
    {
        const int most = 1000;
        string detail = string.Join("; ", changes);
        context.Catalogue.EndChange(row.Name, text, context.ZonepathOf(spec), running, changes.Count == 0 ? null : detail.Length > most ? detail[..most] + "…" : detail);
        context.Remember(text, spec);
        Log.Changed(context.Logger, row.Name, changes.Count);
    }

    /// <summary>Nothing runs in a ready zone, so it is made ready anew, by the new spec; by the old one when that does not work.</summary>
    private void ReadyAnew(ZoneRow row, ZoneSpec spec, string text, List<PropertyChange> changes, KeeperConnection? keeper)
    {
        Halt(row, keeper, "to be changed");
        Record(row, spec, text, null, changes);
        try
        {
            Ready(context.Row(row.Name));
        }
        catch
        {
            context.Catalogue.EndChange(row.Name, row.Spec, row.Zonepath, null, "the change did not work and was undone");
            Ready(context.Row(row.Name));
            throw;
        }
    }

    /// <summary>Undoes a change of a running zone that was begun and never committed.</summary>
    private void PutRight(ZoneRow row)
    {
        if (row.Changing is { } changing)
        {
            Log.ChangeUndone(context.Logger, row.Name);
            new LiveZone(context, row).Bring(ZoneSpecYaml.ReadStored(changing, row.Name), context.InForce(row), lazily: true);
            context.Catalogue.DropChange(row.Name);
        }
    }

    /// <summary>The same before another verb, which it keeps from nothing: the note stays for the next attempt.</summary>
    private void TryPutRight(ZoneRow row)
    {
        if (row.Changing is null)
        {
            return;
        }

        try
        {
            PutRight(row);
        }
        catch (ZoneException e)
        {
            Log.NotReleased(context.Logger, row.Name, "change", row.Name, e.Message);
        }
    }
}
