namespace Zones.Benchmarks;

/// <summary>Boots against the floor and against other runtimes.</summary>
internal static class Boots
{
    public static async Task<Row[]> BackToBackAsync(Subject subject) =>
    [
        Row.Compare(
            "boot to first instruction, back to back; floor.c",
            await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, subject.BootAsync, subject.Floor.BootAsync),
            1.5,
            "≤ 1.5 × the floor"),
    ];

    // An idle host answers some calls a grace period later: what is quick in a loop may not be quick for a person.
    public static async Task<Row[]> PacedAsync(Subject subject) =>
    [
        Row.Compare(
            "boot to first instruction, one every 0.5 s; floor.c",
            await Samples.InTurnsAsync(Math.Max(subject.Settings.Samples / 4, 3), TimeSpan.FromSeconds(0.5), subject.BootAsync, subject.Floor.BootAsync),
            1.5,
            "≤ 1.5 × the floor"),
    ];

    /// <summary>The second half of a boot: the zone is ready, its resources are there, and only process 1 is to be made.</summary>
    public static async Task<Row[]> FromReadyAsync(Subject subject)
    {
        async Task<double> FromReadyAsync()
        {
            await subject.Host.ReadyAsync("bench");
            return await subject.BootAsync();
        }

        return
        [
            Row.Compare(
                "boot of a zone that is ready, to first instruction; floor.c",
                await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, FromReadyAsync, subject.Floor.BootAsync),
                null,
                ""),
        ];
    }

    /// <summary>On a host with version 1 hierarchies each limit is one more of them to be in; floor.c joins the same.</summary>
    public static async Task<Row[]> CappedAsync(Subject subject)
    {
        string[] hierarchies = [.. new[] { "cpu", "memory" }.Where(name => File.Exists($"/sys/fs/cgroup/{name}/tasks"))];
        using Floor floor = new(subject.Settings.Floor, Path.Combine(subject.Directory, "floor-capped"), hierarchies);
        Zone zone = await subject.Host.CreateAsync(Subject.Spec("capped", "/bin/sleep", "infinity") with { CappedCpu = new(1.5m), CappedMemory = new(DataSize.MiB(256)) });
        await zone.InstallAsync();
        (Samples, Samples) measured = await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, () => subject.BootAsync("capped"), floor.BootAsync);
        await zone.DeleteAsync(force: true);
        return [Row.Compare("boot with capped-cpu and capped-memory, to first instruction; floor.c in the same hierarchies", measured, null, "")];
    }

    public static async Task<Row[]> BubblewrapAsync(Subject subject) =>
    [
        Row.Compare(
            "boot to first instruction; `bwrap --unshare-all` whole",
            await InTurnsAsync(subject, () => Command.Run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/true"])),
            1,
            "below bubblewrap"),
    ];

    public static async Task<Row[]> RuncAsync(Subject subject)
    {
        OciBundle bundle = new(Path.Combine(subject.Directory, "runc"));
        return [Row.Compare("boot to first instruction; `runc run` whole", await InTurnsAsync(subject, () => bundle.Run("runc")), 0.2, "runc ≥ 5 × slower")];
    }

    public static async Task<Row[]> CrunAsync(Subject subject)
    {
        OciBundle bundle = new(Path.Combine(subject.Directory, "crun"));
        using NoHybridThread thread = new();
        return
        [
            Row.Compare("boot to first instruction; `crun run` whole", await InTurnsAsync(subject, () => thread.Run(() => bundle.Run("crun"))), null, ""),
            Row.Compare("boot to first instruction; `crun run` whole, without cgroups", await InTurnsAsync(subject, () => thread.Run(() => RunWithoutCgroups(bundle))), null, ""),
        ];
    }

    public static async Task<Row[]> WholeLifeAsync(Subject subject)
    {
        OciBundle bundle = new(Path.Combine(subject.Directory, "life"));
        using NoHybridThread thread = new();
        int lives = 0;
        Task<double> Live() => Samples.TimeAsync(async () =>
        {
            // Another name each time, as crun's containers have: whatever a name decides is not decided for all samples.
            Zone zone = await subject.Host.CreateAsync(Subject.Spec($"life-{++lives}", "/bin/true"));
            await zone.InstallAsync();
            await zone.BootAsync();
            await zone.HaltAsync();
            await zone.UninstallAsync();
            await zone.DeleteAsync();
        });
        const string What = "create, install, boot /bin/true, halt, uninstall, delete; `crun run`";
        return
        [
            Row.Compare(What, await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, Live, () => Task.FromResult(thread.Run(() => bundle.Run("crun")))), 1, "≤ crun's run"),
            Row.Compare($"{What} without cgroups", await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, Live, () => Task.FromResult(thread.Run(() => RunWithoutCgroups(bundle)))), null, ""),
        ];
    }

    // Less than a zone is: shown because it is what crun takes at its quickest.
    private static double RunWithoutCgroups(OciBundle bundle) => bundle.Run("crun", "--cgroup-manager=disabled");

    private static Task<(Samples Ours, Samples Other)> InTurnsAsync(Subject subject, Func<double> other) =>
        Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, subject.BootAsync, () => Task.FromResult(other()));
}
