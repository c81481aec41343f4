namespace Zones;

/// <summary>A set of specs that zones are to be like.</summary>
/// <param name="Specs">One for each zone.</param>
public sealed record ApplyRequest(SpecList<ZoneSpec> Specs)
{
    /// <summary>What the set is called, such as the full path of its directory, whose last slash makes no difference. Zones that an apply makes carry it; it is what
    /// <see cref="Prune"/> goes by. Null for a set of this once.</summary>
    public string? Set
    {
        get;
        init => field = value is null ? null : Path.TrimEndingDirectorySeparator(value);
    }

    /// <summary>Delete the zones that an earlier apply of the same <see cref="Set"/> made and that are no longer in it.</summary>
    public bool Prune { get; init; }

    /// <summary>Only zones that have all these attributes: of the specs, and of the zones to be deleted.</summary>
    public SpecMap Selector { get; init => field = value ?? new(); } = new(); // JSON without it gives null
}

/// <summary>What <see cref="IZoneHost.PlanAsync"/> found to be done.</summary>
/// <param name="Zones">The zones for which something is to be done: those to be created and changed in the order of the request, then those to be deleted.</param>
public sealed record ApplyPlan(SpecList<PlannedZone> Zones);

/// <summary>What is to be done for one zone.</summary>
/// <param name="Zone">Its name.</param>
/// <param name="Action">What.</param>
/// <param name="Changes">The differences; those with <see cref="PropertyChange.Waits"/> a running zone takes with its next boot.</param>
/// <param name="From">Its spec now; null for one to be created. The zone is left alone when that is another by the time of the apply.</param>
/// <param name="To">Its spec then; null for one to be deleted.</param>
public sealed record PlannedZone(string Zone, PlannedAction Action, SpecList<PropertyChange> Changes, ZoneSpec? From, ZoneSpec? To)
{
    /// <summary>The set that the plan was made for.</summary>
    public string? Set { get; init; }
}

/// <summary>Kinds of <see cref="PlannedZone"/>.</summary>
public enum PlannedAction
{
    /// <summary>Recorded as configured.</summary>
    Create,

    /// <summary>Its spec is changed.</summary>
    Change,

    /// <summary>Halted, uninstalled and forgotten.</summary>
    Delete,
}

/// <summary>What became of a plan. A zone that failed keeps no other from its turn.</summary>
/// <param name="Created">Zones that were created.</param>
/// <param name="Changed">Zones that were changed.</param>
/// <param name="Deleted">Zones that were deleted.</param>
/// <param name="Failures">Zones for which it did not work, each as it was before.</param>
public sealed record ApplyReport(SpecList<string> Created, SpecList<ZoneChange> Changed, SpecList<string> Deleted, SpecList<ZoneFailure> Failures);
