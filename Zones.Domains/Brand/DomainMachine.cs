using Zones.Specs;

namespace Zones.Domains.Brand;

/// <summary>How large the machine of a domain is, whoever runs it.</summary>
internal static class DomainMachine
{
    /// <summary>The least memory in which Debian's kernel unpacks its initial root and runs something.</summary>
    public static readonly DataSize LeastMemory = DataSize.MiB(128);

    /// <summary>Of a domain whose spec caps no memory.</summary>
    public static readonly DataSize DefaultMemory = DataSize.MiB(256);

    /// <summary>Its memory.</summary>
    public static DataSize Memory(ZoneSpec spec) => spec.CappedMemory?.Physical ?? DefaultMemory;

    /// <summary>Its processors: whole ones, as many as the time that it may take, or as it has for itself.</summary>
    public static int Processors(ZoneSpec spec) =>
        spec.CappedCpu is { } cap ? Math.Max(1, (int)Math.Ceiling(cap.Ncpus))
        : spec.DedicatedCpu is { } dedicated ? Math.Max(1, CpuList.Parse(dedicated.Cpus)?.Count ?? 1)
        : 1;
}
