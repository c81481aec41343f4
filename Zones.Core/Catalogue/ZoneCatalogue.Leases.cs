using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Roots;

namespace Zones.Catalogue;

/// <content>Leases: things of which no two zones may have the same. An id range may be a window's instead of a zone's; it
/// is let go with the last zone whose range it is.</content>
internal sealed partial class ZoneCatalogue
{
    private const uint RangeSize = 65_536;
    private const uint FirstRange = 16 * RangeSize; // above what distributions give to users
    private const uint LastRange = 0x7FFF0000;

    /// <summary>Leases a range of 65,536 ids and notes it with the zone, together with the step to incomplete that begins an install.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="wanted">The first id; null for the lowest range that nobody has, in the catalogue or in /etc/subuid and /etc/subgid.</param>
    /// <param name="window">The range that the zone's root leaves no choice of, with all the zones that have it; null for one of its own.</param>
    /// <param name="operation">For the event.</param>
    /// <returns>The first id.</returns>
    /// <exception cref="ZoneException">The range is another zone's, or the window's may be users' and is not <paramref name="wanted"/>.</exception>
    public uint BeginInstall(string name, uint? wanted, IdWindow? window = null, string operation = "install") => store.Write(Durability.Full, connection =>
    {
        FreeRange(connection, name);
        uint leased = Lease(connection, name, wanted, window);
        Move(connection, name, ZoneState.Configured, ZoneState.Incomplete, operation);
        return leased;
    });

    /// <summary>Leases a range of ids for files that are there already: the one that they have, if nobody else has it. The zone stays configured.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="wanted">The first id; null where the spec names none.</param>
    /// <param name="found">The first id of the files.</param>
    /// <param name="window">As for <see cref="BeginInstall"/>.</param>
    /// <returns>The first id.</returns>
    public uint BeginAttach(string name, uint? wanted, uint found, IdWindow? window) => store.Write(Durability.Full, connection =>
    {
        FreeRange(connection, name);
        return Lease(connection, name, wanted ?? (IsFree(connection, found) ? found : null), window);
    });

    /// <summary>Whether files with these ids could be attached as they are.</summary>
    public bool IsFree(uint first) => store.Read(connection => IsFree(connection, first), !SubordinateIds.Value.Contains(first));

    /// <summary>Ends an uninstall: the zone is configured and its id range is free, unless others share it.</summary>
    public void EndUninstall(string name) => store.Write(Durability.Full, connection =>
    {
        FreeRange(connection, name);
        FreeAddresses(connection, name);
        connection.Execute("UPDATE zone SET restarts = 0, next_boot = NULL WHERE name = @name", new { name });
        return Move(connection, name, ZoneState.Incomplete, ZoneState.Configured, null);
    });

    private static bool IsFree(SqliteConnection connection, long first) => first >= FirstRange && !SubordinateIds.Value.Contains(first)
        && connection.ExecuteScalar<long>("SELECT COUNT(*) FROM lease WHERE kind = 'id-range' AND value = @first", new { first }) == 0;

    private static uint Lease(SqliteConnection connection, string name, uint? wanted, IdWindow? window)
    {
        // A server's word is not enough to be given what may be users'.
        if (window is { First: var given } && given != wanted && (given is < FirstRange or > LastRange || SubordinateIds.Value.Contains(given)))
        {
            throw new ZoneException($"root.source: {window.Holder}: its ids are shifted to {window}, which may be those of users of this host; have the export shifted to a range from {FirstRange} to {LastRange} that is not in /etc/subuid, or allow it with security.id-base: {given}") { Zone = name };
        }

        long leased = window?.First ?? wanted ?? LowestFree(connection, name);
        string holder = window?.Holder ?? name;
        string? other = connection.QueryFirstOrDefault<string>("SELECT zone FROM lease WHERE kind = 'id-range' AND value = @leased", new { leased });
        if (other is not null && other != window?.Holder)
        {
            throw new ZoneException(window is null
                ? $"security.id-base: {leased} is the id range of {other}; choose another, or leave it out"
                : $"root.source: {holder}: its ids are shifted to {window}, the id range of {other}; have the export shifted to another") { Zone = name };
        }

        connection.Execute("INSERT INTO lease (kind, value, zone) VALUES ('id-range', @leased, @holder) ON CONFLICT DO NOTHING", new { leased, holder });
        connection.Execute("UPDATE zone SET id_base = @leased WHERE name = @name", new { leased, name });
        return (uint)leased;
    }

    private static void FreeRange(SqliteConnection connection, string name)
    {
        long leased = connection.ExecuteScalar<long>("SELECT IFNULL(id_base, 0) FROM zone WHERE name = @name", new { name });
        connection.Execute("UPDATE zone SET id_base = NULL WHERE name = @name", new { name });
        connection.Execute(
            "DELETE FROM lease WHERE kind = 'id-range' AND value = @leased AND (zone = @name OR NOT EXISTS (SELECT 1 FROM zone WHERE id_base = @leased))",
            new { leased, name });
    }

    private static long LowestFree(SqliteConnection connection, string name)
    {
        HashSet<long> taken = [.. connection.Query<long>("SELECT value FROM lease WHERE kind = 'id-range'"), .. SubordinateIds.Value];
        uint first = FirstRange;
        while (taken.Contains(first))
        {
            first += RangeSize;
        }

        return first <= LastRange
            ? first
            : throw new ZoneException("security.id-base: all id ranges are taken; delete zones that are not needed") { Zone = name };
    }

    /// <summary>Ranges that the host's administrator gave to users (subuid(5)); a zone must not share them.</summary>
    private static readonly Lazy<HashSet<long>> SubordinateIds = new(() =>
    {
        HashSet<long> ranges = [];
        foreach (string path in (string[])["/etc/subuid", "/etc/subgid"])
        {
            if (!File.Exists(path))
            {
                continue;
            }

            foreach (string line in File.ReadLines(path))
            {
                string[] fields = line.Split(':');
                if (fields.Length == 3
                    && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
                    && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                {
                    for (long range = first / RangeSize; range <= (first + count - 1) / RangeSize && ranges.Count < 65_536; range++)
                    {
                        ranges.Add(range * RangeSize);
                    }
                }
            }
        }

        return ranges;
    });
}
