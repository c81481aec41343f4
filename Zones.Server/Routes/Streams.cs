using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Zones.Served;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>Events and logs, a line each. A reader that stops reading is disconnected and loses nothing: events have a cursor.</summary>
internal static class Streams
{
    public static void Map(RouteTable routes)
    {
        routes.Map(HttpMethods.Get, "/events", EventsAsync);
        routes.Map(HttpMethods.Get, "/zones/{zone}/log", LogAsync);
    }

    private static async Task EventsAsync(Call call)
    {
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, call.Server.Stopping);
        IAsyncEnumerable<ZoneEvent> events = EventsAsync(call, call.Number("after") ?? 0, Follows(call), leaving.Token);
        await call.StreamAsync(events, ServedJson.Default.ZoneEvent, leaving.Token).ConfigureAwait(false);
    }

    private static async Task LogAsync(Call call)
    {
        await call.RequireAsync(Rights.Login | Rights.Manage, "logs").ConfigureAwait(false);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, call.Server.Stopping);
        LogOptions options = new(Follows(call), call.Number("tail") is { } lines ? (int)Math.Min(lines, int.MaxValue) : null);
        Task looking = options.Follow && !call.Peer.Everything ? LeaveAsync(call, leaving) : Task.CompletedTask;
        try
        {
            await call.StreamAsync(call.Host.LogsAsync(call.Zone, options, leaving.Token), ServedJson.Default.String, leaving.Token).ConfigureAwait(false);
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Who follows a log does so as long as they may.</summary>
    private static async Task LeaveAsync(Call call, CancellationTokenSource leaving)
    {
        await call.RefusedAsync(Rights.Login | Rights.Manage, "logs", leaving.Token).ConfigureAwait(false);
        await leaving.CancelAsync().ConfigureAwait(false);
    }

    private static bool Follows(Call call) => call.Query("follow") switch
    {
        null or "false" => false,
        "true" => true,
        { } other => throw new ArgumentException($"follow: '{other}' is not true or false"),
    };

    private static async IAsyncEnumerable<ZoneEvent> EventsAsync(Call call, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Sight sight = new(call);
        while (true)
        {
            // Before the look, so that what comes during it wakes us.
            Task next = follow ? call.Server.Feed.Next() : Task.CompletedTask;
            await sight.LookAgainAsync(after, cancellationToken).ConfigureAwait(false);
            await foreach (ZoneEvent e in call.Host.WatchAsync(after, follow: false, cancellationToken).ConfigureAwait(false))
            {
                after = e.Cursor;
                if (await sight.ShowsAsync(e).ConfigureAwait(false))
                {
                    yield return e;
                }
            }

            if (!follow)
            {
                yield break;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Of which zones a peer sees events: those to which they have a right now, and those that were such when this reader last heard of them and are
    /// not there any more. An earlier zone of the same name was somebody else's.</summary>
    private sealed class Sight(Call call)
    {
        private const string Created = "created";

        private readonly Dictionary<string, bool> _seen = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> _created = new(StringComparer.Ordinal);
        private Dictionary<string, ZoneSpec>? _zones;

        /// <summary>Before events are shown: which of them are those of the zones that are there now.</summary>
        public async Task LookAgainAsync(long after, CancellationToken cancellationToken)
        {
            _zones = null;
            if (call.Peer.Everything)
            {
                return;
            }

            await foreach (ZoneEvent e in call.Host.WatchAsync(after, follow: false, cancellationToken).ConfigureAwait(false))
            {
                if (e.Kind == Created)
                {
                    _created[e.Zone] = e.Cursor;
                }
            }
        }

        public async Task<bool> ShowsAsync(ZoneEvent e)
        {
            if (call.Peer.Everything)
            {
                return true;
            }

            string zone = e.Zone;
            if (e.Kind == Created)
            {
                _seen.Remove(zone);
            }

            if (e.Cursor < _created.GetValueOrDefault(zone))
            {
                return _seen.GetValueOrDefault(zone);
            }

            _zones ??= (await call.Host.ListAsync(call.Aborted).ConfigureAwait(false)).ToDictionary(info => info.Name, info => info.Spec, StringComparer.Ordinal);
            return _seen[zone] = _zones.TryGetValue(zone, out ZoneSpec? spec) ? call.Server.Rights.Of(call.Peer, spec) != Rights.None : _seen.GetValueOrDefault(zone);
        }
    }
}
