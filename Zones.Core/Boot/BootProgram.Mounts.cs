using System.Globalization;
using Zones.Security;
using Zones.Wire;

namespace Zones.Boot;

/// <content>What the child mounts for itself, inside.</content>
internal static partial class BootProgram
{
    private const int NoSuidNoDev = Linux.MS_NOSUID | Linux.MS_NODEV;
    private const int NoSuidNoDevNoExec = NoSuidNoDev | Linux.MS_NOEXEC;

    /// <summary>The whole root: overlay of the private layer over the shared tree, by the zone's own root (userxattr), then the
    /// staged mounts copied onto it; copies keep the locks of what they copy.</summary>
    private static void MountOverlay(StepList steps, ProgramWriter program, BootPlan plan)
    {
        // A root that may not be written has no upper layer at all: nothing inside can make it writable.
        IReadOnlyList<string>? parts = plan.WritableParts;
        Argument overlay = parts is null
            ? NewOverlay(steps, program, plan, "/stage/lower", "/stage/layer/upper", "/stage/layer/work")
            : NewOverlay(steps, program, plan, "/stage/layer/upper:/stage/lower", null, null);
        Place(steps, program, overlay, "/stage/root");
        foreach (string part in parts ?? [])
        {
            foreach (string directory in (string[])[$"/stage/layer/upper/{part}", $"/stage/layer/work-{part}"])
            {
                steps.Call($"root: make {part} in the private layer", Linux.Mkdir, [program.Text(directory), 0x1ED], [Linux.EEXIST]);
            }

            Place(steps, program, NewOverlay(steps, program, plan, $"/stage/lower/{part}", $"/stage/layer/upper/{part}", $"/stage/layer/work-{part}"), $"/stage/root/{part}");
        }

        foreach (string directory in (string[])["proc", "sys", "dev", "run", "tmp"])
        {
            steps.Call("root: make a mount point", Linux.Mkdir, [program.Text("/stage/root/" + directory), 0x1ED], [Linux.EEXIST]);
        }

        if (parts is null)
        {
            // The kernel may make an overlay silently read-only when its upper cannot be written: better to say so now.
            const int writable = 2;
            steps.Call("root: the overlay is not writable", Linux.Faccessat2, [Linux.AT_FDCWD, program.Text("/stage/root"), writable, 0]);
        }

        CopyMount(steps, program, "/stage/dev", "/stage/root/dev", "device: mount /dev");
        foreach (string own in FsOrder.OwnFirst(plan.Spec))
        {
            CopyMount(steps, program, "/stage" + own, "/stage/root" + own, $"mount tmpfs on {own}");
        }

        foreach (int i in FsOrder.Of(plan.Spec))
        {
            if (plan.Spec.Fs[i].Type != FsType.Proc)
            {
                string target = plan.Spec.Fs[i].Dir;
                MakeMountPoint(steps, program, "/stage/root", target, plan.FsFiles.Contains(i), $"fs[{i}].dir: make {target}");
                CopyMount(steps, program, $"/stage/fs{i}", "/stage/root" + target, $"fs[{i}]: mount on {target}");
            }
        }

        steps.Call("enter the root", Linux.Chdir, [program.Text("/stage/root")]);
    }

    /// <summary>The file systems of the spec, onto a sparse root that is the working directory: copies of those beside it, which keep
    /// the locks of their attributes but are not locked in their place, so that each can be taken away from the running zone.</summary>
    private static void MountFs(StepList steps, ProgramWriter program, BootPlan plan)
    {
        foreach (int i in FsOrder.Of(plan.Spec).Where(i => plan.Spec.Fs[i].Type != FsType.Proc && FsOrder.Outermost(plan.Spec, i) is null))
        {
            string label = $"fs[{i}].dir: mount on {plan.Spec.Fs[i].Dir}";
            Argument tree = OpenBeside(steps, program, i, label);
            Attach(steps, program, tree, Linux.AT_FDCWD, plan.Spec.Fs[i].Dir, label);
            steps.Close(tree);
        }
    }

    private static Argument OpenBeside(StepList steps, ProgramWriter program, int index, string label) =>
        steps.Open(label, Linux.OpenTree, [Linux.AT_FDCWD, program.Text($"/stage/fs{index}"), Linux.OPEN_TREE_CLONE | Linux.AT_RECURSIVE | Linux.O_CLOEXEC]);

    private static Argument NewOverlay(StepList steps, ProgramWriter program, BootPlan plan, string lower, string? upper, string? work)
    {
        const string label = "root: mount the overlay";
        Argument context = steps.Open(label, Linux.Fsopen, [program.Text("overlay"), 1 /* FSOPEN_CLOEXEC */]);
        foreach ((string key, string? value) in (ReadOnlySpan<(string, string?)>)[("lowerdir", lower), ("upperdir", upper), ("workdir", work)])
        {
            if (value is not null)
            {
                steps.Call(label, Linux.Fsconfig, [context, Linux.FSCONFIG_SET_STRING, program.Text(key), program.Text(value), 0]);
            }
        }

        if (plan.IdBase is not null)
        {
            steps.Call(label, Linux.Fsconfig, [context, Linux.FSCONFIG_SET_FLAG, program.Text("userxattr"), 0, 0]);
        }

        steps.Call(label, Linux.Fsconfig, [context, Linux.FSCONFIG_CMD_CREATE, 0, 0, 0]);
        Argument overlay = steps.Open(label, Linux.Fsmount, [context, 1 /* FSMOUNT_CLOEXEC */, Linux.MOUNT_ATTR_NODEV]);
        steps.Close(context);
        return overlay;
    }

    private static void Place(StepList steps, ProgramWriter program, Argument mount, string target)
    {
        steps.Call($"root: mount {target["/stage/root".Length..]}", Linux.MoveMount, [mount, program.Text(""), Linux.AT_FDCWD, program.Text(target), Linux.MOVE_MOUNT_F_EMPTY_PATH]);
        steps.Close(mount);
    }

    private static void MakeMountPoint(StepList steps, ProgramWriter program, string root, string path, bool file, string label)
    {
        for (int slash = path.IndexOf('/', 1); ; slash = path.IndexOf('/', slash + 1))
        {
            string part = slash < 0 ? path : path[..slash];
            ushort call = slash < 0 && file ? Linux.Mknodat : Linux.Mkdirat;
            steps.Call(label, call, [Linux.AT_FDCWD, program.Text(root + part), call == Linux.Mknodat ? RegularFile : 0x1ED, 0], [Linux.EEXIST, Linux.EROFS]);
            if (slash < 0)
            {
                return;
            }
        }
    }

    private static void CopyMount(StepList steps, ProgramWriter program, string from, string to, string label)
    {
        Argument tree = steps.Open(label, Linux.OpenTree, [Linux.AT_FDCWD, program.Text(from), Linux.OPEN_TREE_CLONE | Linux.AT_RECURSIVE | Linux.O_CLOEXEC]);
        steps.Call(label, Linux.MoveMount, [tree, program.Text(""), Linux.AT_FDCWD, program.Text(to), Linux.MOVE_MOUNT_F_EMPTY_PATH]);
        steps.Close(tree);
    }

    /// <summary>File systems of the zone's own, while the base namespace's /proc and /sys are still in sight: without a full one
    /// the kernel refuses to mount another in a user namespace.</summary>
    private static void OwnMounts(StepList steps, ProgramWriter program, BootPlan plan)
    {
        Mount(steps, program, "proc", "/proc", NoSuidNoDevNoExec, null);
        if (plan.Spec.IpType == IpType.Exclusive)
        {
            Mount(steps, program, "sysfs", "/sys", NoSuidNoDevNoExec | Linux.MS_RDONLY, null);
        }

        if (!plan.Spec.Fs.Any(fs => fs.Dir == "/dev/pts" && fs.Options.Contains(WithDevices)))
        {
            Mount(steps, program, "devpts", "/dev/pts", Linux.MS_NOSUID | Linux.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
        }

        Mount(steps, program, "tmpfs", "/dev/shm", NoSuidNoDevNoExec, "mode=1777,size=64m");
        Mount(steps, program, "mqueue", "/dev/mqueue", NoSuidNoDevNoExec, null);
        foreach (string own in ((string[])["/run", "/tmp"]).Except(FsOrder.OwnFirst(plan.Spec)))
        {
            Mount(steps, program, "tmpfs", own, NoSuidNoDev, string.Join(',', OwnOptions(own).Select(option => $"{option.Key}={option.Value}")));
        }

        if (plan.DelegatesCgroup)
        {
            MountForSystemd(steps, program, plan);
        }

        foreach (int i in FsOrder.Of(plan.Spec).Where(i => plan.Spec.Fs[i].Type == FsType.Proc))
        {
            string target = plan.Spec.Fs[i].Dir;
            MakeMountPoint(steps, program, "", target, file: false, $"fs[{i}].dir: make {target}");
            Mount(steps, program, "proc", target, ProcFlags(plan.Spec.Fs[i]), null, $"fs[{i}]: mount proc on {target}");
        }
    }

    /// <summary>Of the tmpfs on /run and on /tmp; shares of the host's memory.</summary>
    private static (string Key, string Value)[] OwnOptions(string directory) =>
        directory == "/run" ? [("mode", "0755"), ("size", "20%")] : [("mode", "1777"), ("size", "50%")];

    private static void Mount(StepList steps, ProgramWriter program, string type, string target, int flags, string? data, string? label = null)
    {
        Argument name = program.Text(type);
        steps.Call(label ?? $"mount {type} on {target}", Linux.Mount, [name, program.Text(target), name, flags, data is null ? 0 : program.Text(data)]);
    }

    private static int ProcFlags(ZoneFs fs) => NoSuidNoDevNoExec | (fs.Options.Contains("ro") ? Linux.MS_RDONLY : 0);

    /// <summary>The options of a tmpfs that have a value.</summary>
    private static IEnumerable<(string Key, string Value)> FsData(ZoneFs fs) =>
        fs.Options.Select(option => option.Split('=', 2)).Where(pair => pair.Length == 2)
            .Select(pair => (pair[0], pair[0] == "size" && DataSize.TryParse(pair[1], out DataSize size) ? size.Bytes.ToString(CultureInfo.InvariantCulture) : pair[1]));

    /// <summary>Hides and protects what runc hides and protects (<see cref="MaskedPaths"/>), as far as this kernel has it.</summary>
    private static void Masks(StepList steps, ProgramWriter program, BootPlan plan)
    {
        bool sys = plan.Spec.IpType == IpType.Exclusive;
        foreach (string path in ReadOnlyHere.Value)
        {
            Argument target = program.Text(path);
            steps.Call($"protect {path}", Linux.Mount, [target, target, 0, Linux.MS_BIND | Linux.MS_REC, 0], [Linux.ENOENT]);
            steps.Call($"protect {path}", Linux.Mount, [0, target, 0, Linux.MS_BIND | Linux.MS_REMOUNT | Linux.MS_RDONLY | NoSuidNoDevNoExec, 0], [Linux.ENOENT, Linux.EINVAL]);
        }

        foreach ((string path, bool directory) in MaskedHere.Value)
        {
            if (!sys && path.StartsWith("/sys/", StringComparison.Ordinal))
            {
                continue;
            }

            if (directory)
            {
                steps.Call($"mask {path}", Linux.Mount, [program.Text("tmpfs"), program.Text(path), program.Text("tmpfs"), Linux.MS_RDONLY | NoSuidNoDevNoExec, program.Text("size=0k,nr_inodes=2")], [Linux.ENOENT]);
            }
            else
            {
                steps.Call($"mask {path}", Linux.Mount, [program.Text("/dev/null"), program.Text(path), 0, Linux.MS_BIND, 0], [Linux.ENOENT, Linux.ENOTDIR]);
            }
        }
    }

    /// <summary>The zone's /proc and /sys have the files that the host's have, so what to mask is looked up once.</summary>
    private static readonly Lazy<(string Path, bool Directory)[]> MaskedHere = new(() =>
        [.. MaskedPaths.Masked.Where(Path.Exists).Select(path => (path, System.IO.Directory.Exists(path)))]);

    private static readonly Lazy<string[]> ReadOnlyHere = new(() => [.. MaskedPaths.ReadOnly.Where(Path.Exists)]);
}
