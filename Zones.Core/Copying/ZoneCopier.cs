using Zones.Boot;
using Zones.Catalogue;
using Zones.Cgroups;
using Zones.Hosting;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Copying;

/// <summary>Copies between the host and zones: a running one as it sees its files, an installed one's private files.</summary>
internal sealed class ZoneCopier(HostContext context, Lifecycle lifecycle)
{
    public Task<CopyReport> InAsync(string name, string source, string target, CopyOptions options, CancellationToken cancellationToken) =>
        RunAsync(name, target, options, (host, zone) => Task.FromResult(new TreeCopy(host, zone, options, cancellationToken).Run(source, target)), cancellationToken);

    public Task<CopyReport> InAsync(string name, Stream archive, string target, CopyOptions options, CancellationToken cancellationToken) =>
        RunAsync(name, target, options, (_, zone) => new ArchiveReader(zone, options, cancellationToken).RunAsync(archive, target), cancellationToken);

    public Task<CopyReport> OutAsync(string name, string source, string target, CopyOptions options, CancellationToken cancellationToken) =>
        RunAsync(name, source, options, (host, zone) => Task.FromResult(new TreeCopy(zone, host, options, cancellationToken).Run(source, target)), cancellationToken);

    public Task<CopyReport> OutAsync(string name, string source, Stream archive, CopyOptions options, CancellationToken cancellationToken) =>
        RunAsync(name, source, options, (_, zone) => new ArchiveWriter(zone, options, cancellationToken).RunAsync(source, archive), cancellationToken);

    private async Task<CopyReport> RunAsync(string name, string path, CopyOptions options, Func<FileHand, FileHand, Task<CopyReport>> copy, CancellationToken cancellationToken)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ZoneException($"{name}:{path}: a path in a zone begins with / and has no NUL") { Zone = name, Operation = "copy", Path = path };
        }

        using LocalHand host = LocalHand.OfHost();
        while (true)
        {
            if (context.Brand(context.Spec(context.Row(name))) is not null)
            {
                throw new ZoneException($"{name}: the files of a domain are its own kernel's; copy through a command, as in 'tar -c DIR | zone exec {name} -- tar -x -C /DIR'") { Zone = name, Operation = "copy" };
            }

            ZoneState state = context.Row(name).ZoneState;
            if (state.IsLive())
            {
                using ZoneHand zone = await OpenAsync(name, cancellationToken).ConfigureAwait(false);
                return await Task.Run(() => copy(host, zone), cancellationToken).ConfigureAwait(false);
            }

            if (options.OnlyRunning)
            {
                throw new ZoneStateException($"{name}: is not running; boot it first", state) { Zone = name, Operation = "copy" };
            }

            CopyReport? report = null;
            await lifecycle.WithFilesAsync(name, row =>
            {
                using LocalHand zone = OfInstalled(row);
                report = copy(host, zone).GetAwaiter().GetResult();
            }, cancellationToken).ConfigureAwait(false);
            if (report is not null)
            {
                return report;
            }
        }
    }

    private LocalHand OfInstalled(ZoneRow row)
    {
        ZoneSpec spec = context.Spec(row);
        if (spec.Root.Type == RootType.Whole)
        {
            throw new ZoneStateException($"{row.Name}: its own files are a layer over its root, which is put together when it boots; boot it first", row.ZoneState) { Zone = row.Name, Operation = "copy" };
        }

        string[] elsewhere = [.. SharedRoot.PlacesOf(spec), .. spec.Fs.Select(fs => fs.Dir), "/proc", "/sys", "/dev", "/run", "/tmp"];
        return LocalHand.OfZone(row.Name, PrivateFiles.Of(row.Zonepath, spec), spec.Security.UserNamespace ? (uint)(row.IdBase ?? 0) : 0, elsewhere);
    }

    private async Task<ZoneHand> OpenAsync(string name, CancellationToken cancellationToken)
    {
        HostContext.RequireRoot();
        KeeperConnection keeper = await lifecycle.KeeperAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Open(name), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Zoned.Return(keeper);
        }
    }

    private ZoneHand Open(string name)
    {
        RunningZone zone = context.Running(name);
        using SafeFd process1 = zone.Process.Open()
            ?? throw new ZoneStateException($"{name}: process 1 has just ended; boot it again", zone.State) { Zone = name, IsTransient = true };
        using CgroupHandles cgroup = context.CgroupsOf(name).Open(CgroupPlan.For(zone.Spec, context.Cgroups));
        (SafeFd ours, SafeFd theirs) = Kernel.SocketPair(Linux.SOCK_SEQPACKET);
        ZonedSocket.SetPatience(ours, context.Options.BootTimeout);
        ZoneHand hand = new(name, zone.IdBase, new ZonedSocket(ours));
        try
        {
            using (theirs)
            {
                ZoneChild.Start(
                    context.Zoned,
                    (report, exit) => HandProgram.Compose(new HandPlan
                    {
                        Zone = name,
                        Generation = zone.Generation,
                        UserNamespace = zone.Spec.Security.UserNamespace,
                        Process1 = process1,
                        Cgroup = cgroup.Directory,
                        CgroupTasks = cgroup.Tasks,
                        Socket = theirs,
                        Report = report,
                        Exit = exit,
                    }),
                    context.Options.BootTimeout,
                    (what, errno) => new ZoneException($"{name}: cannot {what}: {KernelError.Describe(errno)}") { Zone = name, Operation = "copy", Errno = errno }).Exit.Dispose();
            }

            return hand;
        }
        catch
        {
            hand.Dispose();
            throw;
        }
    }
}
