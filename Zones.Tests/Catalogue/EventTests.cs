using Zones.Catalogue;
using Zones.Tests.Support;

namespace Zones.Tests.Catalogue;

public class EventTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_host_sees_what_others_do_as_it_happens_and_in_order()
    {
        await using TestHost test = new();
        await using IZoneHost other = test.Open();
        using CancellationTokenSource end = new(Patience);
        await other.CreateAsync(TestHost.Spec("z0"));
        List<ZoneEvent> seen = [];
        TaskCompletionSource first = new();
        Task watching = Task.Run(async () =>
        {
            await foreach (ZoneEvent e in test.Host.WatchAsync(0, follow: true, end.Token))
            {
                seen.Add(e);
                first.TrySetResult();
                if (e is { Zone: "z2", Kind: "deleted" })
                {
                    return;
                }
            }
        });
        await first.Task.WaitAsync(end.Token);
        await other.CreateAsync(TestHost.Spec("z1"));
        await new ZoneCli(test.State).OkAsync("create", "z2", "--root", "host");
        await other.DeleteAsync("z1");
        await new ZoneCli(test.State).OkAsync("delete", "-F", "z2");
        await watching;
        Assert.Equal(["z0 created", "z1 created", "z2 created", "z1 deleted", "z2 deleted"], seen.Select(e => $"{e.Zone} {e.Kind}"));
        Assert.Equal(seen.Select(e => e.Cursor).Order().Distinct(), seen.Select(e => e.Cursor));
        Assert.Equal([ZoneState.Configured, null], new[] { seen[1].To, seen[3].To });
    }

    [Fact]
    public async Task A_cursor_goes_on_where_its_reader_stopped()
    {
        await using TestHost test = new();
        for (int i = 0; i < 5; i++)
        {
            await test.Host.CreateAsync(TestHost.Spec($"z{i}"));
        }

        List<ZoneEvent> all = await AllAsync(test.Host, 0);
        Assert.Equal(5, all.Count);
        Assert.Equal(["z3", "z4"], (await AllAsync(test.Host, all[2].Cursor)).Select(e => e.Zone));
        Assert.Empty(await AllAsync(test.Host, all[^1].Cursor));
        Assert.Empty(await AllAsync(test.Host, long.MaxValue));
        Assert.Equal(5, (await AllAsync(test.Host, -1)).Count);
    }

    [Fact]
    public async Task Nobody_sees_an_event_late_however_many_write_at_once()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue[] writers = [.. Enumerable.Range(0, 4).Select(_ => fixture.Open())];
        CatalogueFixture.Create(writers[0], "first");
        const int each = 200;
        using CancellationTokenSource end = new(Patience);
        List<long> cursors = [];
        Task reading = Task.Run(async () =>
        {
            await foreach (ZoneEvent e in fixture.Open().Watch(0, follow: true, end.Token))
            {
                cursors.Add(e.Cursor);
                if (cursors.Count == 1 + (writers.Length * each))
                {
                    return;
                }
            }
        });
        await Task.WhenAll(writers.Select((writer, w) => Task.Run(() =>
        {
            for (int i = 0; i < each; i++)
            {
                CatalogueFixture.Note(writer, "first", $"{w} {i}");
            }
        })));
        await reading;
        Assert.Equal(Enumerable.Range(1, 1 + (writers.Length * each)).Select(i => (long)i), cursors);
    }

    [Fact]
    public void Trimming_keeps_the_newest_and_breaks_no_cursor()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open(new() { EventsKept = 10 });
        CatalogueFixture.Create(catalogue, "z1");
        for (int i = 2; i <= 1000; i++)
        {
            CatalogueFixture.Note(catalogue, "z1", $"event {i}");
        }

        Assert.Equal(Enumerable.Range(991, 10), catalogue.Events(0).Select(e => (int)e.Cursor));
        Assert.Equal(991, catalogue.Events(500)[0].Cursor);
        CatalogueFixture.Note(catalogue, "z1", "one more");
        Assert.Equal(["event 1000", "one more"], catalogue.Events(999).Select(e => e.Detail));
    }

    [Fact]
    public void A_cursor_is_never_used_again_even_when_no_event_is_kept()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open(new() { EventsKept = 0 });
        CatalogueFixture.Create(catalogue, "z1");
        for (int i = 2; i <= 1000; i++)
        {
            CatalogueFixture.Note(catalogue, "z1", "x");
        }

        Assert.Empty(catalogue.Events(0));
        CatalogueFixture.Note(catalogue, "z1", "later");
        Assert.Equal(1001, Assert.Single(catalogue.Events(1000)).Cursor);
    }

    [Fact]
    public void An_event_bears_the_time_of_the_clock_that_was_given()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open(new() { TimeProvider = new StoppedClock() });
        CatalogueFixture.Create(catalogue, "z1");
        Assert.Equal(StoppedClock.Time, Assert.Single(catalogue.Events(0)).Time);
    }

    [Fact]
    public async Task Many_events_come_whole()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "z1");
        for (int i = 2; i <= 1500; i++)
        {
            CatalogueFixture.Note(catalogue, "z1", "x");
        }

        List<long> cursors = [];
        await foreach (ZoneEvent e in catalogue.Watch(0, follow: false, CancellationToken.None))
        {
            cursors.Add(e.Cursor);
        }

        Assert.Equal(Enumerable.Range(1, 1500).Select(i => (long)i), cursors);
    }

    [Fact]
    public async Task Watching_a_state_directory_that_is_not_there_waits_for_it_and_ends_when_cancelled()
    {
        string state = Path.Combine(Path.GetTempPath(), "zones-watch-" + Guid.NewGuid().ToString("N"));
        await using IZoneHost host = ZoneHost.Open(new() { StateDirectory = state });
        await using IZoneHost other = ZoneHost.Open(new() { StateDirectory = state });
        using CancellationTokenSource end = new(Patience);
        try
        {
            IAsyncEnumerator<ZoneEvent> events = host.WatchAsync(0, follow: true, end.Token).GetAsyncEnumerator(end.Token);
            ValueTask<bool> next = events.MoveNextAsync();
            Assert.False(Directory.Exists(state));
            await other.CreateAsync(TestHost.Spec());
            Assert.True(await next);
            Assert.Equal("created", events.Current.Kind);
            next = events.MoveNextAsync();
            await end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
            await events.DisposeAsync();
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public static readonly DateTimeOffset Time = new(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Time;
    }

    private static async Task<List<ZoneEvent>> AllAsync(IZoneHost host, long after)
    {
        List<ZoneEvent> events = [];
        await foreach (ZoneEvent e in host.WatchAsync(after, follow: false))
        {
            events.Add(e);
        }

        return events;
    }
}
