namespace Zones;

/// <summary>What became of a change of a zone's spec.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Applied">What is in force now; for a zone that is not up, all that was changed.</param>
/// <param name="Pending">What waits for the next boot, earlier changes too: the difference between the zone that runs and its spec.</param>
public sealed record ZoneChange(string Zone, SpecList<PropertyChange> Applied, SpecList<PropertyChange> Pending);
