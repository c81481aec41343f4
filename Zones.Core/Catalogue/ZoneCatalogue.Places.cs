using Dapper;
using Microsoft.Data.Sqlite;

namespace Zones.Catalogue;

/// <content>Zones that change their place, come, go, or lack something.</content>
internal sealed partial class ZoneCatalogue
{
    /// <summary>Fails when a place is another zone's, or this one's own.</summary>
    public void RequireFree(string name, string zonepath) => store.Read(connection =>
    {
        RefuseOverlap(connection, name, zonepath);
        return true;
    }, true);

    /// <summary>The private files are at another place: notes that, together with what of the move is left to do.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="zonepath">Where they are now.</param>
    /// <param name="spec">The spec that says so, as YAML.</param>
    /// <param name="done">Rows that have served.</param>
    /// <param name="left">What is still to be released.</param>
    /// <returns>The rows of <paramref name="left"/>.</returns>
    public List<Resource> Relocate(string name, string zonepath, string spec, IReadOnlyList<Resource> done, IReadOnlyList<Resource> left) => store.Write(Durability.Full, connection =>
    {
        RefuseOverlap(connection, name, zonepath);
        string from = connection.QuerySingle<string>("SELECT zonepath FROM zone WHERE name = @name", new { name });
        connection.Execute("UPDATE zone SET zonepath = @zonepath, spec = @spec WHERE name = @name", new { name, zonepath, spec });
        AddEvent(connection, name, "changed", null, null, $"zonepath: {from} -> {zonepath}");
        return Replace(connection, done, left);
    });

    /// <summary>installed → configured with the files left where they are; its ids and addresses are free.</summary>
    public void EndDetach(string name, IReadOnlyList<Resource> done) => store.Write(Durability.Full, connection =>
    {
        FreeRange(connection, name);
        FreeAddresses(connection, name);
        connection.Execute("UPDATE zone SET restarts = 0, next_boot = NULL WHERE name = @name", new { name });
        Replace(connection, done, []);
        return Move(connection, name, ZoneState.Installed, ZoneState.Configured, "detach");
    });

    /// <summary>configured → installed with files that were there.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="identity">The uuid that it has had; kept unless another zone has it.</param>
    /// <param name="left">What is still to be released.</param>
    /// <returns>The rows of <paramref name="left"/>.</returns>
    public List<Resource> EndAttach(string name, Guid identity, IReadOnlyList<Resource> left) => store.Write(Durability.Full, connection =>
    {
        if (Unused(connection, identity, name) is { } uuid)
        {
            connection.Execute("UPDATE zone SET uuid = @uuid WHERE name = @name", new { name, uuid });
        }

        Move(connection, name, ZoneState.Configured, ZoneState.Installed, "attach");
        return Replace(connection, [], left);
    });

    /// <summary>An attach that did not come about leaves its range free again; one that was committed before it failed keeps it.</summary>
    public void FreeIds(string name) => store.Write(Durability.Full, connection =>
    {
        string state = ZoneState.Configured.Text();
        if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM zone WHERE name = @name AND state = @state", new { name, state }) > 0)
        {
            FreeRange(connection, name);
        }

        return true;
    });

    /// <summary>installed → unavailable.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="missing">What is not there; null when somebody marks the zone, which then stays so until it is marked otherwise.</param>
    public void SetUnavailable(string name, string? missing) => store.Write(Durability.Normal, connection =>
    {
        connection.Execute("UPDATE zone SET missing = @missing WHERE name = @name", new { name, missing });
        return Move(connection, name, ZoneState.Installed, ZoneState.Unavailable, missing ?? "mark");
    });

    /// <summary>A uuid that no other zone has; else null.</summary>
    private static string? Unused(SqliteConnection connection, Guid? identity, string name)
    {
        string? uuid = identity?.ToString();
        return uuid is null || connection.ExecuteScalar<long>("SELECT COUNT(*) FROM zone WHERE uuid = @uuid AND name <> @name", new { uuid, name }) > 0 ? null : uuid;
    }

    private static List<Resource> Replace(SqliteConnection connection, IReadOnlyList<Resource> done, IReadOnlyList<Resource> left)
    {
        Delete(connection, done);
        return left.Count == 0 ? [] : Insert(connection, left);
    }
}
