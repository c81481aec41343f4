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
            here = ".\0"u8, nothing = "\0"u8, newProc = "proc\0"u8, newSys = "sys\0"u8, newStage = "stage\0"u8)
        {
            long procTree = -1, sysTree = -1, result;

            // Private before anything is mounted, else the host would see it. Where / is no mount, as in a chroot, that is refused.
            // The tmpfs goes over /proc, because every host has that directory; nothing below is needed after the pivot.
            if ((result = Kernel.Call(Linux.Unshare, (long)Linux.CLONE_NEWNS)) >= 0
                && (result = Kernel.Call(Linux.Mount, 0, (long)root, 0, Linux.MS_REC | Linux.MS_PRIVATE)) >= 0
                && (result = procTree = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)proc, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC)) >= 0
                && (result = sysTree = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)sys, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC)) >= 0
                && (result = Kernel.Call(Linux.Mount, tmpfs, (long)proc, (long)tmpfs, Linux.MS_NOSUID, (long)options)) >= 0
                && (result = Kernel.Call(Linux.Chdir, proc)) >= 0
                && (result = Kernel.Call(Linux.Mkdir, newProc, 0x16D /* 0555 */)) >= 0
                && (result = Kernel.Call(Linux.Mkdir, newSys, 0x16D)) >= 0
                && (result = Kernel.Call(Linux.Mkdir, newStage, 0x1C0 /* 0700 */)) >= 0
                && (result = Kernel.Call(Linux.MoveMount, procTree, (long)nothing, Linux.AT_FDCWD, (long)newProc, Linux.MOVE_MOUNT_F_EMPTY_PATH)) >= 0
                && (result = Kernel.Call(Linux.MoveMount, sysTree, (long)nothing, Linux.AT_FDCWD, (long)newSys, Linux.MOVE_MOUNT_F_EMPTY_PATH)) >= 0
                && (result = Kernel.Call(Linux.PivotRoot, here, (long)here)) >= 0
                && (result = Kernel.Call(Linux.Umount2, here, Linux.MNT_DETACH)) >= 0)
            {
                result = Kernel.Call(Linux.Chdir, root);
            }

            Kernel.Close((int)procTree);
            Kernel.Close((int)sysTree);
            return result;
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
