using System.Text;
using System.Text.Json.Nodes;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>Events over the socket: nobody's slowness costs the host anything, and nobody loses any.</summary>
public sealed class EventTests
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
}
