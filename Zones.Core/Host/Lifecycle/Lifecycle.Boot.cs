using System.Diagnostics;
using Zones.Catalogue;
using Zones.Consoles;
using Zones.Interop;
using Zones.Resources;
using Zones.Roots;
using Zones.Specs;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>Ready, boot, halt and shutdown: what acquires and releases.</content>
internal sealed partial class Lifecycle
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(30);

    private void Ready(ZoneRow row)
    {
        ZoneSpec spec = context.Spec(row);
        SharedRoot? shared = RequireInstalled(row, spec);
        List<Resource> intents = Intents(row.Name, spec);
        NetworkPlan? network = NetworkOf(row, spec);
        (long generation, List<Resource> rows) = context.Catalogue.Begin(null, DurabilityOf(network), (connection, number) =>
            [.. network?.Intents(connection, number).Ready ?? [], .. Numbered(intents, number)]);
        using ZoneBoot boot = new(context.Carrier(spec), row, new(), shared, null) { Definition = spec };
        AcquireOrUndo(row, rows, boot, []);
        HoldOrRelease(row.Name, generation, [(ZoneState.Installed, ZoneState.Ready)], null);
        Log.StateChanged(context.Logger, row.Name, row.State, "ready");
    }

    private void Boot(ZoneRow row, BootOptions options, ProcessIdentity? owner, KeeperConnection keeper, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        ZoneSpec spec = BootTrial.Of(context.Spec(row), options);
        SharedRoot? shared = RequireInstalled(row, spec);
        bool ready = row.ZoneState == ZoneState.Ready;
        List<Resource> intents = ready ? [] : Intents(row.Name, spec);
        List<Resource> up = [.. context.Brand(spec)?.UpIntents(spec) ?? []];
        NetworkPlan? network = NetworkOf(row, spec);
        bool console = spec.Console || ConsoleSeat.Holder(context.State, row.Name) is not null;
        (long generation, List<Resource> rows) = context.Catalogue.Begin(ready ? row.Generation : null, DurabilityOf(network), (connection, number) =>
        {
            Resource process = new(row.Name, number, ProcessKind.Name, row.Name, ProcessKind.Data(context.CgroupPath(row.Name), owner));
            NetworkIntents? links = network?.Intents(connection, number);
            IEnumerable<Resource> before = ready || links is null ? [] : links.Ready;
            IEnumerable<Resource> late = console ? [ConsoleKind.Intent(row.Name, number), process] : [process];
            return [.. before, .. Numbered(intents, number), .. links?.Up ?? [], .. Numbered(up, number), .. late];
        });
        keeper.ClaimUnborn(row.Name, generation);
        using ZoneBoot boot = new(context.Carrier(spec), row, options, shared, owner) { Definition = spec, Console = console, Cancelled = cancellationToken };
        try
        {
            AcquireOrUndo(row, rows, boot, ready ? [(ZoneState.Ready, ZoneState.Installed)] : []);
        }
        catch
        {
            keeper.Done(row.Name, up: false);
            throw;
        }

        IReadOnlyList<(ZoneState, ZoneState)> path = ready
            ? [(ZoneState.Ready, ZoneState.Running)]
            : [(ZoneState.Installed, ZoneState.Ready), (ZoneState.Ready, ZoneState.Running)];
        HoldOrRelease(row.Name, generation, path, boot.Process);
        keeper.Done(row.Name, up: true);
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Telemetry.BootDuration.Record(milliseconds);
        Log.Booted(context.Logger, row.Name, milliseconds, boot.Process!.Pid);
    }

    /// <summary>Kills what runs and releases all that is held.</summary>
    private void Halt(ZoneRow row, KeeperConnection? keeper, string? detail = null) =>
        WithKeeper(keeper, connection => HaltWith(row, connection, detail));

    /// <summary>Does something with the connection at hand, else with one to the keeper that may be there.</summary>
    private void WithKeeper(KeeperConnection? keeper, Action<KeeperConnection?> action)
    {
        KeeperConnection? borrowed = keeper is null ? context.Zoned.KeeperIfRunning() : null;
        try
        {
            action(keeper ?? borrowed);
        }
        catch
        {
            // What was claimed on it and is not done is zoned's agent's to see to.
            borrowed?.Dispose();
            throw;
        }

        if (borrowed is not null)
        {
            context.Zoned.Return(borrowed);
        }
    }

    private void HaltWith(ZoneRow row, KeeperConnection? keeper, string? detail)
    {
        bool watched = row.Generation is { } claimed && keeper is not null && keeper.Claim(row.Name, claimed);
        bool up = row.Pid is not null;
        bool outOfMemory = up && context.OutOfMemoryKills(row.Name) > 0;
        List<Resource> rows = context.Catalogue.Ledger(row.Name);
        List<Resource> gone = ReleaseOrReport(row.Name, rows);
        ExitStatus? exit = up ? EndOf(row, Exit(watched ? keeper!.AwaitExit(row.Name, row.Generation!.Value, ExitTimeout) : null, outOfMemory)) : null;
        context.Catalogue.Release(row.Name, gone, PathDown(row.ZoneState), exit, detail);
        ForgetNextBoot(row, keeper);
        keeper?.Done(row.Name, up: false);
        Log.StateChanged(context.Logger, row.Name, row.State, "installed");
        if (gone.Count < rows.Count)
        {
            RequireDead(row);
        }
    }

    /// <summary>Says so when processes that were killed are still there: they are released, and with them what they use, when they have ended.</summary>
    /// <exception cref="ZoneResourceException">There are some.</exception>
    private void RequireDead(ZoneRow row)
    {
        if (context.Catalogue.Ledger(row.Name).Exists(resource => resource.Kind == ProcessKind.Name) && context.CgroupsOf(row.Name).Processes() is [_, ..] processes)
        {
            throw new ZoneResourceException($"{row.Name}: processes {string.Join(", ", processes)} were killed and do not end; they wait for the kernel, see /proc/PID/stack; try again when they have", ProcessKind.Name) { Zone = row.Name, IsTransient = true };
        }
    }

    /// <summary>Asks init to end. The lock is free while it does: a halt may come in between.</summary>
    public async Task ShutdownAsync(string name, bool reboot, TimeSpan timeout, CancellationToken cancellationToken)
    {
        SafeFd? process = null;
        bool proceed = false;
        await OperateAsync(Verb.Shutdown, name, needsZoned: true, (row, _, keeper) =>
        {
            if (!reboot)
            {
                row = StayDown(row, keeper);
            }

            proceed = Check(reboot ? Verb.Reboot : Verb.Shutdown, row);
            if (!proceed || StateTable.For(Verb.Shutdown, row.ZoneState).Kind == CourseKind.HaltFirst)
            {
                if (proceed)
                {
                    HaltFirst(Verb.Shutdown, row, keeper);
                }

                return;
            }

            process = HostContext.Identity(row)?.Open();
            if (row.ZoneState == ZoneState.Running)
            {
                context.Catalogue.SetState(name, ZoneState.Running, ZoneState.ShuttingDown, Durability.Normal);
            }

            if (process is not null && context.Brand(context.Spec(row)) is { } brand)
            {
                brand.Shutdown(context.Running(name));
            }
            else if (process is not null)
            {
                Wire.Kernel.Call(Wire.Linux.PidfdSendSignal, process.Number, InitPrograms.ShutdownSignal(context.InForce(row)));
            }
        }, cancellationToken).ConfigureAwait(false);

        using (process)
        {
            if (process is not null)
            {
                await AwaitEndAsync(process, timeout, cancellationToken).ConfigureAwait(false);
            }
        }

        if (proceed)
        {
            await HaltAsync(name, cancellationToken).ConfigureAwait(false);
            if (reboot)
            {
                await BootAsync(name, new(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task AwaitEndAsync(SafeFd process, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        const int pause = 10; // ms: sooner than zoned's agent, which would come for nothing
        while (Environment.TickCount64 < deadline && !Polling.Readable(process, TimeSpan.Zero))
        {
            // No thread waits with it: hundreds of zones may be asked to end at once.
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Acquires; what fails is undone before the error is thrown.</summary>
    private void AcquireOrUndo(ZoneRow row, List<Resource> rows, ZoneBoot boot, IReadOnlyList<(ZoneState, ZoneState)> path)
    {
        try
        {
            context.Resources.AcquireAll(rows, boot);
        }
        catch
        {
            List<Resource> gone = ReleaseOrReport(row.Name, context.Catalogue.Ledger(row.Name));
            context.Catalogue.Release(row.Name, gone, path, null, "boot failed");
            throw;
        }
    }

    /// <summary>Commits that all is made. Where that cannot be, nothing of it may stay: the rows that say so do, and the next verb
    /// or zoned's agent forgets them.</summary>
    private void HoldOrRelease(string name, long generation, IReadOnlyList<(ZoneState, ZoneState)> path, ProcessIdentity? process)
    {
        try
        {
            context.Catalogue.Hold(name, generation, path, process);
        }
        catch
        {
            ReleaseOrReport(name, context.Catalogue.Ledger(name));
            throw;
        }
    }

    /// <summary>Releases rows; those that stay are logged, and stay in the ledger for the next attempt.</summary>
    private List<Resource> ReleaseOrReport(string name, List<Resource> rows)
    {
        IReadOnlyList<(Resource Resource, Exception Reason)> kept = context.Resources.ReleaseAll(rows);
        foreach ((Resource resource, Exception reason) in kept)
        {
            Log.NotReleased(context.Logger, name, resource.Kind, resource.Name, reason.Message);
        }

        return [.. rows.Where(row => !kept.Any(entry => entry.Resource == row))];
    }

    /// <summary>How a zone ended, from how process 1 did.</summary>
    private ExitStatus EndOf(ZoneRow row, ExitStatus exit) => context.Brand(context.Spec(row))?.Ended(row, exit) ?? exit;

    private static ExitStatus Exit(int? status, bool outOfMemory) =>
        (status is { } word and not -1 ? ExitStatus.FromWait(word) : new ExitStatus(-1)) with { OutOfMemory = outOfMemory };

    /// <summary>The states on the way from where a zone is to installed.</summary>
    private static IReadOnlyList<(ZoneState, ZoneState)> PathDown(ZoneState state) => state switch
    {
        ZoneState.Running => [(ZoneState.Running, ZoneState.Down), (ZoneState.Down, ZoneState.Installed)],
        ZoneState.ShuttingDown => [(ZoneState.ShuttingDown, ZoneState.Down), (ZoneState.Down, ZoneState.Installed)],
        ZoneState.Ready or ZoneState.Down => [(state, ZoneState.Installed)],
        _ => [],
    };

    /// <summary>What a zone holds from ready to halt. Found out before the transaction that commits it: a server may have to be asked.</summary>
    private List<Resource> Intents(string name, ZoneSpec spec)
    {
        Resource cgroup = new(name, 0, CgroupKind.Name, name, context.CgroupPath(name));
        if (context.Brand(spec) is { } brand)
        {
            return [.. brand.Intents(spec), cgroup];
        }

        Resource? root = context.RootProvider(spec)?.Intent(spec);
        Resource? view = context.ViewOf(spec)?.Intent(name);
        return [.. new[] { root, cgroup, view }.OfType<Resource>()];
    }

    /// <summary>How the zone gets a network; null when it wants none.</summary>
    private NetworkPlan? NetworkOf(ZoneRow row, ZoneSpec spec) => PackageRequirements.WantsNetwork(spec) ? context.Network!.Plan(row, spec) : null;

    private static Durability DurabilityOf(NetworkPlan? network) => network is { WillLease: true } ? Durability.Full : Durability.Normal;

    private static List<Resource> Numbered(List<Resource> intents, long generation) => intents.ConvertAll(intent => intent with { Generation = generation });

    /// <summary>Opens the root of a zone that holds nothing else, and holds it for as long as its files are looked at.</summary>
    private void WithRoot(ZoneRow row, ZoneSpec spec, Action<RootTree> action)
    {
        if (context.RootProvider(spec) is not { } provider)
        {
            using RootTree local = RootTree.Local(spec.Root);
            action(local);
            return;
        }

        List<Resource> intents = provider.Intent(spec) is { } root ? [root] : [];
        (_, List<Resource> rows) = context.Catalogue.Begin(number => Numbered(intents, number));
        try
        {
            context.Resources.AcquireAll(rows, new ResourceBoot(spec));
            using RootTree tree = provider.Open(spec);
            action(tree);
        }
        finally
        {
            context.Catalogue.Release(row.Name, ReleaseOrReport(row.Name, rows), [], null);
        }
    }
}
