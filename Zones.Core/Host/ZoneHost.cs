using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Zones.Consoles;
using Zones.Copying;
using Zones.Hosting;

namespace Zones;

/// <summary>The in-process form of <see cref="IZoneHost"/>: it lives in any .NET process, and several may share one state
/// directory. It holds no state of its own that matters; all that does is in the catalogue.</summary>
public sealed class ZoneHost : IZoneHost, IVerbCheck
{
    private readonly HostContext _context;
    private readonly Lifecycle _lifecycle;
    private readonly CommandRunner _commands;

    /// <summary>For packages that have calls of their own on a host.</summary>
    internal HostContext Context => _context;

    private ZoneHost(HostContext context)
    {
        _context = context;
        _lifecycle = new(context);
        _commands = new(context, _lifecycle);
    }

    /// <summary>Opens a state directory; nothing is made until something has to be recorded. Who is not root learns from the first call that it is not theirs
    /// to read (<see cref="ZoneException"/>, errno EACCES), or, where it is, from the first one that would change a zone (EPERM); see <see cref="ConnectAsync"/>.</summary>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="loggerFactory">Null means no log.</param>
    public static IZoneHost Open(ZonesOptions? options = null, ILoggerFactory? loggerFactory = null) => Create(options, loggerFactory);

    /// <summary>Connects to a host that <c>zone serve</c> offers, in another process and maybe to another user: who the caller is, the kernel says, and what
    /// they may do, <see cref="ZoneSpec.Admin"/>. What is refused is a <see cref="ZoneException"/> with errno EPERM, a broken connection one that may be
    /// tried again. <see cref="ExecIo.Inherit"/> is refused: descriptors do not cross the socket.</summary>
    /// <param name="path">Its socket; null for <see cref="ServedSocket"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ZoneException">Nobody answers there, or not this user.</exception>
    public static async Task<IZoneHost> ConnectAsync(string? path = null, CancellationToken cancellationToken = default) =>
        await Served.ServedHost.ConnectAsync(path ?? ServedSocket, cancellationToken).ConfigureAwait(false);

    /// <summary>Where <c>zone serve</c> listens unless it is told otherwise.</summary>
    public const string ServedSocket = "/run/zones.sock";

    /// <summary>What zoned has done when a zone ended and nobody saw to it (<c>zone agent NAME</c>): commits how it ended, releases
    /// what it held, and boots it again after a reboot from inside or by its restart policy. Not for users.</summary>
    /// <param name="options">The state directory.</param>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock.</param>
    internal static async Task RunAgentAsync(ZonesOptions options, string name, CancellationToken cancellationToken = default)
    {
        await using ZoneHost host = Create(options, null);
        await host._lifecycle.SeeToAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private static ZoneHost Create(ZonesOptions? options, ILoggerFactory? loggerFactory) => new(new HostContext(options ?? new(), loggerFactory));

    /// <inheritdoc/>
    public async Task<Zone> CreateAsync(ZoneSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        await _lifecycle.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        return new Zone(this, spec.Zone);
    }

    /// <inheritdoc/>
    public async Task<Zone> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        await InfoAsync(name, cancellationToken).ConfigureAwait(false);
        return new Zone(this, name);
    }

    /// <inheritdoc/>
    public Task<ZoneInfo> InfoAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Task.Run(() => _context.Info(name), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ZoneInfo>> ListAsync(CancellationToken cancellationToken = default) => Task.Run(_context.List, cancellationToken);

    /// <inheritdoc/>
    public Task<VerifyReport> VerifyAsync(ZoneSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Task.Run(() => new Verifier(_context).Verify(spec), cancellationToken);
    }

    /// <inheritdoc/>
    public Task InstallAsync(string name, CancellationToken cancellationToken = default) => _lifecycle.InstallAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task ReadyAsync(string name, CancellationToken cancellationToken = default) => _lifecycle.ReadyAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task BootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default) =>
        _lifecycle.BootAsync(name, options ?? new(), cancellationToken);

    /// <inheritdoc/>
    public Task HaltAsync(string name, CancellationToken cancellationToken = default) => _lifecycle.HaltAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task ShutdownAsync(string name, bool reboot = false, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lifecycle.ShutdownAsync(name, reboot, timeout ?? TimeSpan.FromSeconds(60), cancellationToken);

    /// <inheritdoc/>
    public Task RebootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default) =>
        _lifecycle.RebootAsync(name, options ?? new(), cancellationToken);

    /// <inheritdoc/>
    public Task UninstallAsync(string name, CancellationToken cancellationToken = default) => _lifecycle.UninstallAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, bool force = false, CancellationToken cancellationToken = default) =>
        _lifecycle.DeleteAsync(name, force, cancellationToken);

    /// <inheritdoc/>
    public Task<ExecResult> ExecAsync(string name, ExecRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Io is ExecIo.Terminal or ExecIo.Detached
            ? throw new ArgumentException($"the output of a command with {request.Io} cannot be collected; use StartAsync", nameof(request))
            : _commands.RunAsync(name, request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ZoneProcess> StartAsync(string name, ExecRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await _commands.StartAsync(name, request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<CopyReport> CopyInAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return new ZoneCopier(_context, _lifecycle).InAsync(name, source, target, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CopyReport> CopyOutAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return new ZoneCopier(_context, _lifecycle).OutAsync(name, source, target, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CopyReport> CopyInAsync(string name, Stream archive, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return new ZoneCopier(_context, _lifecycle).InAsync(name, archive, target, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CopyReport> CopyOutAsync(string name, string source, Stream archive, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(archive);
        return new ZoneCopier(_context, _lifecycle).OutAsync(name, source, archive, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ZoneUsage> StatAsync(string name, CancellationToken cancellationToken = default) => Task.Run(() => _context.Usage(name), cancellationToken);

    /// <inheritdoc/>
    public Task<ZoneUsage> StatHostAsync(CancellationToken cancellationToken = default) => Task.Run(_context.HostUsage, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ZoneEvent> WatchAsync(long after = 0, bool follow = true, CancellationToken cancellationToken = default) =>
        _context.Catalogue.Watch(after, follow, cancellationToken);

    /// <inheritdoc/>
    public Task<ZoneConsole> OpenConsoleAsync(string name, ConsoleOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run<ZoneConsole>(() => ConnectedConsole.Open(_context, _lifecycle, name, options ?? new()), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> LogsAsync(string name, LogOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string uuid = _context.Row(name).Uuid;
        string path = LogReader.PathOf(_context.State, name);
        await foreach (string line in LogReader.ReadAsync(path, options ?? new(), () => _context.Catalogue.Find(name)?.Uuid == uuid, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    /// <inheritdoc/>
    public Task<RecoveryReport> RecoverAsync(CancellationToken cancellationToken = default) => _lifecycle.RecoverAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Zone> CloneAsync(string name, string source, CancellationToken cancellationToken = default)
    {
        await _lifecycle.CloneAsync(name, source, cancellationToken).ConfigureAwait(false);
        return new Zone(this, name);
    }

    /// <inheritdoc/>
    public Task MoveAsync(string name, string zonepath, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(zonepath);
        return _lifecycle.MoveAsync(name, zonepath, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<string> DetachAsync(string name, CancellationToken cancellationToken = default) => _lifecycle.DetachAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<AttachReport> AttachAsync(string name, AttachOptions? options = null, CancellationToken cancellationToken = default) =>
        _lifecycle.AttachAsync(name, options ?? new(), cancellationToken);

    /// <inheritdoc/>
    public Task MarkAsync(string name, ZoneState state, CancellationToken cancellationToken = default) => _lifecycle.MarkAsync(name, state, cancellationToken);

    /// <inheritdoc/>
    public Task<AutobootReport> AutobootAsync(CancellationToken cancellationToken = default) => new Autobooter(this).BootAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<AutobootReport> AutoshutdownAsync(CancellationToken cancellationToken = default) => new Autobooter(this).StopAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<ZoneChange> UpdateAsync(string name, ZoneSpec spec, ZoneSpec? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(spec);
        return _lifecycle.UpdateAsync(name, spec, expected, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ApplyPlan> PlanAsync(ApplyRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => new Planner(_context, _lifecycle).Plan(request), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ApplyReport> ApplyAsync(ApplyPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new Planner(_context, _lifecycle).ApplyAsync(plan, cancellationToken);
    }

    /// <inheritdoc/>
    Task<ZoneInfo> IVerbCheck.RequireAsync(string name, Verb verb, CancellationToken cancellationToken) => _lifecycle.RequireAsync(name, verb, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _context.Dispose();
        return ValueTask.CompletedTask;
    }
}
