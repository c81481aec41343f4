using System.Runtime.ExceptionServices;
using Zones.Interop;
using Zones.Roots;
using Zones.Specs;
using Zones.Wire;

namespace Zones.Storage.Mounts;

/// <summary>A tree on a detached mount.</summary>
internal sealed class MountedTree : RootTree
{
    private readonly HeldMount _mount;
    private readonly MountRow _row;

    /// <summary>The tree of a mount, which is this tree's from here on.</summary>
    public MountedTree(HeldMount mount, MountRow row)
        : base($"/proc/self/fd/{mount.Mount.Number}", row.Address.ToString())
    {
        _mount = mount;
        _row = row;
    }

    public override bool CanIdmap => _row.Way == NfsWay.Fuse && FuseProbe.CanIdmap;

    public override IdWindow? Window =>
        !CanIdmap && FileStatus.Of(_mount.Mount) is { } top ? IdWindow.Of(_row.Address.ToString(), top.Owner) : null;

    /// <summary>Has copies made as kernels before 6.15 need it; for tests.</summary>
    internal bool InNamespace { get; init; }

    protected override SafeFd? Clone(SafeFd found, string directory, out int errno)
    {
        SafeFd? tree = InNamespace ? null : base.Clone(found, directory, out errno);
        errno = Linux.EINVAL;
        return tree ?? CloneInNamespace(directory, out errno);
    }

    protected override void Dispose(bool disposing)
    {
        _mount.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Linux copies a detached mount from 6.15 on; before that a mount has to be in the caller's namespace. So a thread of its
    /// own takes a mount namespace of its own, where another mount of the same file system is put over /proc, which every
    /// host has; the namespace goes with the thread.</summary>
    private unsafe SafeFd? CloneInNamespace(string directory, out int errno)
    {
        SafeFd? tree = null;
        int error = 0;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Copy();
            }
            catch (Exception e)
            {
                failure = e; // for the caller: on a thread of its own it would end the process
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        errno = error;
        return tree;

        void Copy()
        {
            using SafeFd another = _mount.Device is { } device ? FuseMount.Make(device, Name) : KernelNfs.Mount(_row.Address);
            fixed (byte* root = "/\0"u8, place = "/proc\0"u8, empty = "\0"u8)
            {
                long result = Kernel.Call(Linux.Unshare, (long)Linux.CLONE_NEWNS);
                result = result < 0 ? result : Kernel.Call(Linux.Mount, 0, (long)root, 0, Linux.MS_REC | Linux.MS_PRIVATE);
                result = result < 0 ? result : Kernel.Call(Linux.MoveMount, another.Number, (long)empty, Linux.AT_FDCWD, (long)place, Linux.MOVE_MOUNT_F_EMPTY_PATH);
                using SafeFd? found = result < 0 ? null : SharedRoot.OpenBelow("/proc", directory, Linux.O_PATH | Linux.O_DIRECTORY, out error);
                tree = found is null ? null : base.Clone(found, directory, out error);
                error = result < 0 ? (int)-result : error;
            }
        }
    }
}
