using System.Globalization;

namespace Zones.Specs;

/// <content>Limits and links.</content>
internal sealed partial class ZonecfgWriter
{
    private void Limits(ZoneSpec spec)
    {
        Set("cpu-shares", Number(spec.CpuShares));
        Set("max-lwps", Number(spec.MaxLwps));
        Set("max-processes", Number(spec.MaxProcesses));
        if (spec.CappedCpu is { } cpu)
        {
            Resource("capped-cpu", ("ncpus", cpu.Ncpus.ToString(CultureInfo.InvariantCulture)));
        }

        if (spec.DedicatedCpu is { } dedicated && Takes(ZonecfgWords.Processors))
        {
            Resource("dedicated-cpu", ("cpus", dedicated.Cpus));
        }

        if (spec.CappedMemory is { } memory)
        {
            Memory(memory);
        }
    }

    /// <summary>Solaris's swap is memory and swap space together.</summary>
    private void Memory(CappedMemory memory)
    {
        DataSize? both = memory is { Physical: { } physical, Swap: { } swap } && swap.Bytes <= long.MaxValue - physical.Bytes ? new(physical.Bytes + swap.Bytes) : null;
        if (memory.Swap is { } alone && both is null)
        {
            Warn("capped-memory.swap", alone.ToString(), "zonecfg's swap is memory and swap space together, and memory has no cap, or one too large");
        }

        if ((memory.Physical ?? both ?? memory.Locked) is not null)
        {
            Resource("capped-memory", ("physical", memory.Physical?.ToString()), ("swap", both?.ToString()), ("locked", memory.Locked?.ToString()));
        }
    }

    private void Links(ZoneSpec spec)
    {
        foreach (ZoneNet net in spec.Net)
        {
            Resource("net", ("address", net.Address), ("physical", net.Physical), ("defrouter", net.Defrouter));
        }

        foreach (Anet anet in spec.Anet)
        {
            string[] addresses = [.. anet.AllowedAddress.Where(address => address != "auto" || Takes(ZonecfgWords.PoolAddress))];
            string? allowed = addresses.Length == 0 ? null : string.Join(',', addresses);
            if (system is { } one && !ZonecfgWords.SystemsOf("anet")!.Contains(one))
            {
                Warn("anet", anet.Linkname, $"zonecfg of {SpecWord<ZonecfgSystem>.Text(one)} does not have it; written as a net of a link that has to be there{(one == ZonecfgSystem.Illumos ? "" : ", whose addresses are set inside")}");
                bool addressed = one == ZonecfgSystem.Illumos && allowed is not null;
                Resource("net", ("physical", anet.Linkname), ("allowed-address", addressed ? allowed : null), ("defrouter", addressed ? anet.Defrouter : null));
                continue;
            }

            Resource(
                "anet",
                ("linkname", anet.Linkname),
                ("lower-link", anet.LowerLink ?? "auto"),
                ("allowed-address", allowed),
                ("configure-allowed-address", anet.ConfigureAllowedAddress ? "true" : "false"),
                ("defrouter", anet.Defrouter),
                ("link-protection", anet.LinkProtection.Count == 0 ? "none" : string.Join(',', anet.LinkProtection)),
                ("mac-address", anet.MacAddress),
                ("vlan-id", Number(anet.VlanId)),
                ("mtu", Number(anet.Mtu)),
                ("maxbw", Bandwidth(anet.Maxbw)));
        }
    }

    /// <summary>A bare number is megabits there and bits here.</summary>
    private string? Bandwidth(string? text)
    {
        if (text is null || char.IsAsciiLetter(text[^1]))
        {
            return text;
        }

        if (text.EndsWith("000", StringComparison.Ordinal))
        {
            return text[..^3] + "K";
        }

        Warn("anet.maxbw", text, "zonecfg's smallest unit is a thousand bits a second");
        return null;
    }
}
