using Zones.Wire;

namespace Zones.Init;

/// <summary>The spawner's own mount namespace: an empty tmpfs with a full /proc and /sys, without which the kernel lets no
/// user namespace mount its own (mount_too_revealing), and /stage, where a zone's shared mounts are put together.
/// Mounted there, outside the zone's user namespace, and then copied into it by the child's unshare(2), they are locked:
/// not even a root inside with every capability can make them writable or take them away (mount_namespaces(7)).</summary>
internal static unsafe class BaseNamespace
{
    /// <summary>Leaves the host's mounts for good; 0 or -errno. Must run before the first clone.</summary>
    public static long Enter()
    {
        fixed (byte* root = "/\0"u8, proc = "/proc\0"u8, sys = "/sys\0"u8, tmpfs = "tmpfs\0"u8, options = "mode=0755,size=1m\0"u8,
            here = ".\0"u8, stage = "/stage\0"u8, nothing = "\0"u8)
        {
            long result = Kernel.Call(Linux.Unshare, (long)Linux.CLONE_NEWNS);
            if (result < 0)
            {
                return result;
            }

            Kernel.Call(Linux.Mount, 0, (long)root, 0, Linux.MS_REC | Linux.MS_PRIVATE);
            long procTree = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)proc, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC);
            long sysTree = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)sys, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC);

            // Over /proc, because every host has that directory; nothing below is needed after the pivot.
            result = Kernel.Call(Linux.Mount, tmpfs, (long)proc, (long)tmpfs, Linux.MS_NOSUID, (long)options);
            if (result < 0)
            {
                return result;
            }

            Kernel.Call(Linux.Chdir, proc);
            fixed (byte* a = "proc\0"u8, b = "sys\0"u8, c = "stage\0"u8)
            {
                Kernel.Call(Linux.Mkdir, a, 0x16D /* 0555 */);
                Kernel.Call(Linux.Mkdir, b, 0x16D);
                Kernel.Call(Linux.Mkdir, c, 0x1C0 /* 0700 */);
                Kernel.Call(Linux.MoveMount, procTree, (long)nothing, Linux.AT_FDCWD, (long)a, Linux.MOVE_MOUNT_F_EMPTY_PATH);
                Kernel.Call(Linux.MoveMount, sysTree, (long)nothing, Linux.AT_FDCWD, (long)b, Linux.MOVE_MOUNT_F_EMPTY_PATH);
            }

            Kernel.Close((int)procTree);
            Kernel.Close((int)sysTree);
            result = Kernel.Call(Linux.PivotRoot, here, (long)here);
            if (result < 0)
            {
                return result;
            }

            Kernel.Call(Linux.Umount2, here, Linux.MNT_DETACH);
            return Kernel.Call(Linux.Chdir, root);
        }
    }

    /// <summary>Takes away what a boot has staged, whatever became of it.</summary>
    public static void ClearStage()
    {
        fixed (byte* stage = "/stage\0"u8)
        {
            while (Kernel.Call(Linux.Umount2, stage, Linux.MNT_DETACH) == 0)
            {
            }
        }
    }
}
