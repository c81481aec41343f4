using Zones.Domains.Microvm;
using Zones.Domains.Xen;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>Which program runs a domain. What this host is to Xen is read once: it does not change before the host boots.</summary>
/// <param name="context">The host.</param>
internal sealed class Toolstacks(HostContext context)
{
    private readonly MicrovmToolstack _microvm = new(context);
    private readonly XenToolstack _xen = new(context);
    private readonly Lazy<bool> _isDomain0 = new(() => XenHost.Read().IsControl);

    /// <summary>As the spec says; else Xen where this host is its domain 0, since nothing is quicker there, and QEMU anywhere else.</summary>
    public IToolstack Of(ZoneSpec spec) => (spec.Domain?.Toolstack ?? "auto") switch
    {
        "xen" => _xen,
        "auto" when _isDomain0.Value => _xen,
        _ => _microvm,
    };
}
