using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Hosting;

namespace Zones.Catalogue;

/// <summary>What is known of all zones: specs, states, leases, events, and the ledger of what they hold. The contract that makes
/// every crash harmless: before any kernel object of an operation is made, <see cref="Begin(Func{long, IReadOnlyList{Resource}})"/> commits the intents of all of
/// them; when all are made, <see cref="Hold"/> marks them held together with the new state; Release forgets
/// them together with the state after. Whoever finds rows that are not held, or held by a zone whose process 1 is gone,
/// releases them. A change of state and its event are one transaction.</summary>
internal sealed partial class ZoneCatalogue(Store store, ZonesOptions options)
{
    private const string Columns =
        "name AS Name, uuid AS Uuid, spec AS Spec, state AS State, zonepath AS Zonepath, generation AS Generation, id_base AS IdBase, "
        + "pid AS Pid, start_ticks AS StartTicks, boot_id AS BootId, booted_at AS BootedAt, exit_code AS ExitCode, "
        + "exit_signal AS ExitSignal, exit_oom AS ExitOom, restarts AS Restarts, missing AS Missing, running_spec AS RunningSpec, changing AS Changing, apply_set AS ApplySet, next_boot AS NextBoot";

    private const string LedgerColumns = "id AS Id, zone AS Zone, generation AS Generation, kind AS Kind, name AS Name, data AS Data, held AS Held";

    /// <summary>A zone, or null.</summary>
    public ZoneRow? Find(string name) => store.Read(
        connection => connection.QueryFirstOrDefault<ZoneRow>($"SELECT {Columns} FROM zone WHERE name = @name", new { name }), null);

    // Lists are spread, not Dapper's AsList: that one method would bring in all of Dapper's reflection, which AOT cannot have.
    /// <summary>All zones, by name.</summary>
    public List<ZoneRow> List() => store.Read<List<ZoneRow>>(
        connection => [.. connection.Query<ZoneRow>($"SELECT {Columns} FROM zone ORDER BY name")], []);

    /// <summary>What a zone holds or was about to hold, in the order of acquisition.</summary>
    public List<Resource> Ledger(string zone) => store.Read(
        connection => connection.Query<LedgerData>($"SELECT {LedgerColumns} FROM ledger WHERE zone = @zone ORDER BY id", new { zone }).Select(row => row.ToResource()).ToList(), []);

    /// <summary>Zones that somebody has to look at who knows of nothing: they have rows in the ledger, or a boot is to come.</summary>
    public List<string> Unrecovered() => store.Read<List<string>>(
        connection => [.. connection.Query<string>("SELECT zone FROM ledger UNION SELECT name FROM zone WHERE next_boot IS NOT NULL ORDER BY 1")], []);

    /// <summary>Records a zone as configured.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="spec">The spec as YAML.</param>
    /// <param name="zonepath">Where its private files are to be.</param>
    /// <param name="identity">Its uuid; null for a new one.</param>
    /// <param name="applySet">The set of specs whose apply makes it; null for none.</param>
    /// <exception cref="ZoneException">The name or the zonepath is taken.</exception>
    public void Create(string name, string spec, string zonepath, Guid? identity = null, string? applySet = null) => store.Write(Durability.Full, connection =>
    {
        if (connection.QueryFirstOrDefault<string>("SELECT name FROM zone WHERE name = @name", new { name }) is not null)
        {
            throw new ZoneException($"{name}: a zone of that name exists; choose another name or delete it first") { Zone = name };
        }

        RefuseOverlap(connection, name, zonepath);

        string uuid = Unused(connection, identity, name) ?? Guid.NewGuid().ToString();
        string state = ZoneState.Configured.Text();
        connection.Execute("INSERT INTO zone (name, uuid, spec, state, zonepath, apply_set) VALUES (@name, @uuid, @spec, @state, @zonepath, @applySet)", new { name, uuid, spec, state, zonepath, applySet });
        return AddEvent(connection, name, "created", null, state, null);
    });

    /// <summary>Forgets a configured zone and its leases.</summary>
    public void Delete(string name) => store.Write(Durability.Full, connection =>
    {
        connection.Execute("DELETE FROM zone WHERE name = @name", new { name });
        connection.Execute("DELETE FROM lease WHERE zone = @name", new { name });
        FreeAddresses(connection, name);
        connection.Execute("DELETE FROM mac WHERE zone = @name", new { name });
        connection.Execute("DELETE FROM redirect WHERE zone = @name", new { name });
        return AddEvent(connection, name, "deleted", ZoneState.Configured.Text(), null, null);
    });

    /// <summary>Changes a zone's state.</summary>
    public void SetState(string name, ZoneState from, ZoneState to, Durability durability, string? detail = null) => store.Write(durability, connection =>
        Move(connection, name, from, to, detail));

    /// <summary>Commits the intents of an operation, all at once, before anything of it is made.</summary>
    /// <param name="intents">What is to be made, in order; made from a new boot's number.</param>
    /// <returns>The number, and the rows.</returns>
    public (long Generation, List<Resource> Rows) Begin(Func<long, IReadOnlyList<Resource>> intents) =>
        Begin(null, Durability.Normal, (_, number) => intents(number));

    /// <summary>As the other, for intents that are found in the transaction itself.</summary>
    /// <param name="generation">The boot's number; null for a new one.</param>
    /// <param name="durability">Full when <paramref name="intents"/> writes what outlives the kernel.</param>
    /// <param name="intents">What is to be made, in order; made from the transaction and the boot's number.</param>
    /// <returns>The number, and the rows.</returns>
    public (long Generation, List<Resource> Rows) Begin(long? generation, Durability durability, Func<SqliteConnection, long, IReadOnlyList<Resource>> intents) => store.Write(durability, connection =>
    {
        long number = generation ?? NextGeneration(connection);
        return (number, Insert(connection, intents(connection, number)));
    });

    /// <summary>All that was begun is made: marks it held, with the states that were passed through. The boot that was to come, if one was, has come.</summary>
    public void Hold(string name, long generation, IReadOnlyList<(ZoneState From, ZoneState To)> path, ProcessIdentity? process) => store.Write(Durability.Normal, connection =>
    {
        connection.Execute("UPDATE ledger SET held = 1 WHERE zone = @name AND generation = @generation AND held = 0", new { name, generation });
        long? pid = process?.Pid;
        long? start = process?.StartTicks;
        string? boot = process?.BootId;
        long? booted = process is null ? null : Now;
        connection.Execute(
            "UPDATE zone SET generation = @generation, pid = @pid, start_ticks = @start, boot_id = @boot, booted_at = @booted, next_boot = NULL WHERE name = @name",
            new { name, generation, pid, start, boot, booted });
        long cursor = 0;
        foreach ((ZoneState from, ZoneState to) in path)
        {
            cursor = Move(connection, name, from, to, null);
        }

        return cursor;
    });

    /// <summary>What was released is forgotten, with the states that were passed through and how the run ended.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="released">Rows that are gone.</param>
    /// <param name="path">States passed through; empty when the state stays.</param>
    /// <param name="exit">How the run ended; null when none did.</param>
    /// <param name="detail">For the events.</param>
    /// <param name="next">The boot that is to come; null when none is.</param>
    public void Release(string name, IReadOnlyList<Resource> released, IReadOnlyList<(ZoneState From, ZoneState To)> path, ExitStatus? exit, string? detail = null, NextBoot? next = null) => store.Write(Durability.Normal, connection =>
    {
        Delete(connection, released);
        if (path.Count > 0)
        {
            connection.Execute("UPDATE zone SET generation = NULL, pid = NULL, start_ticks = NULL, boot_id = NULL, booted_at = NULL, running_spec = NULL, changing = NULL WHERE name = @name", new { name });
        }

        if (exit is not null)
        {
            long code = exit.Code, signal = exit.Signal, oom = exit.OutOfMemory ? 1 : 0;
            connection.Execute("UPDATE zone SET exit_code = @code, exit_signal = @signal, exit_oom = @oom WHERE name = @name", new { name, code, signal, oom });
            AddEvent(connection, name, "exited", null, null, Describe(exit));
        }

        long cursor = 0;
        foreach ((ZoneState from, ZoneState to) in path)
        {
            cursor = Move(connection, name, from, to, detail);
        }

        if (next is not null)
        {
            string text = next.Text;
            connection.Execute("UPDATE zone SET next_boot = @text WHERE name = @name", new { name, text });
        }

        if (next is { Restarts: > 0 and long restarts })
        {
            connection.Execute("UPDATE zone SET restarts = @restarts WHERE name = @name", new { name, restarts });
            cursor = AddEvent(connection, name, "restarted", null, null, $"restart {restarts} after status {exit?.Code}");
        }

        return cursor;
    });

    /// <summary>Whether another row is for the same thing: one that several zones share.</summary>
    public bool IsShared(Resource resource) => store.Read(
        connection =>
        {
            (string kind, string name, long id, string zone) = (resource.Kind, resource.Name, resource.Id, resource.Zone);
            return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM ledger WHERE kind = @kind AND name = @name AND (id <> @id OR zone <> @zone)", new { kind, name, id, zone }) > 0;
        },
        false);

    /// <summary>Forgets one row, at once: who looks next whether the thing is shared must not see it.</summary>
    public void Forget(Resource resource) => store.Write(Durability.Normal, connection =>
    {
        Delete(connection, [resource]);
        return true;
    });

    /// <summary>No boot is to come any more, and the restart policy counts from the start.</summary>
    public void DropNextBoot(string name) => store.Write(Durability.Normal, connection =>
        connection.Execute("UPDATE zone SET restarts = 0, next_boot = NULL WHERE name = @name", new { name }));

    /// <summary>A value of the state directory's own: state-id, recovered.</summary>
    public string? Meta(string key) => store.Read(connection => connection.QueryFirstOrDefault<string>("SELECT value FROM meta WHERE key = @key", new { key }), null);

    public void SetMeta(string key, string value) => store.Write(Durability.Normal, connection =>
        connection.Execute("INSERT INTO meta VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = @value", new { key, value }));

    /// <summary>Deletes rows, each if it is the very one: a number is given again as soon as nobody has it or a greater one, so a row that went before
    /// may have left its number to another zone's.</summary>
    private static void Delete(SqliteConnection connection, IReadOnlyList<Resource> rows)
    {
        foreach (Resource row in rows)
        {
            (long id, string zone, long generation) = (row.Id, row.Zone, row.Generation);
            connection.Execute("DELETE FROM ledger WHERE id = @id AND zone = @zone AND generation = @generation", new { id, zone, generation });
        }
    }

    /// <summary>By one statement, prepared once; rows that one transaction adds have numbers that follow one another.</summary>
    private static List<Resource> Insert(SqliteConnection connection, IReadOnlyList<Resource> intents)
    {
        connection.Execute("INSERT INTO ledger (zone, generation, kind, name, data) VALUES (@Zone, @Generation, @Kind, @Name, @Data)", intents);
        long first = SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle) - intents.Count + 1;
        return [.. intents.Select((intent, i) => intent with { Id = first + i })];
    }

    private long Now => options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private static long NextGeneration(SqliteConnection connection)
    {
        string value = connection.QuerySingle<string>("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation' RETURNING value");
        return long.Parse(value, CultureInfo.InvariantCulture);
    }

    /// <summary>Whichever package leased them, and whether or not it is loaded.</summary>
    private static void FreeAddresses(SqliteConnection connection, string name) => connection.Execute("DELETE FROM address WHERE zone = @name", new { name });

    private static string Describe(ExitStatus exit) => exit switch
    {
        { Code: -1 } => "nobody saw how",
        { Signal: not 0 } => $"signal {exit.Signal}{(exit.OutOfMemory ? ", out of memory" : "")}",
        _ => $"status {exit.Code}{(exit.OutOfMemory ? ", out of memory" : "")}",
    };

    /// <summary>No zonepath is in another's: what is removed with one zone is never a part of the next.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="name">The zone, for the error.</param>
    /// <param name="zonepath">What it is to have.</param>
    /// <param name="replaced">The zone whose own zonepath is given up for it, before anything is there; empty for none.</param>
    private static void RefuseOverlap(SqliteConnection connection, string name, string zonepath, string replaced = "")
    {
        // All that begin with "PATH/" sort between that and "PATH0", the next character: an index finds them.
        string below = zonepath + "/", after = zonepath + "0";
        string? holder = connection.QueryFirstOrDefault<string>("SELECT name FROM zone WHERE zonepath > @below AND zonepath < @after AND name <> @replaced", new { below, after, replaced });
        for (string? path = zonepath; holder is null && path is not null; path = Path.GetDirectoryName(path))
        {
            holder = connection.QueryFirstOrDefault<string>("SELECT name FROM zone WHERE zonepath = @path AND name <> @replaced", new { path, replaced });
        }

        if (holder is not null)
        {
            throw new ZoneException($"zonepath: {zonepath} is, or holds, or is in the zonepath of {holder}; choose another") { Zone = name };
        }
    }

    /// <summary>A state and its event. Who lost a race finds the state changed: the lock of the zone makes that a mistake of ours.</summary>
    private long Move(SqliteConnection connection, string name, ZoneState from, ZoneState to, string? detail)
    {
        string old = from.Text(), state = to.Text();
        int rows = connection.Execute("UPDATE zone SET state = @state WHERE name = @name AND state = @old", new { name, state, old });
        return rows == 1
            ? AddEvent(connection, name, "state", old, state, detail)
            : throw new ZoneException($"{name}: is not {old} any more; somebody changed it without its lock") { Zone = name, IsTransient = true };
    }
}
