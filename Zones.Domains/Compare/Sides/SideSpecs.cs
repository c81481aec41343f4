using Zones.Domains.Brand;

namespace Zones.Domains.Compare.Sides;

/// <summary>The spec as each side runs it: the same root, limits and environment, without what belongs to the place where it came from.</summary>
internal static class SideSpecs
{
    /// <summary>Where our program is bound in a zone.</summary>
    public const string WorkDirectory = "/zone-work", WorkProgram = WorkDirectory + "/work";

    /// <summary>Who starts a program in a domain, or a process of the host, is our program itself: so it is there, whatever the root has.</summary>
    public const string Itself = "/proc/self/exe";

    /// <summary>What both have.</summary>
    /// <param name="spec">The user's.</param>
    /// <param name="init">What is booted; null means our idle program.</param>
    /// <param name="notes">In what it differs from the spec.</param>
    public static ZoneSpec Common(ZoneSpec spec, SpecList<string>? init, List<string> notes)
    {
        if (spec.Anet.Count > 0)
        {
            notes.Add("anet: one link on a bridge of the comparison's own, with an address of its own");
        }

        if (spec.CappedMemory?.Physical is null)
        {
            notes.Add($"capped-memory: {DomainMachine.DefaultMemory}, for the zone and the domain alike");
        }

        Anet link = spec.Anet.Count > 0 ? spec.Anet[0] : new("net0");
        return spec with
        {
            Zonepath = null,
            Init = init,
            Autoboot = false,
            DependsOn = [],
            Readiness = null,
            Lifetime = ZoneLifetime.Owner,
            Restart = RestartPolicy.Never,
            CappedMemory = (spec.CappedMemory ?? new()) with { Physical = spec.CappedMemory?.Physical ?? DomainMachine.DefaultMemory },
            Anet = spec.IpType == IpType.Exclusive ? [link with { LowerLink = null, AllowedAddress = ["auto"], ConfigureAllowedAddress = true, Defrouter = null, VlanId = null, LinkProtection = new Anet("net0").LinkProtection }] : [],
        };
    }

    /// <summary>As a zone.</summary>
    /// <param name="common">What both have.</param>
    /// <param name="work">The host's directory with our program.</param>
    public static ZoneSpec Native(ZoneSpec common, string work) => common with
    {
        Zone = SideNames.Zone,
        Brand = ZoneBrand.Native,
        Domain = null,
        Init = common.Init ?? [WorkProgram, "work", "idle"],
        Fs = [.. common.Fs, new ZoneFs(WorkDirectory, work) { Options = ["ro"] }],
    };

    /// <summary>As a domain.</summary>
    /// <param name="common">What both have.</param>
    public static ZoneSpec Domain(ZoneSpec common) => common with
    {
        Zone = SideNames.Domain,
        Brand = ZoneBrand.Domain,
        Init = common.Init ?? [Itself, "work", "idle"],
    };
}
