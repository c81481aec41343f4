using System.Runtime.InteropServices;
using Zones.Interop;
using Zones.Storage.Fuse;

namespace Zones.Storage.Mounts;

/// <summary>What this kernel's FUSE can do, asked of the kernel: it offers its features to a mount that nobody will ever use.</summary>
internal static class FuseProbe
{
    private static FuseFeatures? s_offered;

    /// <summary>Whether there is FUSE that can be used here.</summary>
    public static bool IsHere => Offered is not null;

    /// <summary>Whether its mounts can be idmapped (Linux 6.12).</summary>
    public static bool CanIdmap => Offered?.HasFlag(FuseFeatures.AllowIdmap) == true;

    /// <summary>Null is not kept: the module may be loaded at any time.</summary>
    private static FuseFeatures? Offered => s_offered ??= Ask();

    private static unsafe FuseFeatures? Ask()
    {
        try
        {
            using SafeFd device = FuseMount.OpenDevice();
            using SafeFd mount = FuseMount.Make(device, "probe");
            byte[] request = new byte[FuseDevice.RequestBytes];
            int length = new FuseDevice(device.Number).Receive(request);
            return length >= sizeof(FuseRequestHeader) + sizeof(FuseInitRequest)
                ? MemoryMarshal.Read<FuseInitRequest>(request.AsSpan(sizeof(FuseRequestHeader))).Features
                : null;
        }
        catch (ZoneException)
        {
            return null;
        }
    }
}
