using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Zones.Served;
using Zones.Server.Peers;
using Zones.Server.Sessions;

namespace Zones.Server.Routes;

/// <summary>Commands, consoles and archives of zones, a WebSocket each (<see cref="SessionMessage"/>).</summary>
internal static class SessionRoutes
{
    /// <summary>Begins a session as the client's first message says: what is to run then; null when there is nothing more to be done.</summary>
    private delegate Task<Func<CancellationToken, Task>?> Beginning(Call call, SessionMessage first, SessionSocket socket, CancellationToken cancellationToken);

    public static void Map(RouteTable routes)
    {
        routes.Map(HttpMethods.Get, "/zones/{zone}/exec", call => RunAsync(call, "exec", ExecAsync));
        routes.Map(HttpMethods.Get, "/zones/{zone}/console", call => RunAsync(call, "console", ConsoleAsync));
        routes.Map(HttpMethods.Get, "/zones/{zone}/archive", call => RunAsync(call, "cp", ArchiveAsync));
    }

    private static async Task RunAsync(Call call, string verb, Beginning begin)
    {
        if (!call.Http.WebSockets.IsWebSocketRequest)
        {
            throw new ArgumentException("this is talked to over a WebSocket; ask for an upgrade (RFC 6455)");
        }

        using SessionSocket socket = new(await call.Http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false), ServedJson.Strict);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, call.Server.Stopping);
        try
        {
            if (await BeginAsync(call, verb, begin, socket, leaving.Token).ConfigureAwait(false) is { } session)
            {
                await session(leaving.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or JsonException or OperationCanceledException)
        {
            // The client left, or speaks another language; nobody is there to be told.
        }
    }

    /// <summary>Reads the first message and does as it says; null when that failed, which the client is told.</summary>
    private static async Task<Func<CancellationToken, Task>?> BeginAsync(Call call, string verb, Beginning begin, SessionSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ServerLimits.Head);
            SessionMessage? first = (await socket.ReceiveAsync(limit.Token).ConfigureAwait(false)).Message;
            await call.RequireAsync(Rights.Login, verb).ConfigureAwait(false);
            return await begin(call, first ?? new(), socket, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (WebSocketException or OperationCanceledException or JsonException))
        {
            await socket.SendAsync(new SessionMessage { Problem = ServerLog.Problem(e) }, cancellationToken).ConfigureAwait(false);
            await socket.CloseAsync().ConfigureAwait(false);
            return null;
        }
    }

    private static async Task<Func<CancellationToken, Task>?> ExecAsync(Call call, SessionMessage first, SessionSocket socket, CancellationToken cancellationToken)
    {
        ExecRequest request = first.Request ?? throw new ArgumentException("the first message is the request");
        if (request.Io == ExecIo.Inherit)
        {
            throw new ArgumentException("descriptors of the served host are nobody's to inherit; use pipes or a terminal");
        }

        ZoneProcess process = await call.Host.StartAsync(call.Zone, request, cancellationToken).ConfigureAwait(false);
        ServerLog.Began(call.Peer.User, "exec", call.Zone, request.Command[0]);
        await AnswerAsync(process, new() { Pid = process.Pid }, socket, cancellationToken).ConfigureAwait(false);
        if (process is not { Terminal: null, StandardOutput: null })
        {
            return new CommandSession(process, socket).RunAsync;
        }

        // Detached: it is the zone's from here on.
        await process.DisposeAsync().ConfigureAwait(false);
        await socket.CloseAsync().ConfigureAwait(false);
        return null;
    }

    private static async Task<Func<CancellationToken, Task>?> ConsoleAsync(Call call, SessionMessage first, SessionSocket socket, CancellationToken cancellationToken)
    {
        ConsoleRequest request = first.Console ?? throw new ArgumentException("the first message is console");
        ConsoleNotices notices = new();
        ConsoleOptions options = new()
        {
            ReadOnly = request.ReadOnly,
            Notices = notices,
            Typist = string.Create(CultureInfo.InvariantCulture, $"{Accounts.NameOf(call.Peer.User)} (process {call.Peer.Process})"),
        };
        ZoneConsole console = await call.Host.OpenConsoleAsync(call.Zone, request.Scrollback is { } bytes ? options with { Scrollback = new(bytes) } : options, cancellationToken).ConfigureAwait(false);
        ServerLog.Began(call.Peer.User, "console", call.Zone, console.Input is null ? "looks" : "types");
        await AnswerAsync(console, new() { Place = new(console.Input is not null, console.Writer) }, socket, cancellationToken).ConfigureAwait(false);
        return new ConsoleSession(console, notices, over => call.RefusedAsync(Rights.Login, "console", over), socket).RunAsync;
    }

    /// <summary>Who may log in may copy what they might as well run tar(1) for: with the files of a running zone, as the zone sees them. Root's is the rest.</summary>
    private static async Task<Func<CancellationToken, Task>?> ArchiveAsync(Call call, SessionMessage first, SessionSocket socket, CancellationToken cancellationToken)
    {
        ArchiveRequest request = first.Archive ?? throw new ArgumentException("the first message is archive");
        CopyOptions options = new() { Owners = request.Owners, OnlyRunning = !call.Peer.Everything };
        (IZoneHost host, string zone) = (call.Host, call.Zone);
        ServerLog.Began(call.Peer.User, "cp", zone, $"an archive {(request.Out ? "out of" : "into")} {request.Path}");
        await socket.SendAsync(new SessionMessage { Ready = true }, cancellationToken).ConfigureAwait(false);
        return new ArchiveSession(
            request.Out,
            (stream, cancel) => request.Out ? host.CopyOutAsync(zone, request.Path, stream, options, cancel) : host.CopyInAsync(zone, stream, request.Path, options, cancel),
            socket).RunAsync;
    }

    /// <summary>Tells the client that something is open for it; when it has left meanwhile, it is not.</summary>
    private static async Task AnswerAsync(IAsyncDisposable opened, SessionMessage answer, SessionSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(answer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
