namespace Zones;

/// <summary><c>domain</c>: what only a paravirtual domain has.</summary>
public sealed record DomainSpec
{
    /// <summary><c>kernel</c>: a file; null means the image's own.</summary>
    /// <example>/boot/vmlinuz</example>
    public string? Kernel { get; init; }

    /// <summary><c>kernel-args</c>: appended to its command line.</summary>
    /// <example>[loglevel=7]</example>
    public SpecList<string> KernelArgs { get; init; } = [];

    /// <summary><c>toolstack</c>: auto, microvm or xen.</summary>
    /// <example>microvm</example>
    public string Toolstack { get; init; } = "auto";

    /// <summary><c>xen-type</c>: pv or pvh.</summary>
    /// <example>pvh</example>
    public string? XenType { get; init; }

    /// <summary><c>accel</c>: auto, kvm or tcg.</summary>
    /// <example>kvm</example>
    public string Accel { get; init; } = "auto";

    /// <summary><c>autoconf</c>: none, rarp or dhcp.</summary>
    /// <remarks>How the kernel comes by the address of its links: with none its command line says it, else it asks, and is answered with what is leased.</remarks>
    /// <example>dhcp</example>
    public string Autoconf { get; init; } = "none";
}
