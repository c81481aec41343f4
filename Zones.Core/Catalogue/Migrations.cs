using Dapper;
using Microsoft.Data.Sqlite;

namespace Zones.Catalogue;

/// <summary>The catalogue's versions: each entry leads from its index to the next (PRAGMA user_version). Entries are never changed
/// once released.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE zone (
            name TEXT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, spec TEXT NOT NULL, state TEXT NOT NULL, zonepath TEXT NOT NULL UNIQUE,
            generation INTEGER, id_base INTEGER, pid INTEGER, start_ticks INTEGER, boot_id TEXT, booted_at INTEGER,
            exit_code INTEGER, exit_signal INTEGER, exit_oom INTEGER, restarts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY, zone TEXT NOT NULL, generation INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            data TEXT NOT NULL, held INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX ledger_zone ON ledger (zone);
        CREATE TABLE event (
            cursor INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, zone TEXT NOT NULL, kind TEXT NOT NULL,
            from_state TEXT, to_state TEXT, detail TEXT);
        CREATE TABLE lease (kind TEXT NOT NULL, value INTEGER NOT NULL, zone TEXT NOT NULL, PRIMARY KEY (kind, value)) WITHOUT ROWID;
        INSERT INTO meta VALUES ('state-id', lower(hex(randomblob(4)))), ('generation', '0');
        """,
        """
        CREATE TABLE pool (name TEXT PRIMARY KEY, bridge TEXT NOT NULL, nat INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE pool_subnet (
            pool TEXT NOT NULL, family INTEGER NOT NULL, prefix TEXT NOT NULL, gateway TEXT, ranges TEXT NOT NULL DEFAULT '', next TEXT,
            PRIMARY KEY (pool, family)) WITHOUT ROWID;
        CREATE TABLE reservation (address TEXT PRIMARY KEY, pool TEXT NOT NULL, zone TEXT, comment TEXT) WITHOUT ROWID;
        CREATE TABLE address (
            address TEXT PRIMARY KEY, length INTEGER NOT NULL, zone TEXT NOT NULL, link TEXT NOT NULL, pool TEXT) WITHOUT ROWID;
        CREATE INDEX address_zone ON address (zone);
        CREATE TABLE mac (zone TEXT NOT NULL, link TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (zone, link)) WITHOUT ROWID;
        CREATE TABLE rule (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE redirect (
            id INTEGER PRIMARY KEY AUTOINCREMENT, protocol TEXT NOT NULL, address TEXT, first INTEGER NOT NULL, last INTEGER NOT NULL,
            zone TEXT NOT NULL, target INTEGER NOT NULL);
        CREATE INDEX redirect_zone ON redirect (zone);
        CREATE INDEX ledger_bridge ON ledger (name) WHERE kind = 'bridge';
        CREATE INDEX ledger_hosts ON ledger (name) WHERE kind = 'hosts';
        CREATE INDEX ledger_firewall ON ledger (zone) WHERE kind = 'firewall';
        """,
        "ALTER TABLE zone ADD COLUMN missing TEXT",

        // What a running zone is where that is not its spec; what it is being changed to; the set whose apply made it.
        """
        ALTER TABLE zone ADD COLUMN running_spec TEXT;
        ALTER TABLE zone ADD COLUMN changing TEXT;
        ALTER TABLE zone ADD COLUMN apply_set TEXT;
        """,

        // Who has a MAC address: asked at every boot with a link.
        "CREATE INDEX ledger_mac ON ledger (json_extract(data, '$.Mac')) WHERE kind = 'link'",

        // The boot that is to come by itself.
        "ALTER TABLE zone ADD COLUMN next_boot TEXT",
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Current => Steps.Length;

    /// <summary>Brings a catalogue to the current version, once, whoever comes first.</summary>
    /// <exception cref="ZoneException">It was written by a newer program.</exception>
    public static void Apply(SqliteConnection connection, string path)
    {
        long version = Version(connection, path);
        if (version == Current)
        {
            return;
        }

        Store.InTransaction(connection, () =>
        {
            for (version = Version(connection, path); version < Current; version++)
            {
                Store.Run(connection, Steps[version]);
                Store.Run(connection, $"PRAGMA user_version={version + 1}");
            }

            return version;
        });
    }

    private static long Version(SqliteConnection connection, string path)
    {
        long version = connection.QuerySingle<long>("PRAGMA user_version");
        return version <= Current
            ? version
            : throw new ZoneException($"{path}: was made by a newer version of zones (catalogue version {version}, this program knows {Current}); use that version") { Path = path };
    }
}
