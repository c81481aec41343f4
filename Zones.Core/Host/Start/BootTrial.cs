using Zones.Catalogue;
using Zones.Specs;

namespace Zones.Hosting;

/// <summary>What one boot of a domain has otherwise than its spec: a kernel that is tried, words on its command line. Only the definition that the
/// boot works with is changed, so what is checked and built is what will run, and the spec stays as it is.</summary>
internal static class BootTrial
{
    /// <summary>The definition that a boot works with.</summary>
    /// <param name="spec">As the zone has it.</param>
    /// <param name="options">Of the boot.</param>
    /// <exception cref="ZoneException">The zone has no kernel of its own.</exception>
    public static ZoneSpec Of(ZoneSpec spec, BootOptions options)
    {
        if (options.Bootargs?.Any(SpecPath.UnfitForArgument) == true)
        {
            throw new ArgumentException("an argument of init is text without NUL", nameof(options));
        }

        if (!IsAny(options))
        {
            return spec;
        }

        if (spec.Brand == ZoneBrand.Native)
        {
            throw new ZoneException($"{spec.Zone}: shares this host's kernel, so it cannot be booted with another, or with arguments for one; that takes brand: domain") { Zone = spec.Zone, Operation = "boot" };
        }

        DomainSpec domain = spec.Domain ?? new();
        return spec with
        {
            Domain = domain with
            {
                Kernel = options.Kernel is { } kernel ? Path.GetFullPath(kernel) : domain.Kernel,
                KernelArgs = [.. domain.KernelArgs, .. options.KernelArgs ?? []],
            },
        };
    }

    /// <summary>Whether what the zone boots from is another with these options.</summary>
    public static bool Changes(ZoneSpec spec, BootOptions options) => spec.Brand != ZoneBrand.Native && (IsAny(options) || options.Bootargs is not null);

    /// <summary>Nobody may believe that the zone which runs already runs as this boot was to have it.</summary>
    /// <exception cref="ZoneStateException">Something was to be otherwise than in the spec.</exception>
    public static void ThrowIfAny(ZoneRow row, BootOptions options)
    {
        string? what = IsAny(options) ? "no kernel can be tried in it"
            : options.Writable ? "its root cannot be made writable"
            : options.Bootargs is not null ? "its init gets no other arguments"
            : null;
        if (what is not null)
        {
            throw new ZoneStateException($"{row.Name}: runs already, so {what}; halt it first", row.ZoneState) { Zone = row.Name, Operation = "boot" };
        }
    }

    /// <summary>Whether anything is to be tried.</summary>
    public static bool IsAny(BootOptions options) => options.Kernel is not null || options.KernelArgs is { Count: > 0 };
}
