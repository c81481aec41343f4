using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Interop;

namespace Zones.Catalogue;

/// <content>Events: written with what they tell of, read in order, delivered across processes.</content>
internal sealed partial class ZoneCatalogue
{
    private const int PruneEvery = 1000;
    private const int ReadAtOnce = 500;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Events after a cursor, oldest first, at most <see cref="ReadAtOnce"/>.</summary>
    public List<ZoneEvent> Events(long after)
    {
        const int most = ReadAtOnce;
        return store.Read(
            connection => connection.Query<EventRow>(
                "SELECT cursor AS Cursor, time AS Time, zone AS Zone, kind AS Kind, from_state AS FromState, to_state AS ToState, detail AS Detail "
                + "FROM event WHERE cursor > @after ORDER BY cursor LIMIT @most",
                new { after, most }).Select(row => row.ToEvent()).ToList(),
            []);
    }

    /// <summary>The cursor of the last event; 0 when there is none.</summary>
    public long LastEvent() => store.Read(connection => connection.ExecuteScalar<long?>("SELECT max(cursor) FROM event") ?? 0, 0L);

    /// <summary>Events in order, those of other processes as they are committed: the write-ahead log's file changes with every
    /// commit, and a look each second covers what no notification told.</summary>
    public async IAsyncEnumerable<ZoneEvent> Watch(long after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using FileChanges.Watch? changed = follow ? FileChanges.In(Path.GetDirectoryName(store.FilePath)!, Path.GetFileName(store.FilePath) + "-wal") : null;
        while (true)
        {
            List<ZoneEvent> batch = Events(after);
            foreach (ZoneEvent entry in batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                after = entry.Cursor;
                yield return entry;
            }

            if (batch.Count == ReadAtOnce)
            {
                continue;
            }

            if (!follow)
            {
                yield break;
            }

            await (changed?.WaitAsync(PollInterval, cancellationToken) ?? Task.Delay(PollInterval, cancellationToken)).ConfigureAwait(false);
        }
    }

    private long AddEvent(SqliteConnection connection, string zone, string kind, string? from, string? to, string? detail)
    {
        long time = Now;
        long cursor = connection.ExecuteScalar<long>(
            "INSERT INTO event (time, zone, kind, from_state, to_state, detail) VALUES (@time, @zone, @kind, @from, @to, @detail) RETURNING cursor",
            new { time, zone, kind, from, to, detail });
        if (cursor % PruneEvery == 0)
        {
            long oldest = cursor - options.EventsKept;
            connection.Execute("DELETE FROM event WHERE cursor <= @oldest", new { oldest });
        }

        return cursor;
    }
}
