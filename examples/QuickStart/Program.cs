// A zone from its first line to its last trace: run it as root with `./build.sh Demo`.
using Microsoft.Extensions.DependencyInjection;
using QuickStart;
using Zones;

string state = Directory.CreateTempSubdirectory("zones-demo-").FullName;
Traces before = Traces.OfHost(state);

ServiceCollection services = new();
services.AddZones(options => options.StateDirectory = state);
ServiceProvider provider = services.BuildServiceProvider();
IZoneHost host = provider.GetRequiredService<IZoneHost>();

ZoneSpec spec = new()
{
    Zone = "demo",
    Root = ZoneRoot.Host(),
    CappedCpu = new(0.25m),
    CappedMemory = new(DataSize.MiB(64)) { Swap = new(0) },
    MaxProcesses = 64,
    Attr = { ["tenant"] = "acme" },
};

Traces held;
try
{
    Tour tour = new(host, spec);
    await tour.DefineAsync();
    await tour.InstallAsync();
    await tour.BootAsync();
    held = Traces.OfZone(state, (await host.InfoAsync(spec.Zone)).Pid!.Value);
    await tour.LookInsideAsync();
    await tour.WriteToSharedRootAsync();
    await tour.ExhaustMemoryAsync();
    await tour.SpinAsync();
    await tour.StatAsync();
    await tour.RebootFromInsideAsync();
    await tour.RememberAsync();
    await tour.RemoveAsync();
}
catch (Exception e) when (e is ZoneException or UnexpectedException)
{
    Story.Failed(e.Message);
    return 1;
}
finally
{
    foreach (ZoneInfo zone in await host.ListAsync())
    {
        await host.DeleteAsync(zone.Name, force: true);
    }

    await provider.DisposeAsync();
}

Story.Chapter("Nothing is left", "What the zone held while it ran is looked for once more, by its number.");
IReadOnlyList<string> left = await Traces.LeftAsync(state, before, held, TimeSpan.FromSeconds(10));
foreach (string trace in left)
{
    Story.Failed(trace);
}

Directory.Delete(state, recursive: true);
if (left.Count > 0)
{
    return 1;
}

Story.Fine($"{held.Namespaces.Count} namespaces, {held.Cgroups.Count} cgroups, every process, mount and link: gone");
Story.Say("");
return 0;
