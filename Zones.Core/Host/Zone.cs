namespace Zones;

/// <summary>A handle on one zone: its name and the host that has it. Holds nothing open.</summary>
/// <param name="host">Where it lives.</param>
/// <param name="name">Its name.</param>
public sealed class Zone(IZoneHost host, string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The host that it is of, for packages beside this one.</summary>
    internal IZoneHost Host => host;

    /// <inheritdoc cref="IZoneHost.InfoAsync"/>
    public Task<ZoneInfo> InfoAsync(CancellationToken cancellationToken = default) => host.InfoAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.InstallAsync"/>
    public Task InstallAsync(CancellationToken cancellationToken = default) => host.InstallAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.ReadyAsync"/>
    public Task ReadyAsync(CancellationToken cancellationToken = default) => host.ReadyAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.BootAsync"/>
    public Task BootAsync(CancellationToken cancellationToken = default) => host.BootAsync(Name, null, cancellationToken);

    /// <inheritdoc cref="IZoneHost.BootAsync"/>
    public Task BootAsync(BootOptions? options, CancellationToken cancellationToken = default) => host.BootAsync(Name, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.HaltAsync"/>
    public Task HaltAsync(CancellationToken cancellationToken = default) => host.HaltAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.ShutdownAsync"/>
    public Task ShutdownAsync(bool reboot = false, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        host.ShutdownAsync(Name, reboot, timeout, cancellationToken);

    /// <inheritdoc cref="IZoneHost.RebootAsync"/>
    public Task RebootAsync(CancellationToken cancellationToken = default) => host.RebootAsync(Name, null, cancellationToken);

    /// <inheritdoc cref="IZoneHost.UninstallAsync"/>
    public Task UninstallAsync(CancellationToken cancellationToken = default) => host.UninstallAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.DeleteAsync"/>
    public Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default) => host.DeleteAsync(Name, force, cancellationToken);

    /// <inheritdoc cref="IZoneHost.ExecAsync"/>
    public Task<ExecResult> ExecAsync(SpecList<string> command, CancellationToken cancellationToken = default) =>
        host.ExecAsync(Name, new ExecRequest(command), cancellationToken);

    /// <inheritdoc cref="IZoneHost.ExecAsync"/>
    public Task<ExecResult> ExecAsync(ExecRequest request, CancellationToken cancellationToken = default) =>
        host.ExecAsync(Name, request, cancellationToken);

    /// <inheritdoc cref="IZoneHost.StartAsync"/>
    public Task<ZoneProcess> StartAsync(ExecRequest request, CancellationToken cancellationToken = default) =>
        host.StartAsync(Name, request, cancellationToken);

    /// <inheritdoc cref="IZoneHost.CopyInAsync(string, string, string, CopyOptions?, CancellationToken)"/>
    public Task<CopyReport> CopyInAsync(string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        host.CopyInAsync(Name, source, target, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.CopyOutAsync(string, string, string, CopyOptions?, CancellationToken)"/>
    public Task<CopyReport> CopyOutAsync(string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        host.CopyOutAsync(Name, source, target, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.CopyInAsync(string, Stream, string, CopyOptions?, CancellationToken)"/>
    public Task<CopyReport> CopyInAsync(Stream archive, string target, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        host.CopyInAsync(Name, archive, target, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.CopyOutAsync(string, string, Stream, CopyOptions?, CancellationToken)"/>
    public Task<CopyReport> CopyOutAsync(string source, Stream archive, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        host.CopyOutAsync(Name, source, archive, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.StatAsync"/>
    public Task<ZoneUsage> StatAsync(CancellationToken cancellationToken = default) => host.StatAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.OpenConsoleAsync"/>
    public Task<ZoneConsole> OpenConsoleAsync(ConsoleOptions? options = null, CancellationToken cancellationToken = default) => host.OpenConsoleAsync(Name, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.LogsAsync"/>
    public IAsyncEnumerable<string> LogsAsync(LogOptions? options = null, CancellationToken cancellationToken = default) =>
        host.LogsAsync(Name, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.CloneAsync"/>
    public Task<Zone> CloneAsync(string name, CancellationToken cancellationToken = default) => host.CloneAsync(name, Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.MoveAsync"/>
    public Task MoveAsync(string zonepath, CancellationToken cancellationToken = default) => host.MoveAsync(Name, zonepath, cancellationToken);

    /// <inheritdoc cref="IZoneHost.DetachAsync"/>
    public Task<string> DetachAsync(CancellationToken cancellationToken = default) => host.DetachAsync(Name, cancellationToken);

    /// <inheritdoc cref="IZoneHost.AttachAsync"/>
    public Task<AttachReport> AttachAsync(AttachOptions? options = null, CancellationToken cancellationToken = default) => host.AttachAsync(Name, options, cancellationToken);

    /// <inheritdoc cref="IZoneHost.MarkAsync"/>
    public Task MarkAsync(ZoneState state, CancellationToken cancellationToken = default) => host.MarkAsync(Name, state, cancellationToken);

    /// <summary>Changes the zone's spec, and at once what a running zone can take (<see cref="IZoneHost.UpdateAsync"/>). A change that
    /// somebody else makes meanwhile is not lost: the function is called again, with the spec as it is then.</summary>
    /// <param name="change">From the spec as it is to the spec as it shall be, such as <c>spec => spec with { MaxProcesses = 100 }</c>.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock.</param>
    public async Task<ZoneChange> UpdateAsync(Func<ZoneSpec, ZoneSpec> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            ZoneSpec current = (await InfoAsync(cancellationToken).ConfigureAwait(false)).Spec;
            try
            {
                return await host.UpdateAsync(Name, change(current), current, cancellationToken).ConfigureAwait(false);
            }
            catch (ZoneException e) when (e is { IsTransient: true, Operation: "update" })
            {
                if ((await InfoAsync(cancellationToken).ConfigureAwait(false)).Spec.Equals(current))
                {
                    throw;
                }
            }
        }
    }
}
