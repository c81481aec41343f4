using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>Events over the socket: nobody's slowness costs the host anything, and nobody loses any.</summary>
public sealed class EventTests(ServedUsers users) : IClassFixture<ServedUsers>
{
    private const int Many = 20_000;

    [Fact]
    public async Task A_reader_that_does_not_read_is_disconnected_and_goes_on_where_it_was()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        CatalogueFile.Run(test.State, $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many}) INSERT INTO event (time, zone, kind, detail) SELECT i, 'z1', 'changed', printf('%0100d', i) FROM n");
        using RawClient client = RawClient.Connect(serve.Socket);
        client.Send("GET /v1/events?follow=true HTTP/1.1\r\nHost: zones\r\n\r\n");
        await Eventually.TrueAsync(() => client.Socket.Available > 0);

        // The host lets go: what it had sent until then is all that comes.
        await Eventually.TrueAsync(() => client.IsLeft, "the slow reader is still connected");
        string[] lines = [.. (await client.RestAsync()).Split('\n').Where(line => line.StartsWith('{') && line.EndsWith('}'))];
        Assert.InRange(lines.Length, 1, Many - 1);
        long cursor = (long)JsonNode.Parse(lines[^1])!["cursor"]!;

        await using IZoneHost host = await serve.ConnectAsync();
        long expected = cursor;
        await foreach (ZoneEvent e in host.WatchAsync(cursor, follow: false))
        {
            Assert.Equal(++expected, e.Cursor);
        }

        Assert.InRange(expected, Many, long.MaxValue);
    }

    /// <summary>Each event wakes all who follow: those of the past are not gone through for who wants what comes.</summary>
    [Fact]
    public async Task Who_follows_from_the_last_event_on_costs_no_look_at_those_before()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        CatalogueFile.Run(test.State, $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many}) INSERT INTO event (time, zone, kind, detail) SELECT i, 'z1', 'changed', printf('%0300d', i) FROM n");
        string last = CatalogueFile.Run(test.State, "SELECT max(cursor) FROM event")[0];
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using RawClient client = RawClient.Connect(serve.Socket);
        long before = BytesRead(serve);
        client.Send($"GET /v1/events?after={last}&follow=true HTTP/1.1\r\nHost: zones\r\n\r\n");
        await Eventually.TrueAsync(() => client.Socket.Available > 0);
        await Task.Delay(500);
        int head = client.Socket.Available;
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 66 });
        await Eventually.TrueAsync(() => client.Socket.Available > head, "the event is not told");
        Assert.InRange(BytesRead(serve) - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_follower_is_connected_again_when_the_server_is_killed_and_loses_nothing()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(60));
        List<long> cursors = [];
        Task following = Task.Run(async () =>
        {
            await foreach (ZoneEvent e in host.WatchAsync(cancellationToken: enough.Token))
            {
                cursors.Add(e.Cursor);
                if (e is { Kind: "changed", Detail: { } detail } && detail.Contains("77", StringComparison.Ordinal))
                {
                    break;
                }
            }
        });
        await Eventually.TrueAsync(() => cursors.Count >= 3);
        Task restart = serve.RestartAsync(test);
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 66 });
        await restart;
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 77 });
        await following;
        Assert.Equal(Enumerable.Range(1, cursors.Count).Select(cursor => (long)cursor), cursors);
    }

    [Fact]
    public async Task Followers_end_when_events_cannot_be_read_and_those_who_come_later_follow()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        List<RawClient> followers = [];
        for (int i = 0; i < 5; i++)
        {
            followers.Add(RawClient.Connect(serve.Socket));
            followers[i].Send("GET /v1/events?follow=true HTTP/1.1\r\nHost: zones\r\n\r\n");
            await Eventually.TrueAsync(() => followers[i].Socket.Available > 0);
        }

        using (new UnreadableEvents(test.State))
        {
            foreach (RawClient follower in followers)
            {
                await follower.RestAsync();
                follower.Dispose();
            }
        }

        await using IZoneHost host = await serve.ConnectAsync();
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(60));
        await using IAsyncEnumerator<ZoneEvent> events = host.WatchAsync(cancellationToken: enough.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await zone.UpdateAsync(spec => spec with { MaxProcesses = 77 });
        while (events.Current.Kind != "changed")
        {
            Assert.True(await events.MoveNextAsync());
        }
    }

    /// <summary>Whether somebody may still stay is asked when something happens: where nobody can be told that it did, they may not.</summary>
    [Theory]
    [InlineData("logs", "-f", "z1")]
    [InlineData("console", "-r", "z1")]
    public async Task Who_needs_a_right_to_stay_leaves_when_events_cannot_be_read(params string[] command)
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "while :; do echo line; sleep 0.1; done"], Console = true, Admin = [new("daemon") { Auths = ["login"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using Process staying = users.Start(serve, "daemon", command);
        Assert.NotNull(await staying.StandardOutput.ReadLineAsync());
        using (new UnreadableEvents(test.State))
        {
            _ = staying.StandardOutput.ReadToEndAsync();
            await staying.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(1, staying.ExitCode);
        Assert.NotEqual("", await staying.StandardError.ReadToEndAsync());
    }

    /// <summary>By read(2) and its like, from files.</summary>
    private static long BytesRead(ServeProcess serve) =>
        long.Parse(File.ReadLines($"/proc/{serve.Id}/io").First(line => line.StartsWith("rchar:", StringComparison.Ordinal))[7..], System.Globalization.CultureInfo.InvariantCulture);
}
