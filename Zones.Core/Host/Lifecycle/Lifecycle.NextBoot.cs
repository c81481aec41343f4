using Zones.Catalogue;
using Zones.Zoned;

namespace Zones.Hosting;

/// <content>Boots that come by themselves: after a reboot from inside, and by the restart policy (<see cref="Catalogue.NextBoot"/>).</content>
internal sealed partial class Lifecycle
{
    private static readonly TimeSpan SteadyRun = TimeSpan.FromSeconds(10);

    private long Now => context.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What is to follow the end of a zone that nobody asked for; null for nothing. A zone that ran steadily begins to count anew.</summary>
    private NextBoot? NextAfter(ZoneRow row, ExitStatus exit, ProcessIdentity? owner)
    {
        // Zones that went with the host come back by autoboot, not by their restart policy.
        if (row.ZoneState != ZoneState.Running || row.BootId != ProcessIdentity.CurrentBoot)
        {
            return null;
        }

        // reboot(2) inside ends process 1 with SIGHUP, power-off and halt with SIGINT (pid_namespaces(7)).
        long now = Now;
        if (exit.Signal == Wire.Linux.SIGHUP)
        {
            return new(0, now, row.BootId, owner);
        }

        RestartPolicy policy = context.Spec(row).Restart;
        bool again = policy == RestartPolicy.Always || (policy == RestartPolicy.OnFailure && exit.Code != 0);
        long restarts = now - (row.BootedAt ?? 0) > SteadyRun.TotalMilliseconds ? 1 : row.Restarts + 1;
        return again && exit.Signal != Wire.Linux.SIGINT ? new(restarts, now + NextBoot.Pause(restarts), row.BootId, owner) : null;
    }

    /// <summary>No boot is to come any more; zoned need not stay for it.</summary>
    private void ForgetNextBoot(ZoneRow row, KeeperConnection? keeper)
    {
        if (row.Restarts > 0 || row.NextBoot is not null)
        {
            context.Catalogue.DropNextBoot(row.Name);
            WithKeeper(keeper, connection => connection?.Dismiss(row.Name));
        }
    }

    /// <summary>Notes that somebody stops the zone and means it: also while it is down and waits for its next boot, and where there is nothing to stop.</summary>
    /// <returns>The zone as it is then.</returns>
    private ZoneRow StayDown(ZoneRow row, KeeperConnection? keeper)
    {
        if (!row.ZoneState.IsUp())
        {
            ForgetNextBoot(row, keeper);
        }
        else if (row.ZoneState == ZoneState.Running && context.Spec(row).Restart != RestartPolicy.Never)
        {
            // Who finds it killed, should this process be killed too, must not take that for a failure.
            context.Catalogue.SetState(row.Name, ZoneState.Running, ZoneState.ShuttingDown, Durability.Normal);
            return row with { State = ZoneState.ShuttingDown.Text() };
        }

        return row;
    }

    /// <summary>Has zoned come for a boot that is still to come: a keeper may know nothing of it, or may have forgotten it over what it was told meanwhile.
    /// For whoever is about to let go of the zone's lock and does not boot it himself.</summary>
    private void Remind(string name, KeeperConnection? keeper)
    {
        if (context.Catalogue.Find(name) is not { NextBoot: { } text } || NextBoot.Parse(text) is not { BootId: var boot } next || boot != ProcessIdentity.CurrentBoot)
        {
            return;
        }

        try
        {
            using KeeperConnection? own = keeper is null ? context.Zoned.Keeper() : null;
            (keeper ?? own)!.Call(name, next.Wait(Now));
        }
        catch (ZoneException e)
        {
            // It stays noted, for the next who looks at the zone.
            Log.NotReleased(context.Logger, name, ProcessKind.Name, "next boot", e.Message);
        }
    }

    /// <summary>Boots a zone whose next boot has come.</summary>
    /// <exception cref="ZoneException">It cannot be booted now; the boot stays noted.</exception>
    private void BootNext(ZoneRow row)
    {
        if (row.NextBoot is not { } text)
        {
            return;
        }

        NextBoot next = NextBoot.Parse(text);
        if (next.BootId != ProcessIdentity.CurrentBoot || (next.Restarts > 0 && context.Spec(row).Restart == RestartPolicy.Never))
        {
            ForgetNextBoot(row, keeper: null);
        }
        else if (next.Wait(Now) > TimeSpan.Zero)
        {
            Remind(row.Name, keeper: null);
        }
        else if (Check(Verb.Boot, row))
        {
            BootAgain(row, next.Owner);
        }
    }

    /// <summary>Boots a zone that nobody else will: the keeper that asked for it may die meanwhile, and the next one knows of nothing.</summary>
    private void BootAgain(ZoneRow row, ProcessIdentity? owner)
    {
        const int attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using KeeperConnection keeper = context.Zoned.Keeper();
                Boot(row, new(), owner, keeper, CancellationToken.None);
                return;
            }
            catch (ZoneException e) when (e.IsTransient && attempt < attempts)
            {
                row = Settle(context.Row(row.Name), keeper: null);
            }
        }
    }
}
