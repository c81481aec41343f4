using System.Net;
using System.Net.Sockets;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <summary>
/// An NFSv3 server in this process (RFC 1813), on TCP, with MOUNT on the same port. It must be root, or have root's capabilities, to
/// act as its clients' users.
/// <para>It remembers nothing about clients: a handle names its file by itself and is signed, so that whoever comes after a restart goes
/// on as if nothing had been. What it has in memory is bounded: open files, replies kept for calls sent again, connections and what
/// each of them may have under way.</para>
/// </summary>
public sealed class NfsServer : IAsyncDisposable
{
    /// <summary>What the kernel would grow it to by itself (tcp_wmem): two of the longest replies and what the kernel needs for them.</summary>
    private const int SendBuffer = 4 << 20;

    private const int DescriptorsPerFile = 2, DescriptorsForOthers = 512;

    /// <summary>Files kept open, where the process may have so many descriptors; calls that wait for the disk at once; replies kept for calls that
    /// are sent again.</summary>
    private const int OpenFiles = 8192, Workers = 16, KeptReplies = 2048;

    private static readonly TimeSpan s_idleFiles = TimeSpan.FromSeconds(30);

    private readonly HandleCodec _codec;
    private readonly NodeCache _cache;
    private readonly WorkerPool _workers;
    private readonly StatisticsCollector _statistics;
    private readonly Timer _sweeper;
    private readonly RpcServer _server;
    private readonly RpcServer? _rpcbind;
    private readonly Lock _reloading = new();
    private ExportTable _exports;
    private int _disposed;

    private NfsServer(NfsServerOptions options)
    {
        _codec = new HandleCodec(HandleKey.LoadOrCreate(options.KeyFile));
        _cache = new NodeCache(Math.Clamp((DescriptorLimit() - DescriptorsForOthers) / DescriptorsPerFile, 64, OpenFiles));
        _exports = new ExportTable(options.Exports, null, _cache, _codec);
        _workers = new WorkerPool(Workers);

        ListingCache listings = new();
        Nfs3Service service = new(_codec, () => Volatile.Read(ref _exports), listings);
        NfsProgram nfs = new(service, _workers, new ReplyCache(KeptReplies));
        WorkerProgram mount = new(new Mount3Program(new MountService(() => Volatile.Read(ref _exports))), _workers);
        RpcProgram[] programs = options.AnswersForAcls ? [nfs, mount, new WorkerProgram(new AclProgram(service), _workers)] : [nfs, mount];
        _statistics = new StatisticsCollector(programs);
        _sweeper = new Timer(
            _ =>
            {
                _cache.Sweep();
                listings.Sweep();
            },
            null,
            s_idleFiles,
            s_idleFiles);
        try
        {
            _server = Listen(
                "name another address or port",
                new RpcServerOptions
                {
                    EndPoint = options.EndPoint,
                    Listener = options.Listener,
                    SendBuffer = SendBuffer,
                    Observer = _statistics,
                },
                programs);
            EndPoint = _server.EndPoint;
            if (options.RpcbindPort is { } port)
            {
                RpcbindService rpcbind = new([.. ((RpcProgram[])[nfs, mount]).Select(program => new Mapping(program.Program, program.Version, RpcbindConstants.IPPROTO_TCP, (uint)EndPoint.Port))]);
                _rpcbind = Listen(
                    "answer as rpcbind only where none runs",
                    new RpcServerOptions { EndPoint = new(EndPoint.Address, port) },
                    new Pmap2Program(rpcbind));
            }
        }
        catch
        {
            _ = _server?.DisposeAsync().AsTask();
            Release();
            throw;
        }
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where it answers as rpcbind; null when it does not.</summary>
    internal IPEndPoint? RpcbindEndPoint => _rpcbind?.EndPoint;

    /// <summary>The exports of now.</summary>
    public IReadOnlyList<NfsExport> Exports => [.. Volatile.Read(ref _exports).All.Select(export => export.Options)];

    /// <summary>Starts a server.</summary>
    /// <param name="options">What it serves.</param>
    /// <exception cref="ZoneException">An export cannot be had, the address is taken, or the process may not.</exception>
    public static NfsServer Start(NfsServerOptions options)
    {
        NfsServer server = new(options);
        server._server.Start();
        server._rpcbind?.Start();
        return server;
    }

    /// <summary>Replaces all exports at once. A client in the middle keeps its handles, if their export is still there and lets it.</summary>
    /// <param name="exports">What there is to be from now on.</param>
    /// <exception cref="ZoneException">One of them cannot be had; then nothing is different.</exception>
    public void Reload(IReadOnlyList<NfsExport> exports)
    {
        lock (_reloading)
        {
            ExportTable before = _exports;
            ExportTable now = new(exports, before, _cache, _codec);
            Volatile.Write(ref _exports, now);
            before.CloseAllBut(now);
        }
    }

    /// <summary>What it has done since it was started.</summary>
    public NfsStatistics Statistics() => _statistics.Snapshot(_server.Connections, _cache.Count);

    /// <summary>Ends: takes no more calls and answers those that are under way.</summary>
    /// <param name="cancellationToken">Ends without waiting further.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _server.StopAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends without waiting for clients.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        if (_rpcbind is not null)
        {
            await _rpcbind.DisposeAsync().ConfigureAwait(false);
        }

        Release();
    }

    private static RpcServer Listen(string advice, RpcServerOptions options, params RpcProgram[] programs)
    {
        try
        {
            return new RpcServer(options, programs);
        }
        catch (SocketException e)
        {
            throw new ZoneException($"{options.EndPoint}: cannot listen there: {KernelError.Describe(e.NativeErrorCode)}; {advice}", e) { Errno = e.NativeErrorCode };
        }
    }

    private static unsafe int DescriptorLimit()
    {
        const int openFiles = 7; // RLIMIT_NOFILE
        Libc.ResourceLimit limit;
        return Libc.Prlimit(0, openFiles, null, &limit) == 0 ? (int)Math.Min(limit.Soft, int.MaxValue) : 1024;
    }

    private void Release()
    {
        _workers.Dispose();
        _sweeper.Dispose();
        _exports.CloseAllBut(null);
        _cache.Dispose();
    }
}
