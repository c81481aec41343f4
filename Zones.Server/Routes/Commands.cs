using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Zones.Served;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>Commands in zones, a WebSocket each (<see cref="ExecMessage"/>).</summary>
internal static class Commands
{
    public static void Map(RouteTable routes) => routes.Map(HttpMethods.Get, "/zones/{zone}/exec", async call =>
    {
        if (!call.Http.WebSockets.IsWebSocketRequest)
        {
            throw new ArgumentException("a command is talked to over a WebSocket; ask for an upgrade (RFC 6455)");
        }

        using ExecSocket socket = new(await call.Http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false), ServedJson.Strict);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, call.Server.Stopping);
        try
        {
            ZoneProcess? process = await StartAsync(call, socket, leaving.Token).ConfigureAwait(false);
            if (process is { Terminal: null, StandardOutput: null })
            {
                // Detached: it is the zone's from here on.
                await process.DisposeAsync().ConfigureAwait(false);
                await socket.CloseAsync().ConfigureAwait(false);
            }
            else if (process is not null)
            {
                await new CommandSession(process, socket).RunAsync(leaving.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or JsonException or OperationCanceledException)
        {
            // The client left, or speaks another language; nobody is there to be told.
        }
    });

    /// <summary>Reads the request and starts the command; null when that failed, which the client is told.</summary>
    private static async Task<ZoneProcess?> StartAsync(Call call, ExecSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ServerLimits.Head);
            ExecRequest request = (await socket.ReceiveAsync(limit.Token).ConfigureAwait(false)).Message?.Request ?? throw new ArgumentException("the first message is the request");
            await call.RequireAsync(Rights.Login, "exec").ConfigureAwait(false);
            if (request.Io == ExecIo.Inherit)
            {
                throw new ArgumentException("descriptors of the served host are nobody's to inherit; use pipes or a terminal");
            }

            ZoneProcess process = await call.Host.StartAsync(call.Zone, request, cancellationToken).ConfigureAwait(false);
            ServerLog.Executed(call.Peer.User, call.Zone, request);
            await socket.SendAsync(new ExecMessage { Pid = process.Pid }, cancellationToken).ConfigureAwait(false);
            return process;
        }
        catch (Exception e) when (e is not (WebSocketException or OperationCanceledException or JsonException))
        {
            await socket.SendAsync(new ExecMessage { Problem = ServerLog.Problem(e) }, cancellationToken).ConfigureAwait(false);
            await socket.CloseAsync().ConfigureAwait(false);
            return null;
        }
    }
}
