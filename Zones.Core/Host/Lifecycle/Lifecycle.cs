using System.Diagnostics;
using Zones.Catalogue;
using Zones.Consoles;
using Zones.Roots;
using Zones.Zoned;

namespace Zones.Hosting;

/// <summary>The verbs that change a zone. Each takes the zone's lock, puts right what an earlier one left half-done, asks the state
/// table what to do, and does it.</summary>
internal sealed partial class Lifecycle(HostContext context)
{
    private readonly Verifier _verifier = new(context);
    private readonly ZoneInstaller _installer = new(context);

    public Task CreateAsync(ZoneSpec spec, CancellationToken cancellationToken, string? applySet = null) =>
        Task.Run(() => Record(spec, "create", null, applySet), cancellationToken);

    public Task InstallAsync(string name, CancellationToken cancellationToken) => OperateAsync(Verb.Install, name, needsZoned: false, (row, _, _) =>
    {
        if (Check(Verb.Install, row))
        {
            ZoneSpec spec = context.Spec(row);
            SharedRoot? shared = _verifier.Require(spec);
            ZoneSpec carrier = context.Carrier(spec);
            WithRoot(row, carrier, tree => _installer.Install(row, carrier, tree, shared ?? _verifier.RequireTree(carrier, tree), cancellationToken));
        }
    }, cancellationToken);

    public Task UninstallAsync(string name, CancellationToken cancellationToken) => OperateAsync(Verb.Uninstall, name, needsZoned: false, (row, _, keeper) =>
    {
        if (Check(Verb.Uninstall, row))
        {
            RequireDead(row);
            ForgetNextBoot(row, keeper);
            _installer.Uninstall(row);
        }
    }, cancellationToken);

    public Task DeleteAsync(string name, bool force, CancellationToken cancellationToken, ZoneSpec? expected = null) => OperateAsync(Verb.Delete, name, needsZoned: false, (row, held, _) =>
    {
        ThrowIfOther(row, expected, "delete");
        Delete(row, held, force);
    }, cancellationToken);

    public Task ReadyAsync(string name, CancellationToken cancellationToken) => OperateAsync(Verb.Ready, name, needsZoned: true, (row, _, keeper) =>
    {
        if (Check(Verb.Ready, row))
        {
            Ready(HaltFirst(Verb.Ready, row, keeper));
        }
    }, cancellationToken);

    public Task BootAsync(string name, BootOptions options, CancellationToken cancellationToken) => OperateAsync(Verb.Boot, name, needsZoned: true, (row, _, keeper) =>
    {
        if (Check(Verb.Boot, row))
        {
            // What a domain boots from was made for no such options when it was made ready.
            Boot(row.ZoneState == ZoneState.Ready && BootTrial.Changes(context.Spec(row), options) ? Halted(row, keeper) : row, options, Owner(row), keeper!, cancellationToken);
        }
        else
        {
            BootTrial.ThrowIfAny(row, options);
        }
    }, cancellationToken);

    public Task HaltAsync(string name, CancellationToken cancellationToken) => OperateAsync(Verb.Halt, name, needsZoned: false, (row, _, keeper) =>
    {
        row = StayDown(row, keeper);
        if (Check(Verb.Halt, row))
        {
            Halt(row, keeper);
        }
        else
        {
            RequireDead(row);
        }
    }, cancellationToken);

    public Task RebootAsync(string name, BootOptions options, CancellationToken cancellationToken) => OperateAsync(Verb.Reboot, name, needsZoned: true, (row, _, keeper) =>
    {
        if (Check(Verb.Reboot, row))
        {
            if (BootTrial.IsAny(options))
            {
                // What cannot be tried is no reason for a halt.
                RequireInstalled(row, BootTrial.Of(context.Spec(row), options));
            }

            Boot(HaltFirst(Verb.Reboot, row, keeper), options, Owner(row), keeper!, cancellationToken);
        }
    }, cancellationToken);

    /// <summary>What <paramref name="verb"/> would be refused for, without doing it.</summary>
    /// <returns>The zone as it was found.</returns>
    public async Task<ZoneInfo> RequireAsync(string name, Verb verb, CancellationToken cancellationToken)
    {
        RequireRoot(verb, context.Row(name).ZoneState.IsUp());
        using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() =>
        {
            ZoneRow settled = Settle(context.Row(name), keeper: null);
            if (settled.NextBoot is not null)
            {
                Remind(name, keeper: null);
            }

            Check(verb, settled);
            return context.Info(name);
        }, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Does something with the files of an installed zone, which stays as it is meanwhile; nothing when the zone runs.</summary>
    public Task WithFilesAsync(string name, Action<ZoneRow> action, CancellationToken cancellationToken) => OperateAsync(Verb.Copy, name, needsZoned: false, (row, _, _) =>
    {
        if (Check(Verb.Copy, row) && row.ZoneState == ZoneState.Installed)
        {
            action(row);
        }
    }, cancellationToken);

    /// <summary>Records a new zone.</summary>
    private void Record(ZoneSpec spec, string operation, Guid? identity, string? applySet = null)
    {
        IReadOnlyList<SpecProblem> problems = ZoneSpecValidator.Validate(spec);
        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = spec.Zone, Operation = operation };
        }

        string text = ZoneSpecYaml.Write(spec);
        context.Catalogue.Create(spec.Zone, text, context.ZonepathOf(spec), identity, applySet);
        context.Remember(text, spec);
    }

    /// <summary>Runs a verb under the zone's lock.</summary>
    /// <param name="verb">For errors, traces and metrics.</param>
    /// <param name="name">The zone.</param>
    /// <param name="needsZoned">Whether zoned has to be there; it is used if it is there in any case.</param>
    /// <param name="body">What is done with the zone, its lock and the keeper.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <param name="other">Another zone whose lock is held as well; locks are taken in the order of names, so that no two wait for each other.</param>
    private async Task OperateAsync(Verb verb, string name, bool needsZoned, Action<ZoneRow, ZoneLock, KeeperConnection?> body, CancellationToken cancellationToken, string? other = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string operation = StateTable.NameOf(verb);
        using Activity? activity = Telemetry.Start(operation, name);
        bool succeeded = false;
        try
        {
            // Before anything is made or a lock file appears: a name that is not there is not a path either.
            context.Row(name);
            RequireRoot(verb, needsZoned);
            KeeperConnection? keeper = needsZoned ? await KeeperAsync(cancellationToken).ConfigureAwait(false) : null;
            try
            {
                bool after = string.CompareOrdinal(other, name) > 0;
                using ZoneLock? before = other is null || after ? null : await ZoneLock.AcquireAsync(context.State, other, cancellationToken).ConfigureAwait(false);
                using ZoneLock held = await ZoneLock.AcquireAsync(context.State, name, cancellationToken).ConfigureAwait(false);
                using ZoneLock? behind = other is null || !after ? null : await ZoneLock.AcquireAsync(context.State, other, cancellationToken).ConfigureAwait(false);
                ZoneRow row = Require(name, held);
                if ((before ?? behind) is { } others)
                {
                    Require(other!, others);
                }

                await Task.Run(
                    () =>
                    {
                        ZoneRow settled = Settle(row, keeper);
                        try
                        {
                            body(settled, held, keeper);
                        }
                        finally
                        {
                            if (settled.NextBoot is not null)
                            {
                                Remind(name, keeper);
                            }

                            if (other is not null)
                            {
                                Remind(other, keeper);
                            }
                        }
                    },
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                // What was claimed and not done is zoned's agent's to see to.
                keeper?.Dispose();
                throw;
            }

            if (keeper is not null)
            {
                context.Zoned.Return(keeper);
            }

            succeeded = true;
        }
        finally
        {
            Telemetry.Count(operation, succeeded);
        }
    }

    /// <summary>What touches nothing but the catalogue is for whoever may write it.</summary>
    private static void RequireRoot(Verb verb, bool needsZoned)
    {
        if (verb != Verb.Delete && (verb != Verb.Update || needsZoned))
        {
            HostContext.RequireRoot();
        }
    }

    /// <summary>Whether there is something to do; throws when the state forbids it.</summary>
    private static bool Check(Verb verb, ZoneRow row)
    {
        Course course = StateTable.For(verb, row.ZoneState);
        string? reason = row is { ZoneState: ZoneState.Unavailable, Missing: { } missing } && verb is not (Verb.Install or Verb.Clone or Verb.Delete) ? $"something that it needs is not there: {missing}" : course.Reason;
        return course.Kind == CourseKind.Refuse
            ? throw new ZoneStateException($"{row.Name}: {reason}", row.ZoneState) { Zone = row.Name, Operation = StateTable.NameOf(verb) }
            : course.Kind != CourseKind.Nothing;
    }

    /// <summary>Who owns a zone that this process boots: nobody, or with <c>lifetime: owner</c> this process.</summary>
    private ProcessIdentity? Owner(ZoneRow row) => context.Spec(row).Lifetime == ZoneLifetime.Owner ? ProcessIdentity.Self : null;

    private ZoneRow HaltFirst(Verb verb, ZoneRow row, KeeperConnection? keeper) =>
        StateTable.For(verb, row.ZoneState).Kind == CourseKind.HaltFirst ? Halted(row, keeper) : row;

    private ZoneRow Halted(ZoneRow row, KeeperConnection? keeper)
    {
        Halt(row, keeper);
        return context.Row(row.Name);
    }

    private void Delete(ZoneRow row, ZoneLock held, bool force)
    {
        if (force)
        {
            row = StayDown(row, keeper: null);
        }

        if (force && row.ZoneState.IsUp())
        {
            Halt(row, keeper: null);
            row = context.Row(row.Name);
        }

        if (force && row.ZoneState is ZoneState.Installed or ZoneState.Incomplete or ZoneState.Unavailable)
        {
            RequireDead(row);
            _installer.Uninstall(row);
            row = context.Row(row.Name);
        }

        Check(Verb.Delete, row);
        if (context.Catalogue.Ledger(row.Name) is [{ } left, ..])
        {
            throw new ZoneResourceException($"{row.Name}: still holds {left.Kind} {left.Name}{(context.Resources.Knows(left.Kind) ? "; 'zone recover' tries to release it and says why it cannot" : ", which no loaded package knows; use the program that made it")}", left.Kind) { Zone = row.Name, Operation = "delete" };
        }

        // The log outlives a detach.
        TreeRemover.Remove(LogReader.PathOf(context.State, row.Name));
        context.Network?.Forget(row.Name);
        context.Catalogue.Delete(row.Name);
        ConsoleSeat.Sweep(context.State, row.Name);
        held.Remove();
    }
}
