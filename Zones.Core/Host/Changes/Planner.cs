using Zones.Catalogue;
using Zones.Specs;

namespace Zones.Hosting;

/// <summary>From a set of specs to what is to be done, and doing it.</summary>
internal sealed class Planner(HostContext context, Lifecycle lifecycle)
{
    /// <summary>Compares; changes nothing.</summary>
    /// <exception cref="ZoneSpecException">Specs of the set are wrong: all problems of all of them.</exception>
    public ApplyPlan Plan(ApplyRequest request)
    {
        if (request is { Prune: true, Set: null })
        {
            throw new ArgumentException("which zones an earlier apply made is known only of a set that has a name", nameof(request));
        }

        List<SpecProblem> problems = [.. request.Specs.SelectMany(ZoneSpecValidator.Validate)];
        problems.AddRange(request.Specs.GroupBy(spec => spec.Zone).Where(group => group.Count() > 1).Select(group => new SpecProblem("zone", group.Key, $"'{group.Key}' is the name of {group.Count()} specs of the set; keep one of them")));
        Dictionary<string, ZoneRow> rows = context.Catalogue.List().ToDictionary(row => row.Name, StringComparer.Ordinal);
        List<PlannedZone> zones = [];
        foreach (ZoneSpec spec in problems.Count > 0 ? [] : request.Specs.Where(spec => IsSelected(request, spec)))
        {
            try
            {
                if (Planned(rows.GetValueOrDefault(spec.Zone), spec) is { } planned)
                {
                    zones.Add(planned with { Set = request.Set });
                }
            }
            catch (ZoneSpecException e)
            {
                problems.AddRange(e.Problems.Select(problem => problem with { Source = spec.Zone }));
            }
        }

        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Operation = "apply" };
        }

        if (request.Prune)
        {
            HashSet<string> kept = [.. request.Specs.Select(spec => spec.Zone)];
            zones.AddRange(rows.Values.Where(row => row.ApplySet is { } set && Path.TrimEndingDirectorySeparator(set) == request.Set && !kept.Contains(row.Name) && IsSelected(request, context.Spec(row)))
                .Select(row => new PlannedZone(row.Name, PlannedAction.Delete, [], context.Spec(row), null) { Set = request.Set }));
        }

        return new([.. zones]);
    }

    /// <summary>Does what a plan says, to zones that are still as it found them.</summary>
    public async Task<ApplyReport> ApplyAsync(ApplyPlan plan, CancellationToken cancellationToken)
    {
        List<string> created = [], deleted = [];
        List<ZoneChange> changed = [];
        List<ZoneFailure> failures = [];
        foreach (PlannedZone zone in plan.Zones)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                switch (zone.Action)
                {
                    case PlannedAction.Create:
                        await lifecycle.CreateAsync(zone.To!, cancellationToken, zone.Set).ConfigureAwait(false);
                        created.Add(zone.Zone);
                        break;
                    case PlannedAction.Change:
                        changed.Add(await lifecycle.UpdateAsync(zone.Zone, zone.To!, zone.From, cancellationToken).ConfigureAwait(false));
                        break;
                    default:
                        await lifecycle.DeleteAsync(zone.Zone, force: true, cancellationToken, zone.From).ConfigureAwait(false);
                        deleted.Add(zone.Zone);
                        break;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One zone keeps no other from its turn.
                failures.Add(ZoneFailure.Of(zone.Zone, e.Message));
            }
        }

        return new([.. created], [.. changed], [.. deleted], [.. failures]);
    }

    private static bool IsSelected(ApplyRequest request, ZoneSpec spec) =>
        request.Selector.All(wanted => spec.Attr.TryGetValue(wanted.Key, out string? value) && value == wanted.Value);

    private PlannedZone? Planned(ZoneRow? row, ZoneSpec spec)
    {
        if (row is null)
        {
            return new(spec.Zone, PlannedAction.Create, [], null, spec);
        }

        List<PropertyChange> changes = lifecycle.Foresee(row, spec);
        return changes.Count == 0 ? null : new(spec.Zone, PlannedAction.Change, [.. changes], context.Spec(row), spec);
    }
}
