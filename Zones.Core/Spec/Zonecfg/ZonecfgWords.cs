namespace Zones.Specs;

/// <summary>Words that not every zonecfg has: after zonecfg(1M) of Solaris 10 1/13, zonecfg(8) of Solaris 11.4 and of illumos.</summary>
internal static class ZonecfgWords
{
    /// <summary>What stands in <c>allowed-address</c> for an address of a pool, which are this library's.</summary>
    public const string PoolAddress = "anet.allowed-address=auto";

    /// <summary>The brand of a zone with a kernel of its own; bhyve on illumos.</summary>
    public const string KernelZone = "brand=solaris-kz";

    /// <summary>The one way to name processors; all have <c>ncpus</c>.</summary>
    public const string Processors = "dedicated-cpu.cpus";

    private static readonly Dictionary<string, ZonecfgSystem[]> Only = new(StringComparer.Ordinal)
    {
        ["admin"] = [ZonecfgSystem.Solaris11, ZonecfgSystem.Illumos],
        ["anet"] = [ZonecfgSystem.Solaris11],
        [PoolAddress] = [],
        ["autoshutdown"] = [ZonecfgSystem.Solaris11],
        ["boot-priority"] = [ZonecfgSystem.Solaris11],
        [KernelZone] = [ZonecfgSystem.Solaris11],
        [Processors] = [ZonecfgSystem.Solaris11],
        ["file-mac-profile"] = [ZonecfgSystem.Solaris11],
        ["inherit-pkg-dir"] = [ZonecfgSystem.Solaris10],
        ["max-processes"] = [ZonecfgSystem.Solaris11, ZonecfgSystem.Illumos],
    };

    /// <summary>The systems that have a word; null when all do.</summary>
    public static IReadOnlyList<ZonecfgSystem>? SystemsOf(string word) => Only.GetValueOrDefault(word);

    /// <summary>Systems as a person reads them.</summary>
    public static string Names(IReadOnlyList<ZonecfgSystem> systems) => systems.Count == 0 ? "none" : string.Join(" and ", systems.Select(SpecWord<ZonecfgSystem>.Text));
}
