using System.Globalization;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Mounts;

/// <summary>Makes FUSE mounts that are attached nowhere (fsopen(2), fsmount(2)): only who has the descriptor, or is given a copy in a
/// zone's own namespace, sees the files. On the host's own tree nothing that walks the mounts can be made to hang.</summary>
internal static unsafe class FuseMount
{
    private const int ReadAheadKiB = 1024;

    /// <summary>Opens /dev/fuse: one descriptor is one file system, which ends when the last copy of it is closed.</summary>
    /// <exception cref="HostCapabilityException">This host has no FUSE.</exception>
    public static SafeFd OpenDevice() =>
        Kernel.Open("/dev/fuse", Linux.O_RDWR, out int errno)
        ?? throw new HostCapabilityException($"root.source: /dev/fuse: cannot open: {KernelError.Describe(errno)}; load the kernel's module fuse", "root.source") { Errno = errno, Path = "/dev/fuse" };

    /// <summary>A detached, read-only mount of the device's file system; the first call makes the file system, each later one gives
    /// another mount of the same (Linux 5.15).</summary>
    /// <param name="device">From <see cref="OpenDevice"/>, or a copy of it.</param>
    /// <param name="source">What /proc/mounts shows inside.</param>
    public static SafeFd Make(SafeFd device, string source)
    {
        fixed (byte* type = "fuse\0"u8)
        {
            using SafeFd context = Kernel.Descriptor(Kernel.Call(Linux.Fsopen, type, 1 /* FSOPEN_CLOEXEC */), out int errno) ?? throw Failure("fsopen", errno);
            SetText(context, "source", source);
            SetText(context, "fd", device.Number.ToString(CultureInfo.InvariantCulture));
            SetText(context, "rootmode", "40000");
            SetText(context, "user_id", "0");
            SetText(context, "group_id", "0");
            foreach (string flag in (string[])["default_permissions", "allow_other", "ro"])
            {
                Configure(context, Linux.FSCONFIG_SET_FLAG, flag, null);
            }

            Configure(context, Linux.FSCONFIG_CMD_CREATE, null, null);
            int attributes = Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NODEV;
            return Kernel.Descriptor(Kernel.Call(Linux.Fsmount, context.Number, 1 /* FSMOUNT_CLOEXEC */, attributes), out errno) ?? throw Failure("fsmount", errno);
        }
    }

    /// <summary>Lets the kernel read ahead as far as one request reaches; its own bound of 128 KiB is one for disks. Where the host
    /// does not allow it, reading is slower, no more.</summary>
    public static void ReadFarAhead(SafeFd mount)
    {
        ulong device = FileStatus.Of(mount)?.Device ?? 0;
        ulong minor = (device & 0xff) | ((device >> 12) & 0xffffff00);
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/sys/class/bdi/{(device >> 8) & 0xfff}:{minor}/read_ahead_kb"), ReadAheadKiB.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void SetText(SafeFd context, string key, string value) => Configure(context, Linux.FSCONFIG_SET_STRING, key, value);

    private static void Configure(SafeFd context, int command, string? key, string? value)
    {
        fixed (byte* name = key is null ? null : Encoding.UTF8.GetBytes(key + "\0"), text = value is null ? null : Encoding.UTF8.GetBytes(value + "\0"))
        {
            long result = Kernel.Call(Linux.Fsconfig, context.Number, command, (long)name, (long)text);
            if (result < 0)
            {
                throw Failure(key is null ? "fsconfig" : $"fsconfig {key}={value}", (int)-result);
            }
        }
    }

    private static ZoneResourceException Failure(string call, int errno) =>
        new($"root.source: cannot make a FUSE mount: {call}: {KernelError.Describe(errno)}", "mount") { Errno = errno };
}
