namespace Zones.Benchmarks;

/// <summary>Zones over an export, by FUSE, beside zones over the same directory, by a bind mount.</summary>
internal static class NfsZones
{
    private static readonly string[] s_find = ["sh", "-c", "find / -xdev | wc -l"], s_perl = ["perl", "-e", "1"];

    public static async Task<Row[]> BesideBindAsync(Subject subject)
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(subject.Settings.Floor)!, "..", "debian-root"));
        await using ServedRoot served = await ServedRoot.StartAsync(Path.Combine(AppContext.BaseDirectory, "zone"), root, Path.Combine(subject.Directory, "served"));

        // find must not stop at /usr, as it would in a sparse zone, where that is a mount of its own.
        return
        [
            .. await BootsAsync(subject, served),
            .. await RunsAsync(subject, served, "find / -xdev", RootType.Whole, s_find),
            .. await RunsAsync(subject, served, "perl -e 1", RootType.Sparse, s_perl),
        ];
    }

    private static async Task<Row[]> BootsAsync(Subject subject, ServedRoot served)
    {
        (Zone mounted, Zone bound) = await CreateAsync(subject, served, RootType.Sparse, "/bin/sleep", "infinity");
        int samples = Math.Max(3, subject.Settings.Samples / 2);
        Task<(Samples, Samples)> MeasureAsync() => Samples.InTurnsAsync(samples, TimeSpan.Zero, () => subject.BootAsync(mounted.Name), () => subject.BootAsync(bound.Name));
        Row making = Row.Compare("boot over NFS that makes the mount, to first instruction; over a bind mount", await MeasureAsync(), null, "");

        Zone holder = await subject.Host.CreateAsync(Subject.Spec("holder") with { Root = ZoneRoot.Nfs(served.Export) });
        await holder.InstallAsync();
        await holder.BootAsync();
        Row sharing = Row.Compare("boot over NFS on a mount that another zone has, to first instruction; over a bind mount", await MeasureAsync(), null, "");
        await DeleteAsync(holder, mounted, bound);
        return [sharing, making];
    }

    /// <summary>A command in running zones that have no process but process 1, which has nothing of the root in memory: again and again;
    /// right after the boot, when the server has everything in memory and the mount nothing; and when nobody has.</summary>
    private static async Task<Row[]> RunsAsync(Subject subject, ServedRoot served, string what, RootType type, string[] command)
    {
        (Zone mounted, Zone bound) = await CreateAsync(subject, served, type);
        Task<double> RunAsync(Zone zone) => Commands.TimeAsync(zone, command);
        async Task<double> BootedAsync(Zone zone)
        {
            await zone.HaltAsync();
            await zone.BootAsync();
            return await RunAsync(zone);
        }

        async Task<double> ForgottenAsync(Zone zone)
        {
            await File.WriteAllTextAsync("/proc/sys/vm/drop_caches", "3");
            return await RunAsync(zone);
        }

        Task<(Samples, Samples)> MeasureAsync(int share, Func<Zone, Task<double>> run, bool compile) =>
            Samples.InTurnsAsync(Math.Max(3, subject.Settings.Samples / share), TimeSpan.Zero, () => run(mounted), () => run(bound), compile);

        await mounted.BootAsync();
        await bound.BootAsync();
        Row[] rows =
        [
            Row.Compare($"`{what}` over NFS, warm; over a bind mount", await MeasureAsync(2, RunAsync, compile: true), null, ""),
            Row.Compare($"`{what}` over NFS, first after the boot; over a bind mount", await MeasureAsync(4, BootedAsync, compile: false), null, ""),
            Row.Compare($"`{what}` over NFS, all of the host's caches dropped; over a bind mount", await MeasureAsync(10, ForgottenAsync, compile: false), null, ""),
        ];
        await DeleteAsync(mounted, bound);
        return rows;
    }

    private static async Task<(Zone Mounted, Zone Bound)> CreateAsync(Subject subject, ServedRoot served, RootType type, params string[] init)
    {
        Zone mounted = await subject.Host.CreateAsync(Subject.Spec("mounted", init) with { Root = ZoneRoot.Nfs(served.Export) with { Type = type } });
        Zone bound = await subject.Host.CreateAsync(Subject.Spec("bound", init) with { Root = ZoneRoot.Directory(served.Directory) with { Type = type } });
        await mounted.InstallAsync();
        await bound.InstallAsync();
        return (mounted, bound);
    }

    private static async Task DeleteAsync(params Zone[] zones)
    {
        foreach (Zone zone in zones)
        {
            await zone.DeleteAsync(force: true);
        }
    }
}
