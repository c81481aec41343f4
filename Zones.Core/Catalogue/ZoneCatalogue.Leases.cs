using System.Globalization;
using Dapper;

namespace Zones.Catalogue;

/// <content>Leases: things of which no two zones may have the same.</content>
internal sealed partial class ZoneCatalogue
{
    private const uint RangeSize = 65_536;
    private const uint FirstRange = 16 * RangeSize; // above what distributions give to users
    private const uint LastRange = 0x7FFF0000;

    /// <summary>Leases a range of 65,536 ids and notes it with the zone, together with the step to incomplete that begins an install.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="wanted">The first id; null for the lowest range that nobody has, in the catalogue or in /etc/subuid and /etc/subgid.</param>
    /// <returns>The first id.</returns>
    /// <exception cref="ZoneException">The wanted range is another zone's.</exception>
    public uint BeginInstall(string name, uint? wanted) => store.Write(Durability.Full, connection =>
    {
        connection.Execute("DELETE FROM lease WHERE kind = 'id-range' AND zone = @name", new { name });
        uint first;
        if (wanted is { } given)
        {
            long value = given;
            string? holder = connection.QueryFirstOrDefault<string>("SELECT zone FROM lease WHERE kind = 'id-range' AND value = @value", new { value });
            first = holder is null
                ? given
                : throw new ZoneException($"security.id-base: {given} is the id range of {holder}; choose another, or leave it out") { Zone = name };
        }
        else
        {
            HashSet<long> taken = [.. connection.Query<long>("SELECT value FROM lease WHERE kind = 'id-range'"), .. SubordinateIds.Value];
            first = FirstRange;
            while (taken.Contains(first))
            {
                first += RangeSize;
            }

            if (first > LastRange)
            {
                throw new ZoneException("security.id-base: all id ranges are taken; delete zones that are not needed") { Zone = name };
            }
        }

        long leased = first;
        connection.Execute("INSERT INTO lease (kind, value, zone) VALUES ('id-range', @leased, @name)", new { leased, name });
        connection.Execute("UPDATE zone SET id_base = @leased WHERE name = @name", new { leased, name });
        Move(connection, name, ZoneState.Configured, ZoneState.Incomplete, "install");
        return first;
    });

    /// <summary>Ends an uninstall: the zone is configured and its id range is free.</summary>
    public void EndUninstall(string name) => store.Write(Durability.Full, connection =>
    {
        connection.Execute("DELETE FROM lease WHERE kind = 'id-range' AND zone = @name", new { name });
        connection.Execute("UPDATE zone SET id_base = NULL, restarts = 0 WHERE name = @name", new { name });
        return Move(connection, name, ZoneState.Incomplete, ZoneState.Configured, null);
    });

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
