using static Zones.Served.ServedConnection;

namespace Zones.Served;

/// <content>What changes zones: operations there.</content>
internal sealed partial class ServedHost
{
    public async Task<Zone> CreateAsync(ZoneSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        await OperateAsync("zones", new SpecRequest(spec), ServedJson.Default.SpecRequest, cancellationToken).ConfigureAwait(false);
        return new Zone(this, spec.Zone);
    }

    public Task InstallAsync(string name, CancellationToken cancellationToken = default) => OperateAsync(Of(name, "/install"), cancellationToken);

    public Task ReadyAsync(string name, CancellationToken cancellationToken = default) => OperateAsync(Of(name, "/ready"), cancellationToken);

    public Task BootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default) =>
        OperateAsync(Of(name, "/boot"), options ?? new(), ServedJson.Default.BootOptions, cancellationToken);

    public Task HaltAsync(string name, CancellationToken cancellationToken = default) => OperateAsync(Of(name, "/halt"), cancellationToken);

    public Task ShutdownAsync(string name, bool reboot = false, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        OperateAsync(Of(name, "/shutdown"), new(reboot, timeout), ServedJson.Default.ShutdownRequest, cancellationToken);

    public Task RebootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default) =>
        OperateAsync(Of(name, "/reboot"), options ?? new(), ServedJson.Default.BootOptions, cancellationToken);

    public Task UninstallAsync(string name, CancellationToken cancellationToken = default) => OperateAsync(Of(name, "/uninstall"), cancellationToken);

    public Task DeleteAsync(string name, bool force = false, CancellationToken cancellationToken = default) =>
        OperateAsync(Of(name, "/delete"), new(force), ServedJson.Default.DeleteRequest, cancellationToken);

    public Task<RecoveryReport> RecoverAsync(CancellationToken cancellationToken = default) =>
        ResultAsync("recover", null, ServedJson.Default.RecoveryReport, cancellationToken);

    public async Task<Zone> CloneAsync(string name, string source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        await OperateAsync(Of(name, "/clone"), new(source), ServedJson.Default.CloneRequest, cancellationToken).ConfigureAwait(false);
        return new Zone(this, name);
    }

    public Task MoveAsync(string name, string zonepath, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(zonepath);
        return OperateAsync(Of(name, "/move"), new(zonepath), ServedJson.Default.MoveRequest, cancellationToken);
    }

    public Task<CopyReport> CopyInAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return CopyAsync(Of(name, "/copy-in"), new(Path.GetFullPath(source), target, options?.Owners == true), cancellationToken);
    }

    public Task<CopyReport> CopyOutAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        return CopyAsync(Of(name, "/copy-out"), new(source, Path.GetFullPath(target), options?.Owners == true), cancellationToken);
    }

    public Task<CopyReport> CopyInAsync(string name, Stream archive, string target, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return ServedArchive.InAsync(_connection, Of(name, "/archive"), archive, new(target, Owners: options?.Owners == true), cancellationToken);
    }

    public Task<CopyReport> CopyOutAsync(string name, string source, Stream archive, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(archive);
        return ServedArchive.OutAsync(_connection, Of(name, "/archive"), archive, new(source, Out: true, options?.Owners == true), cancellationToken);
    }

    private Task<CopyReport> CopyAsync(string address, CopyRequest request, CancellationToken cancellationToken) =>
        ResultAsync(address, Body(request, ServedJson.Default.CopyRequest), ServedJson.Default.CopyReport, cancellationToken);

    public Task<string> DetachAsync(string name, CancellationToken cancellationToken = default) =>
        ResultAsync(Of(name, "/detach"), null, ServedJson.Default.String, cancellationToken);

    public Task<AttachReport> AttachAsync(string name, AttachOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultAsync(Of(name, "/attach"), Body(options ?? new(), ServedJson.Default.AttachOptions), ServedJson.Default.AttachReport, cancellationToken);

    public Task MarkAsync(string name, ZoneState state, CancellationToken cancellationToken = default) =>
        OperateAsync(Of(name, "/mark"), new(state), ServedJson.Default.MarkRequest, cancellationToken);

    public Task<AutobootReport> AutobootAsync(CancellationToken cancellationToken = default) =>
        ResultAsync("autoboot", null, ServedJson.Default.AutobootReport, cancellationToken);

    public Task<AutobootReport> AutoshutdownAsync(CancellationToken cancellationToken = default) =>
        ResultAsync("autoshutdown", null, ServedJson.Default.AutobootReport, cancellationToken);

    public Task<ZoneChange> UpdateAsync(string name, ZoneSpec spec, ZoneSpec? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ResultAsync(Of(name, "/update"), Body(new(spec, expected), ServedJson.Default.UpdateRequest), ServedJson.Default.ZoneChange, cancellationToken);
    }

    public Task<ApplyReport> ApplyAsync(ApplyPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return ResultAsync("apply", Body(plan, ServedJson.Default.ApplyPlan), ServedJson.Default.ApplyReport, cancellationToken);
    }
}
