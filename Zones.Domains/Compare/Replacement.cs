using System.Diagnostics;
using Zones.Domains.Compare.Sides;

namespace Zones.Domains.Compare;

/// <summary>Moves several instances at once to another root and back, as a new patch level is rolled out.</summary>
/// <param name="count">How many.</param>
/// <param name="roots">The spec's root, and the other.</param>
/// <param name="plan">What is run.</param>
/// <param name="bench">Where.</param>
internal sealed class Replacement(int count, (ZoneRoot From, ZoneRoot To) roots, ComparePlan plan, Workbench bench)
{
    /// <summary>Processes: ended, and started over the other root.</summary>
    /// <returns>Seconds for each move.</returns>
    public async Task<IReadOnlyList<double>> ProcessesAsync(int moves, SpecMap environment, CancellationToken cancellationToken)
    {
        List<double> seconds = [];
        ProcessSide[] before = [];
        try
        {
            before = await StartAsync(roots.From, environment, cancellationToken).ConfigureAwait(false);
            for (int move = 0; move < moves; move++)
            {
                long start = Stopwatch.GetTimestamp();
                await EndAsync(before).ConfigureAwait(false);
                before = await StartAsync(move % 2 == 0 ? roots.To : roots.From, environment, cancellationToken).ConfigureAwait(false);
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return seconds;
        }
        finally
        {
            await EndAsync(before).ConfigureAwait(false);
        }
    }

    /// <summary>Zones or domains.</summary>
    /// <returns>Seconds for each move.</returns>
    public async Task<IReadOnlyList<double>> ZonesAsync(ZoneSpec spec, int moves, CancellationToken cancellationToken)
    {
        ZoneSpec[] specs = [.. Enumerable.Range(1, count).Select(i => spec with { Zone = $"{spec.Zone}{i}" })];
        try
        {
            await EachAsync(specs, async one =>
            {
                Zone zone = await bench.Host.CreateAsync(one, cancellationToken).ConfigureAwait(false);
                await zone.InstallAsync(cancellationToken).ConfigureAwait(false);
                await zone.BootAsync(cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);

            List<double> seconds = [];
            for (int move = 0; move < moves; move++)
            {
                ZoneRoot root = (move % 2 == 0 ? roots.To : roots.From) with { Type = spec.Root.Type };
                long start = Stopwatch.GetTimestamp();
                await MoveAsync([.. specs.Select(one => one with { Root = root })], cancellationToken).ConfigureAwait(false);
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return seconds;
        }
        finally
        {
            IEnumerable<ZoneInfo> there = await bench.Host.ListAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
            await EachAsync([.. specs.IntersectBy(there.Select(info => info.Name), one => one.Zone)], one => bench.Host.DeleteAsync(one.Zone, force: true, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private async Task MoveAsync(ZoneSpec[] specs, CancellationToken cancellationToken)
    {
        await EachAsync(specs, async one =>
        {
            await bench.Host.HaltAsync(one.Zone, cancellationToken).ConfigureAwait(false);
            await bench.Host.UninstallAsync(one.Zone, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        ApplyPlan change = await bench.Host.PlanAsync(new ApplyRequest([.. specs]), cancellationToken).ConfigureAwait(false);
        ApplyReport applied = await bench.Host.ApplyAsync(change, cancellationToken).ConfigureAwait(false);
        if (applied.Failures.Count > 0)
        {
            throw new ZoneException($"{applied.Failures[0].Zone}: {applied.Failures[0].Message}") { Zone = applied.Failures[0].Zone, Operation = "apply" };
        }

        await EachAsync(specs, async one =>
        {
            await bench.Host.InstallAsync(one.Zone, cancellationToken).ConfigureAwait(false);
            await bench.Host.BootAsync(one.Zone, null, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async Task<ProcessSide[]> StartAsync(ZoneRoot root, SpecMap environment, CancellationToken cancellationToken)
    {
        ProcessSide[] started = [.. Enumerable.Range(0, count).Select(_ => new ProcessSide(bench.WorkProgram, root.Source ?? "/", plan.Init, environment))];
        try
        {
            await Task.WhenAll(started.Select(one => one.BootAsync(cancellationToken))).ConfigureAwait(false);
            return started;
        }
        catch
        {
            await EndAsync(started).ConfigureAwait(false);
            throw;
        }
    }

    private static Task EndAsync(IEnumerable<ProcessSide> sides) => Task.WhenAll(sides.Select(side => side.HaltAsync()));

    private static Task EachAsync(IEnumerable<ZoneSpec> specs, Func<ZoneSpec, Task> work) => Task.WhenAll(specs.Select(spec => Task.Run(() => work(spec))));
}
