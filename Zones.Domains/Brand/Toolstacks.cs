using Zones.Domains.Microvm;
using Zones.Domains.Xen;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>Which program runs a domain.</summary>
/// <param name="context">The host.</param>
internal sealed class Toolstacks(HostContext context)
{
    /// <summary>Read once: it does not change before the host boots.</summary>
    private static readonly Lazy<bool> IsDomain0 = new(() => XenHost.Read().IsControl);

    private readonly MicrovmToolstack _microvm = new(context);
    private readonly XenToolstack _xen = new(context);

    /// <summary>As the spec says; else Xen where this host is its domain 0, since nothing is quicker there, and QEMU anywhere else.</summary>
    public IToolstack Of(ZoneSpec spec) => IsXen(spec) ? _xen : _microvm;

    /// <summary>Whether it is Xen.</summary>
    public static bool IsXen(ZoneSpec spec) => (spec.Domain?.Toolstack ?? "auto") switch
    {
        "xen" => true,
        "auto" => IsDomain0.Value,
        _ => false,
    };
}
