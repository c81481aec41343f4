namespace Zones.Hosting;

/// <summary>Boots zones with the host, and ends them with it.</summary>
internal sealed class Autobooter(IZoneHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Boots the zones that say autoboot, and those that they depend on: one after the other in the order of priority, each as
    /// soon as all that it depends on are ready.</summary>
    public async Task<AutobootReport> BootAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ZoneInfo> zones = await host.ListAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, ZoneSpec> all = zones.ToDictionary(zone => zone.Name, zone => zone.Spec, StringComparer.Ordinal);
        Dictionary<string, string> bare = zones.Where(zone => zone.State is ZoneState.Configured or ZoneState.Incomplete).ToDictionary(zone => zone.Name, Bare, StringComparer.Ordinal);
        using SemaphoreSlim turn = new(1);
        Dictionary<string, Task<string?>> boots = [];
        List<ZoneFailure> skipped = [];
        foreach (BootStep step in BootOrder.Sort(Wanted(all)))
        {
            IReadOnlyList<string>? circle = BootOrder.Circle(step.Spec.Zone, name => all.TryGetValue(name, out ZoneSpec? spec) ? spec.DependsOn : []);
            if (circle is null && bare.TryGetValue(step.Spec.Zone, out string? why))
            {
                skipped.Add(new(step.Spec.Zone, why));
                continue;
            }

            boots[step.Spec.Zone] = circle is null
                ? BootAsync(step.Spec, boots, bare, turn, cancellationToken)
                : Task.FromResult<string?>($"{step.Spec.Zone}: depends-on: {BootOrder.Shown(circle)} goes round in a circle; take one of these dependencies away");
        }

        return await ReportAsync(boots).ConfigureAwait(false) with { Skipped = skipped };
    }

    /// <summary>Ends every zone that runs, as its autoshutdown says: in the reverse order of booting, those of one priority at once.</summary>
    public async Task<AutobootReport> StopAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ZoneInfo> all = await host.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (ZoneInfo zone in all.Where(zone => zone.State == ZoneState.Installed && zone.Spec.Restart != RestartPolicy.Never))
        {
            // It may wait for its next start.
            await TryAsync(() => host.HaltAsync(zone.Name, cancellationToken)).ConfigureAwait(false);
        }

        List<BootStep> order = BootOrder.Sort(all.Where(zone => zone.Id is not null).Select(zone => zone.Spec));
        order.Reverse();
        Dictionary<string, Task<string?>> stops = [];
        foreach (IGrouping<(int, int), BootStep> together in order.GroupBy(step => (step.Priority, step.Depth)))
        {
            foreach (BootStep step in together)
            {
                stops[step.Spec.Zone] = TryAsync(() => StopAsync(step.Spec, cancellationToken));
            }

            await Task.WhenAll(together.Select(step => stops[step.Spec.Zone])).ConfigureAwait(false);
        }

        return await ReportAsync(stops).ConfigureAwait(false);
    }

    /// <summary>Why there is nothing that could be booted.</summary>
    private static string Bare(ZoneInfo zone) =>
        $"{zone.Name}: is {zone.State.Text()}, so it is not booted; {(zone.State == ZoneState.Configured ? "install it" : "uninstall it, then install it")}";

    private static List<ZoneSpec> Wanted(Dictionary<string, ZoneSpec> all)
    {
        HashSet<string> wanted = [];
        Stack<string> open = new(all.Values.Where(spec => spec.Autoboot).Select(spec => spec.Zone));
        while (open.TryPop(out string? name))
        {
            if (all.TryGetValue(name, out ZoneSpec? spec) && wanted.Add(name))
            {
                foreach (string needed in spec.DependsOn)
                {
                    open.Push(needed);
                }
            }
        }

        return [.. wanted.Select(name => all[name])];
    }

    private async Task<string?> BootAsync(ZoneSpec spec, Dictionary<string, Task<string?>> boots, Dictionary<string, string> bare, SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        foreach (string needed in spec.DependsOn)
        {
            if (bare.ContainsKey(needed))
            {
                return $"{spec.Zone}: depends on {needed}, which is not installed";
            }

            // What comes before in the order is there already.
            if (!boots.TryGetValue(needed, out Task<string?>? boot))
            {
                return $"{spec.Zone}: depends on {needed}, which is not configured; create it, or take it out of depends-on";
            }

            if (await boot.ConfigureAwait(false) is not null)
            {
                return $"{spec.Zone}: depends on {needed}, which is not ready";
            }
        }

        return await TryAsync(async () =>
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await host.BootAsync(spec.Zone, null, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }

            await ReadinessProbe.UntilReadyAsync(host, spec, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private Task StopAsync(ZoneSpec spec, CancellationToken cancellationToken) => spec.Autoshutdown == Autoshutdown.Halt
        ? host.HaltAsync(spec.Zone, cancellationToken)
        : host.ShutdownAsync(spec.Zone, reboot: false, Patience, cancellationToken);

    /// <summary>Null when it succeeds, else why not: one zone keeps no other from its turn.</summary>
    private static async Task<string?> TryAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.Message;
        }
    }

    private static async Task<AutobootReport> ReportAsync(Dictionary<string, Task<string?>> tasks)
    {
        List<string> done = [];
        List<ZoneFailure> failed = [];
        foreach ((string zone, Task<string?> task) in tasks)
        {
            if (await task.ConfigureAwait(false) is { } why)
            {
                failed.Add(ZoneFailure.Of(zone, why));
            }
            else
            {
                done.Add(zone);
            }
        }

        return new(done, failed);
    }
}
