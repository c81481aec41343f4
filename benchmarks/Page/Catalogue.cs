namespace Zones.Benchmarks;

/// <summary>Everything that is measured, in the order of the page.</summary>
internal static class Catalogue
{
    public static (string Name, Func<Subject, Task<Row[]>> Measure)[] Measurements { get; } =
    [
        ("boot back to back", Boots.BackToBackAsync),
        ("boot paced", Boots.PacedAsync),
        ("boot from ready", Boots.FromReadyAsync),
        ("boot capped", Boots.CappedAsync),
        ("boot, bubblewrap", Boots.BubblewrapAsync),
        ("boot, runc", Boots.RuncAsync),
        ("boot, crun", Boots.CrunAsync),
        ("whole life, crun", Boots.WholeLifeAsync),
        ("exec, nsenter", Commands.ExecAsync),
        ("zone list", Commands.ListAsync),
        ("memory of process 1", Memory.OfProcessOneAsync),
        ("many zones, floor", ManyZones.BesideFloorAsync),
        ("many zones, runc and crun", ManyZones.BesideContainersAsync),
        ("zone over NFS", NfsZones.BesideBindAsync),
        ("network stack, messages", NetworkStack.MessagesAsync),
        ("network stack, boot", NetworkBoots.CostAsync),
        ("network stack, 1,000 zones", NetworkBoots.ManyAsync),
        ("network load", NetworkLoad.BesideIpAsync),
        ("NFS", Nfs.BesideGaneshaAsync),
        ("firewall", FirewallUpdates.FlatAsync),
        ("snoop", Captures.BesideTcpdumpAsync),
        ("domain boot", DomainBoots.BesideHandAsync),
        ("domain, boot files of 50", DomainBoots.FiftyAsync),
    ];
}
