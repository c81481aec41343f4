using Zones.Catalogue;

namespace Zones.Hosting;

/// <summary>What a recovery has found and done so far.</summary>
internal sealed class RecoveryNotes
{
    private readonly HashSet<string> _strange = [];

    public List<string> Adopted { get; } = [];

    public List<string> Released { get; } = [];

    public List<string> Undone { get; } = [];

    public List<ZoneFailure> Unavailable { get; } = [];

    public List<string> Available { get; } = [];

    public List<ZoneFailure> Failed { get; } = [];

    public List<string> Unknown { get; } = [];

    /// <summary>A row that nobody here can do anything with.</summary>
    public void NoteUnknown(Resource resource)
    {
        _strange.Add(resource.Zone);
        Unknown.Add($"{resource.Zone}: {resource.Kind} {resource.Name}");
    }

    /// <summary>Something did not work: told, and no reason to leave the others as they are.</summary>
    public void NoteFailure(string zone, string reason) => Failed.Add(ZoneFailure.Of(zone, reason));

    /// <summary>All of it.</summary>
    /// <param name="zones">The zones as they are now.</param>
    public RecoveryReport Report(IEnumerable<ZoneRow> zones)
    {
        HashSet<string> touched = [.. _strange, .. Released, .. Undone, .. Available, .. Unavailable.Concat(Failed).Select(failure => failure.Zone)];
        return new(Adopted, Released, Unknown)
        {
            Undone = Undone,
            Unavailable = Unavailable,
            Available = Available,
            Failed = Failed,
            Well = zones.Count(zone => !touched.Contains(zone.Name) && zone.ZoneState is not (ZoneState.Unavailable or ZoneState.Incomplete)),
        };
    }
}
