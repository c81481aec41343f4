using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Zones.Domains;
using Zones.Interop;
using Zones.Network;
using Zones.Server.Operations;
using Zones.Server.Peers;
using Zones.Server.Routes;
using Zones.Tool.Services;

namespace Zones.Server;

/// <summary>
/// A host of zones, offered over a Unix socket: HTTP/1.1 by Kestrel, documents of JSON, operations for what takes long, WebSockets for commands. It holds nothing that
/// matters: what it was doing when it is killed, the ledger undoes, as for any manager; clients connect again. Who is at the other end the kernel says when the
/// connection is made, and the gate turns away, before a byte is read, whom no zone names. Nothing configures it but its arguments: no environment variable and no file
/// in the working directory opens a port.
/// </summary>
internal static class HostServer
{
    /// <summary>Serves until SIGTERM, SIGINT or SIGHUP.</summary>
    public static async Task RunAsync(ServerOptions options)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<PosixSignalRegistration> signals = [.. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            ended.TrySetResult();
        }))];
        // Operations wait in the kernel and the catalogue, each on a thread of the pool, which grows slowly by itself: one user's would hold up everybody.
        ThreadPool.SetMinThreads(ServerLimits.Threads, ServerLimits.Threads);
        RaiseOpenFiles();
        Accounts accounts = new();
        RequireNames(accounts, options);
        ZonesOptions zones = new ZonesOptions { StateDirectory = options.State }.UseNetwork().UseDomains();
        ZoneHost host = (ZoneHost)ZoneHost.Open(zones);
        await using (host.ConfigureAwait(false))
        {
            using Listener listener = await Listener.ClaimAsync(options).ConfigureAwait(false);
            using CancellationTokenSource stopping = new();
            RightsTable rights = new(accounts, options.Creators);
            ServerContext server = new(host, rights, new OperationTable(), new EventFeed(host, host.Context.Catalogue.LastEvent, stopping.Token), stopping.Token);
            WebApplication application = Build(options, listener, new Gate(host, rights), server);
            await using (application.ConfigureAwait(false))
            {
                await application.StartAsync().ConfigureAwait(false);
                ServerLog.Ready(options);
                ServiceNotification.Send($"READY=1\nSTATUS=serving {options.State} at {options.Socket}");
                await ended.Task.ConfigureAwait(false);
                ServiceNotification.Send("STOPPING=1");
                await server.Operations.EndAsync().ConfigureAwait(false);
                await stopping.CancelAsync().ConfigureAwait(false);
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
                await application.StopAsync(limit.Token).ConfigureAwait(false);
            }
        }

        signals.ForEach(signal => signal.Dispose());
    }

    /// <summary>A name that nobody has would let nobody do what was meant, and never say so.</summary>
    private static void RequireNames(Accounts accounts, ServerOptions options)
    {
        foreach (string name in options.Group is { } group ? ["@" + group, .. options.Creators] : options.Creators)
        {
            if (accounts.Find(name) is null)
            {
                throw new ZoneException($"{name.TrimStart('@')}: no such {(name.StartsWith('@') ? "group" : "user")} on this host");
            }
        }
    }

    /// <summary>To the most that is allowed (setrlimit(2)): a command has five descriptors here beside its connection.</summary>
    private static unsafe void RaiseOpenFiles()
    {
        const int openFiles = 7; // RLIMIT_NOFILE
        Libc.ResourceLimit limit;
        if (Libc.Prlimit(0, openFiles, null, &limit) == 0)
        {
            limit.Soft = limit.Hard;
            Libc.Prlimit(0, openFiles, &limit, null);
        }
    }

    private static WebApplication Build(ServerOptions options, Listener listener, Gate gate, ServerContext server)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ServerLimits.Body;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxRequestLineSize = 4 << 10;
            kestrel.Limits.RequestHeadersTimeout = ServerLimits.Head;
            kestrel.Limits.MaxResponseBufferSize = 64 << 10;
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, ServerLimits.Head);
            kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 240, ServerLimits.Head);
            kestrel.ListenUnixSocket(options.Socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => AdmitAsync(gate, connection, next));
            });
        });
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = listener.Bind);
        builder.Services.AddRoutingCore();
        WebApplication application = builder.Build();
        application.UseWebSockets(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        RouteTable routes = new(application, server);
        ZoneVerbs.Map(routes);
        Reading.Map(routes);
        Streams.Map(routes);
        SessionRoutes.Map(routes);
        return application;
    }

    private static async Task AdmitAsync(Gate gate, ConnectionContext connection, ConnectionDelegate next)
    {
        Peer peer = PeerCredentials.Of(connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
        using IDisposable? place = await gate.EnterAsync(peer).ConfigureAwait(false);
        if (place is null)
        {
            connection.Abort();
            return;
        }

        connection.Features.Set(peer);
        await next(connection).ConfigureAwait(false);
    }
}
