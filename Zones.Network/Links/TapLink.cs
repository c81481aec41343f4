using System.Runtime.InteropServices;
using System.Text;
using Zones.Interop;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Network.Links;

/// <summary>A link whose other end is a program, such as QEMU, that reads and writes its frames. rtnetlink cannot make these
/// (Documentation/networking/tuntap.rst).</summary>
internal static unsafe class TapLink
{
    private const string Device = "/dev/net/tun";
    private const uint TUNSETIFF = 0x400454CA, TUNSETPERSIST = 0x400454CB;
    private const ushort IFF_TAP = 0x0002, IFF_NO_PI = 0x1000, IFF_VNET_HDR = 0x4000, IFF_TUN_EXCL = 0x8000;

    /// <summary>Makes a tap link.</summary>
    /// <param name="name">1 to 15 bytes; EBUSY when it is taken.</param>
    /// <param name="virtioHeaders">Whether each frame is preceded by a struct virtio_net_hdr, which lets checksums and cutting to size be left out.</param>
    /// <param name="persistent">Whether the link stays when its descriptors are closed, until it is removed.</param>
    /// <param name="networkNamespace">Where to make it; null for the calling thread's own.</param>
    /// <returns>The program's end.</returns>
    public static SafeFd Make(string name, bool virtioHeaders = false, bool persistent = false, SafeFd? networkNamespace = null) =>
        networkNamespace is null ? Make(name, virtioHeaders, persistent) : NamespaceThread.Run(networkNamespace, () => Make(name, virtioHeaders, persistent));

    private static SafeFd Make(string name, bool virtioHeaders, bool persistent)
    {
        SafeFd descriptor = Kernel.Open(Device, Linux.O_RDWR, out int errno)
            ?? throw (errno is Linux.ENOENT or Linux.ENODEV
                ? new HostCapabilityException($"{Device}: {KernelError.Describe(errno)}: this kernel has no tap links; load the module tun") { Path = Device, Errno = errno }
                : KernelError.On("cannot open it", Device, errno));
        try
        {
            Request request = new() { Flags = (ushort)(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL | (virtioHeaders ? IFF_VNET_HDR : 0)) };
            if (name.Length == 0 || !Encoding.UTF8.TryGetBytes(name, new Span<byte>(request.Name, Request.NameBytes - 1), out _))
            {
                throw new ArgumentException($"a link's name is 1 to {Request.NameBytes - 1} bytes, not '{name}'", nameof(name));
            }

            Control(descriptor, TUNSETIFF, (long)&request, name);
            if (persistent)
            {
                Control(descriptor, TUNSETPERSIST, 1, name);
            }

            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void Control(SafeFd descriptor, uint command, long argument, string name)
    {
        long result = Kernel.Call(Linux.Ioctl, descriptor.Number, command, argument);
        if (result < 0)
        {
            throw new ZoneException($"{name}: cannot make the tap link: {KernelError.Describe((int)-result)}") { Errno = (int)-result };
        }
    }

    /// <summary>struct ifreq.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Request
    {
        public const int NameBytes = 16;

        public fixed byte Name[NameBytes];
        public ushort Flags;
    }
}
