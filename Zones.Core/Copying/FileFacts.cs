using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>What fstat(2) tells of a file, as far as a copy needs it.</summary>
/// <param name="Device">Its file system.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Mode">Type and permissions (inode(7)).</param>
/// <param name="User">Outside.</param>
/// <param name="Group">Outside.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Accessed">Seconds and nanoseconds.</param>
/// <param name="Modified">Seconds and nanoseconds.</param>
internal readonly unsafe record struct FileFacts(ulong Device, ulong Inode, uint Mode, uint User, uint Group, long Length, (ulong, ulong) Accessed, (ulong, ulong) Modified)
{
    private const uint TypeMask = 0xF000;

    public FileType Type => (Mode & TypeMask) switch
    {
        0x8000 => FileType.Regular,
        0x4000 => FileType.Directory,
        0xA000 => FileType.Link,
        _ => FileType.Special,
    };

    /// <summary>Words for a special file.</summary>
    public string Kind => (Mode & TypeMask) switch
    {
        0x1000 => "a pipe (FIFO)",
        0x2000 or 0x6000 => "a device",
        0xC000 => "a socket",
        _ => "a file of an unknown kind",
    };

    public static FileFacts Of(SafeFd file)
    {
        FileStatus stat;
        long result = Kernel.Call(Linux.Fstat, file.Number, (long)&stat);
        return result < 0
            ? throw new ZoneException($"cannot look at an open file: {KernelError.Describe((int)-result)}") { Errno = (int)-result }
            : new(stat.Device, stat.Inode, stat.Mode, stat.Owner, stat.Group, stat.Length, (stat.Accessed, stat.AccessedNanoseconds), (stat.Modified, stat.ModifiedNanoseconds));
    }

    /// <summary>Whether its contents are the kernel's own, made when they are read: proc, sysfs, cgroups and their like.</summary>
    public static bool IsKernels(SafeFd file)
    {
        long* status = stackalloc long[16]; // struct statfs: the type first
        return Kernel.Call(Linux.Fstatfs, file.Number, (long)status) == 0
            && status[0] is 0x9FA0 or 0x62656572 or 0x27E0EB or 0x63677270 or 0x1CD1 or 0x19800202 or 0x64626720 or 0x74726163 or 0x73636673 or 0x6165676C or 0xCAFE4A11;
    }
}

/// <summary>Types of files, as a copy tells them apart.</summary>
internal enum FileType
{
    Regular,
    Directory,
    Link,

    /// <summary>Pipes, sockets and devices, which are not copied.</summary>
    Special,
}
