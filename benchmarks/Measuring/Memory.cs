namespace Zones.Benchmarks;

/// <summary>What a process 1 holds for itself alone.</summary>
internal static class Memory
{
    private const long Most = 128;

    // The child of a clone shares its parent's pages until one of the two writes: a spawner that goes on working and
    // collecting makes pages private to a zone that does nothing at all. So the same process is looked at twice.
    public static async Task<Row[]> OfProcessOneAsync(Subject subject)
    {
        Zone early = await BootAsync(subject, "early");
        int pid = (await early.InfoAsync()).Pid!.Value;
        Row[] first = [Look("private memory of process 1 right after boot", pid)];
        for (int i = 0; i < subject.Settings.LaterBoots; i++)
        {
            await subject.BootAsync();
        }

        Zone late = await BootAsync(subject, "late");
        Row[] rows =
        [
            .. first,
            Look($"the same process 1 after {subject.Settings.LaterBoots:N0} later boots", pid),
            Look($"process 1 of a zone booted after {subject.Settings.LaterBoots:N0} others", (await late.InfoAsync()).Pid!.Value),
        ];
        await early.DeleteAsync(force: true);
        await late.DeleteAsync(force: true);
        return rows;
    }

    private static async Task<Zone> BootAsync(Subject subject, string name)
    {
        Zone zone = await subject.Host.CreateAsync(Subject.Spec(name));
        await zone.InstallAsync();
        await zone.BootAsync();
        return zone;
    }

    private static Row Look(string what, int pid)
    {
        long kibibytes = MemoryUse.Private(pid);
        return new(what, $"{kibibytes} KiB", "", null, $"≤ {Most} KiB", kibibytes <= Most);
    }
}
