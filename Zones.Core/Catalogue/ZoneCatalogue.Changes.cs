using Dapper;

namespace Zones.Catalogue;

/// <content>Changes of specs. That of a running zone is noted before anything is done to the zone, so that whoever comes after a
/// death in between knows what may be half-made.</content>
internal sealed partial class ZoneCatalogue
{
    /// <summary>Notes what a running zone is about to be changed to.</summary>
    public void BeginChange(string name, string changing) => store.Write(Durability.Normal, connection =>
        connection.Execute("UPDATE zone SET changing = @changing WHERE name = @name", new { name, changing }));

    /// <summary>The change was undone: the zone is what it was.</summary>
    public void DropChange(string name) => store.Write(Durability.Normal, connection =>
        connection.Execute("UPDATE zone SET changing = NULL WHERE name = @name", new { name }));

    /// <summary>Records a zone's new spec, what is in force in it, and the event, all in one.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="spec">The new spec.</param>
    /// <param name="zonepath">Where its private files are.</param>
    /// <param name="running">What is in force in a zone that is up, where it is not <paramref name="spec"/>; else null.</param>
    /// <param name="detail">For the event; null for none, when only what is in force changed.</param>
    public void EndChange(string name, string spec, string zonepath, string? running, string? detail) => store.Write(Durability.Full, connection =>
    {
        RefuseOverlap(connection, name, zonepath, replaced: name);
        connection.Execute(
            "UPDATE zone SET spec = @spec, zonepath = @zonepath, running_spec = @running, changing = NULL WHERE name = @name",
            new { name, spec, zonepath, running });
        return detail is null ? 0 : AddEvent(connection, name, "changed", null, null, detail);
    });
}
