using System.Diagnostics;
using System.Net;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Benchmarks;

/// <summary>One and the same client for whichever NFSv3 server: a number of connections, and a number of calls in flight on each.</summary>
internal sealed class NfsLoad : IAsyncDisposable
{
    private readonly RpcClient[] _connections;
    private readonly Nfs3Client[] _clients;

    private NfsLoad(IPEndPoint server, int connections)
    {
        AuthSys root = new(0, "bench", 0, 0, []);
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new RpcClient(new RpcClientOptions { EndPoint = server, Credentials = root }))];
        _clients = [.. _connections.Select(connection => new Nfs3Client(connection))];
    }

    public NfsFh3 Top { get; private set; }

    public NfsFh3 File { get; private set; }

    public NfsFh3 Directory { get; private set; }

    /// <summary>Connects, mounts, and finds what <see cref="NfsTree"/> has made.</summary>
    public static async Task<NfsLoad> OpenAsync(NfsEnds ends, int connections)
    {
        NfsLoad load = new(ends.Nfs, connections);
        RpcClient mount = new(new RpcClientOptions { EndPoint = ends.Mount, Credentials = new(0, "bench", 0, 0, []) });
        await using (mount.ConfigureAwait(false))
        {
            Mountres3 mounted = await new Mount3Client(mount).MntAsync(ends.Path);
            load.Top = new NfsFh3(mounted.Mountinfo.Fhandle.Copy());
        }

        load.File = await load.LookupAsync(NfsTree.File);
        load.Directory = await load.LookupAsync(NfsTree.Directory);
        foreach (RpcClient connection in load._connections)
        {
            await connection.ConnectAsync();
        }

        return load;
    }

    /// <summary>Does <paramref name="calls"/> calls, so many in flight on each connection, and gives milliseconds for a call.</summary>
    public async Task<double> RunAsync(NfsWork work, int inFlight, int calls)
    {
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(_clients.SelectMany(client => Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next) - 1) < calls;)
            {
                await work(this, client, i);
            }
        }))));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RpcClient connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<NfsFh3> LookupAsync(string name)
    {
        Lookup3Res found = await _clients[0].LookupAsync(new Lookup3Args(new Diropargs3(Top, name)));
        return new NfsFh3(found.Resok.Object.Data.Copy());
    }
}

/// <summary>One call of a measurement.</summary>
internal delegate ValueTask NfsWork(NfsLoad load, Nfs3Client client, int number);

/// <summary>Where a server's programs listen, and what is mounted.</summary>
internal sealed record NfsEnds(IPEndPoint Nfs, IPEndPoint Mount, string Path);
