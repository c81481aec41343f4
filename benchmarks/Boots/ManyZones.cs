using System.Diagnostics;
using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>Many zones that run at once: a thousand unless asked otherwise: what the last costs beside the first, what each holds, and what it takes to look at all of them.</summary>
internal static class ManyZones
{
    private const int Looked = 50, Containers = 1000;

    public static async Task<Row[]> BesideFloorAsync(Subject subject)
    {
        int zones = subject.Settings.Zones;
        for (int i = 0; i < zones; i++)
        {
            Zone zone = await subject.Host.CreateAsync(Subject.Spec(Name(i), "/bin/sleep", "infinity"));
            await zone.InstallAsync();
        }

        (Samples First, Samples Last) floor = (new(), new()), ours = (new(), new());
        (double Kernel, double Processes) floorMemory, memory;
        long before = MemoryUse.Kernel();
        using (KeepingFloor program = new(subject.Settings.Floor, Path.Combine(subject.Directory, "floor-many")))
        {
            await EachAsync(zones, floor, _ => program.RunAsync());
            floorMemory = ((double)(MemoryUse.Kernel() - before) / zones, MemoryUse.PrivateWithChildren(program.Kept().TakeLast(Looked).ToArray()));
        }

        // The kernel takes the C program's thousand namespaces apart for a while.
        await Task.Delay(TimeSpan.FromSeconds(5));
        before = MemoryUse.Kernel();
        await EachAsync(zones, ours, i => Samples.TimeAsync(() => subject.Host.BootAsync(Name(i))));
        IReadOnlyList<ZoneInfo> all = await subject.Host.ListAsync();
        memory = ((double)(MemoryUse.Kernel() - before) / zones, MemoryUse.PrivateWithChildren([.. all.Select(zone => zone.Pid).OfType<int>().TakeLast(Looked)]));
        Row[] looks = await LookAsync(subject);
        for (int i = 0; i < zones; i++)
        {
            await subject.Host.DeleteAsync(Name(i), force: true);
        }

        return
        [
            Row.Compare($"boot to first instruction, {zones} zones up, the last {Looked}; floor.c -k likewise", (ours.Last, floor.Last), 1.3, "≤ 1.3 × the C program's last"),
            Row.Compare($"boot to first instruction, {zones} zones up, the last {Looked}; the first {Looked}", (ours.Last, ours.First), null, ""),
            Row.Compare($"floor.c -k, {zones} up, the last {Looked}; the first {Looked}", (floor.Last, floor.First), null, ""),
            MemoryUse.Compare("kernel memory a zone (slab, stacks, page tables, per processor); floor.c", memory.Kernel, floorMemory.Kernel),
            MemoryUse.Compare($"private memory of a zone's processes (process 1 and sleep), the last {Looked}; floor.c", memory.Processes, floorMemory.Processes),
            .. looks,
        ];
    }

    /// <summary>As many, with nothing else up.</summary>
    public static async Task<Row[]> BesideContainersAsync(Subject subject)
    {
        List<Row> rows = [];
        using NoHybridThread thread = new();
        foreach (string runtime in (string[])["runc", "crun"])
        {
            // As above: what was before is taken apart for a while.
            await Task.Delay(TimeSpan.FromSeconds(5));
            OciBundle bundle = new(Path.Combine(subject.Directory, "many-" + runtime), "/bin/sleep", "infinity");
            double Run(params string[] words) => runtime == "crun" ? thread.Run(() => Command.Run([runtime, .. words])) : Command.Run([runtime, .. words]);
            string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"zones-bench-{Environment.ProcessId}-many{number}");
            (Samples First, Samples Last) starts = (new(), new());
            double list, kernel, processes;
            int started = 0;
            long before = MemoryUse.Kernel();
            string PidFile(int number) => Path.Combine(bundle.Directory, string.Create(CultureInfo.InvariantCulture, $"pid{number}"));
            try
            {
                for (; started < Containers; started++)
                {
                    double elapsed = Run("run", "--detach", "--pid-file", PidFile(started), "--bundle", bundle.Directory, Id(started));
                    (started < Looked ? starts.First : started >= Containers - Looked ? starts.Last : null)?.Add(elapsed);
                }

                kernel = (double)(MemoryUse.Kernel() - before) / Containers;
                processes = MemoryUse.PrivateWithChildren([.. Enumerable.Range(Containers - Looked, Looked).Select(number => int.Parse(File.ReadAllText(PidFile(number)), CultureInfo.InvariantCulture))]);
                list = Run("list");
            }
            finally
            {
                for (int i = 0; i < started; i++)
                {
                    Run("delete", "--force", Id(i));
                }
            }

            rows.Add(Row.Compare($"`{runtime} run --detach`, {Containers} up, the last {Looked}; the first {Looked}", (starts.Last, starts.First), null, ""));
            rows.Add(Kibibytes($"kernel memory a container of {runtime}", kernel));
            rows.Add(Kibibytes($"private memory of a container of {runtime}, the last {Looked}", processes));
            rows.Add(new($"`{runtime} list` of {Containers}", string.Create(CultureInfo.InvariantCulture, $"{list:0.00} ms"), "", null, "", null));
        }

        return [.. rows];
    }

    private static async Task EachAsync(int zones, (Samples First, Samples Last) samples, Func<int, Task<double>> boot)
    {
        for (int i = 0; i < zones; i++)
        {
            double elapsed = await boot(i);
            (i < Looked ? samples.First : i >= zones - Looked ? samples.Last : null)?.Add(elapsed);
        }
    }

    private static async Task<Row[]> LookAsync(Subject subject)
    {
        int zones = subject.Settings.Zones;
        Samples list = new(), stat = new();
        for (int i = 0; i < 10; i++)
        {
            list.Add(await Samples.TimeAsync(() => subject.Host.ListAsync()));
        }

        for (int i = 0; i < 3; i++)
        {
            stat.Add(await Samples.TimeAsync(async () =>
            {
                for (int zone = 0; zone < zones; zone++)
                {
                    await subject.Host.StatAsync(Name(zone));
                }
            }) / zones);
        }

        // Nobody knows of them any more but the ledger and their boot records.
        Process keeper = Process.GetProcesses().First(process => CommandLine(process.Id).StartsWith($"zoned\0keeper\0{subject.State}\0", StringComparison.Ordinal));
        keeper.Kill();
        await keeper.WaitForExitAsync();
        await using IZoneHost another = ZoneHost.Open(new ZonesOptions { StateDirectory = subject.State });
        double recover = await Samples.TimeAsync(async () =>
        {
            RecoveryReport report = await another.RecoverAsync();
            if (report.Adopted.Count != zones)
            {
                throw new InvalidOperationException($"{report.Adopted.Count} of {zones} zones were adopted");
            }
        });

        // The bounds are for 8,192.
        double part = zones / 8192.0;
        return
        [
            Bounded($"list of {zones} zones that run, in process", list.Median, 100 * part, "≤ 100 ms for 8,192"),
            Bounded($"adopt {zones} zones after the keeper was killed, in process", recover, 2000 * part, "≤ 2 s for 8,192"),
            new($"`stat` of {zones} zones, each", stat.ToString(), "", null, "", null),
        ];
    }

    private static Row Kibibytes(string what, double size) => new(what, string.Create(CultureInfo.InvariantCulture, $"{size:0} KiB"), "", null, "", null);

    private static Row Bounded(string what, double milliseconds, double most, string bound) =>
        new(what, string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.00} ms"), "", null, bound, milliseconds <= most);

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"many{number}");

    /// <summary>floor.c with -k: what it boots stays until it is disposed of.</summary>
    private sealed class KeepingFloor(string program, string root) : TurnTaker(program, "-k", "0", "0", root, "/bin/sleep", "infinity")
    {
        /// <summary>The processes 1 that it keeps.</summary>
        public int[] Kept() => MemoryUse.Children(MemoryUse.Children(Pid).Single());
    }
}
