using Zones.Domains.Microvm;
using Zones.Domains.Xen;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>Which program runs a domain.</summary>
internal static class Toolstacks
{
    /// <summary>As the spec says; else Xen where this host is its domain 0, since nothing is quicker there, and QEMU anywhere else.</summary>
    public static IToolstack Of(HostContext context, ZoneSpec spec) => (spec.Domain?.Toolstack ?? "auto") switch
    {
        "xen" => new XenToolstack(context),
        "auto" when XenHost.Read().IsControl => new XenToolstack(context),
        _ => new MicrovmToolstack(context),
    };
}
