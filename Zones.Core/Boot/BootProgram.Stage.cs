using System.Globalization;
using Zones.Interop;
using Zones.Security;
using Zones.Wire;

namespace Zones.Boot;

/// <content>What the spawner does outside: id maps, and the mounts that the zone may not undo.</content>
internal static partial class BootProgram
{
    private const int RegularFile = 0x81A4; // S_IFREG, 0644

    /// <summary>An option of a bind that no spec may have, but a carrier of another brand: its device nodes can be used.</summary>
    public const string WithDevices = "dev";

    private const int OwnTmpfs = Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NODEV;

    private static void Outside(ProgramWriter program, BootPlan plan, bool whole)
    {
        StepList steps = program.Outside;
        Argument users = default;
        if (plan.IdBase is { } first)
        {
            string map = string.Create(CultureInfo.InvariantCulture, $"0 {first} 65536\n");
            Argument text = program.Text(map);
            steps.Special("write the user id map", StepOp.WriteProc, [program.Text("uid_map"), text, map.Length]);
            steps.Special("write the group id map", StepOp.WriteProc, [program.Text("gid_map"), text, map.Length]);
            users = steps.OpenProc("open the user namespace", "ns/user");
        }

        Links(steps, program, plan);
        steps.Call("set the umask", Linux.Umask, [0]);
        Argument beside = whole || FsBeside(plan) ? NewStage(steps, program, whole ? WholeParts(plan) : ["root"]) : default;
        Argument stage = StageRoot(steps, program, plan, whole, beside);
        foreach (SharedTree shared in plan.Shared)
        {
            Argument tree = program.Descriptor(shared.Tree);
            Attributes(steps, program, tree, shared.CanIdmap ? users : default, Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NODEV, $"root: share {shared.Target}");
            Attach(steps, program, tree, stage, whole ? "lower" : shared.Target, $"root: mount {shared.Target}");
        }

        StageDevices(steps, program, plan, stage);
        foreach (string own in FsOrder.OwnFirst(plan.Spec))
        {
            Argument tmpfs = NewTmpfs(steps, program, [.. OwnOptions(own), .. Owner(plan.IdBase)], OwnTmpfs, $"mount tmpfs on {own}");
            Attach(steps, program, tmpfs, stage, own, $"mount tmpfs on {own}");
            steps.Close(tmpfs);
        }

        foreach (int i in FsOrder.Of(plan.Spec))
        {
            if (plan.Spec.Fs[i].Type != FsType.Proc)
            {
                StageFs(steps, program, plan, stage, beside, users, i, whole);
            }
        }
    }

    /// <summary>Makes the zone's links, in its namespace from the first moment: none of them is ever seen in the host's.</summary>
    private static void Links(StepList steps, ProgramWriter program, BootPlan plan)
    {
        if (plan.Network is { Outside: { Labels.Count: > 0 } links, Socket: { } socket })
        {
            byte[] messages = links.Finish();
            Argument data = program.Data(messages);
            Argument network = steps.OpenProc("open the network namespace", "ns/net");
            foreach (int at in links.Namespaces)
            {
                steps.Special("name the network namespace", StepOp.Store32, [data.Value + at, network]);
            }

            steps.Special(OutsideNetwork, StepOp.Netlink, [program.Descriptor(socket.Descriptor), data, messages.Length]);
            steps.Close(network);
        }
    }

    /// <summary>Whether file systems of the spec wait beside a sparse root, to be mounted by the child.</summary>
    private static bool FsBeside(BootPlan plan) => plan.Spec.Fs.Any(fs => fs.Type != FsType.Proc);

    /// <summary>Where a sparse root is put together.</summary>
    private static string SparseStage(BootPlan plan) => FsBeside(plan) ? "/stage/root" : "/stage";

    /// <summary>A small tmpfs on /stage with a place for each part.</summary>
    private static Argument NewStage(StepList steps, ProgramWriter program, IEnumerable<string> parts)
    {
        Argument stage = NewTmpfs(steps, program, [("mode", "0755")], Linux.MOUNT_ATTR_NODEV | Linux.MOUNT_ATTR_NOSUID, "root: make the stage");
        steps.Call("root: mount the stage", Linux.MoveMount, [stage, program.Text(""), Linux.AT_FDCWD, program.Text("/stage"), Linux.MOVE_MOUNT_F_EMPTY_PATH]);
        foreach (string directory in parts)
        {
            steps.Call("root: make the stage", Linux.Mkdirat, [stage, program.Text(directory), 0x1ED /* 0755 */]);
        }

        return stage;
    }

    /// <summary>Puts the private root on its stage, for whole roots the private layer; gives the descriptor of what is mounted on then.</summary>
    private static Argument StageRoot(StepList steps, ProgramWriter program, BootPlan plan, bool whole, Argument stage)
    {
        Argument empty = program.Text("");
        Argument place = program.Text(SparseStage(plan));
        Argument root = program.Descriptor(plan.Private);
        if (!whole)
        {
            int attributes = Linux.MOUNT_ATTR_NODEV | (plan.WritableParts is null ? 0 : Linux.MOUNT_ATTR_RDONLY);
            Attributes(steps, program, root, default, attributes, "root: set the private root's mount attributes");
            steps.Call("root: mount the private root", Linux.MoveMount, [root, empty, Linux.AT_FDCWD, place, Linux.MOVE_MOUNT_F_EMPTY_PATH]);
            foreach (string part in plan.WritableParts ?? [])
            {
                string label = $"root.file-mac-profile: keep /{part} writable";
                Argument at = Resolve(steps, program, root, part, label);
                Argument tree = steps.Open(label, Linux.OpenTree, [at, empty, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC | Linux.AT_EMPTY_PATH]);
                steps.Close(at);
                Attributes(steps, program, tree, default, Linux.MOUNT_ATTR_NODEV, label, clear: Linux.MOUNT_ATTR_RDONLY);
                Attach(steps, program, tree, root, part, label);
                steps.Close(tree);
            }

            return root;
        }

        Attributes(steps, program, root, default, Linux.MOUNT_ATTR_NODEV, "root: set the private layer's mount attributes");
        Attach(steps, program, root, stage, "layer", "root: mount the private layer");
        return stage;
    }

    private static IEnumerable<string> WholeParts(BootPlan plan) =>
        ["lower", "layer", "root", "dev", .. FsOrder.OwnFirst(plan.Spec).Select(own => own[1..])];

    /// <summary>mount_setattr(2) on a detached mount, before anybody can see it. On most hosts every mount is shared, and a copy of
    /// one would hand mounts on to the host and take in the host's: each is made private.</summary>
    private static void Attributes(StepList steps, ProgramWriter program, Argument tree, Argument users, int attributes, string label, bool recursive = false, int clear = 0)
    {
        bool idmap = users.Kind == ArgumentKind.Register;
        Argument data = program.Words([(uint)attributes | (idmap ? (uint)Linux.MOUNT_ATTR_IDMAP : 0), (uint)clear, Linux.MS_PRIVATE, 0]);
        if (idmap)
        {
            steps.Special(label, StepOp.Store64, [data.Value + 24, users]);
        }

        steps.Call(label, Linux.MountSetattr, [tree, program.Text(""), Linux.AT_EMPTY_PATH | (recursive ? Linux.AT_RECURSIVE : 0), data, 32]);
    }

    /// <summary>Moves a mount onto a path below the stage, through no symbolic link.</summary>
    private static void Attach(StepList steps, ProgramWriter program, Argument tree, Argument stage, string target, string label)
    {
        Argument at = Resolve(steps, program, stage, target, label);
        Argument empty = program.Text("");
        steps.Call(label, Linux.MoveMount, [tree, empty, at, empty, Linux.MOVE_MOUNT_F_EMPTY_PATH | Linux.MOVE_MOUNT_T_EMPTY_PATH]);
        steps.Close(at);
    }

    /// <summary>openat2(2) with RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH: the zone may have put anything into its private root.</summary>
    private static Argument Resolve(StepList steps, ProgramWriter program, Argument from, string path, string label)
    {
        Argument how = program.Words([Linux.O_PATH | Linux.O_CLOEXEC, 0, Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS]);
        string relative = path.TrimStart('/');
        return steps.Open(label, Linux.Openat2, [from, program.Text(relative.Length == 0 ? "." : relative), how, 24]);
    }

    private static Argument NewTmpfs(StepList steps, ProgramWriter program, IEnumerable<(string Key, string Value)> options, int attributes, string label)
    {
        Argument context = steps.Open(label, Linux.Fsopen, [program.Text("tmpfs"), 1 /* FSOPEN_CLOEXEC */]);
        foreach ((string key, string value) in options)
        {
            steps.Call(label, Linux.Fsconfig, [context, Linux.FSCONFIG_SET_STRING, program.Text(key), program.Text(value), 0]);
        }

        steps.Call(label, Linux.Fsconfig, [context, Linux.FSCONFIG_CMD_CREATE, 0, 0, 0]);
        Argument mount = steps.Open(label, Linux.Fsmount, [context, 1 /* FSMOUNT_CLOEXEC */, attributes]);
        steps.Close(context);
        return mount;
    }

    /// <summary>A /dev made by the host's root: real nodes, which a user namespace could not make, owned by the zone's root.</summary>
    private static void StageDevices(StepList steps, ProgramWriter program, BootPlan plan, Argument stage)
    {
        const string label = "device: make /dev";
        Argument dev = NewTmpfs(steps, program, [("mode", "0755")], Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NOEXEC, label);
        uint owner = plan.IdBase ?? 0;
        foreach (string directory in (string[])["pts", "shm", "mqueue"])
        {
            steps.Call(label, Linux.Mkdirat, [dev, program.Text(directory), 0x1ED]);
        }

        foreach (DeviceNode node in DefaultDevices.All.Concat(plan.Devices))
        {
            Parents(steps, program, dev, node.Path, owner, $"device: make /dev/{node.Path}");
            Argument name = program.Text(node.Path);
            steps.Call($"device: make /dev/{node.Path}", Linux.Mknodat, [dev, name, node.Mode, node.Number]);
            steps.Call($"device: give /dev/{node.Path} to the zone", Linux.Fchownat, [dev, name, owner, owner, Linux.AT_SYMLINK_NOFOLLOW]);
        }

        (string, string)[] links = [("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")];
        foreach ((string name, string target) in plan.Console is null ? links : [.. links, ("console", "pts/0")]) // the first of the zone's own
        {
            steps.Call(label, Linux.Symlinkat, [program.Text(target), dev, program.Text(name)]);
        }

        steps.Call(label, Linux.Fchownat, [dev, program.Text(""), owner, owner, Linux.AT_EMPTY_PATH]);
        Attach(steps, program, dev, stage, "dev", "device: mount /dev");
        steps.Close(dev);
    }

    private static void Parents(StepList steps, ProgramWriter program, Argument from, string path, uint owner, string label)
    {
        for (int slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            Argument parent = program.Text(path[..slash]);
            steps.Call(label, Linux.Mkdirat, [from, parent, 0x1ED], [Linux.EEXIST]);
            steps.Call(label, Linux.Fchownat, [from, parent, owner, owner, Linux.AT_SYMLINK_NOFOLLOW]);
        }
    }

    private static void StageFs(StepList steps, ProgramWriter program, BootPlan plan, Argument stage, Argument beside, Argument users, int index, bool whole)
    {
        ZoneFs fs = plan.Spec.Fs[index];
        string label = $"fs[{index}]: mount {fs.Special ?? "tmpfs"} on {fs.Dir}";
        Argument tree = FsTree(steps, program, plan.FsTrees[index], fs, users, plan.IdBase, label);
        bool file = plan.FsFiles.Contains(index);
        if (whole || FsOrder.Outermost(plan.Spec, index) is not { } outer)
        {
            // The child mounts it: what is copied at the boundary of the user namespace could never be taken away alone.
            if (!whole && FsOrder.IsInOwn(fs.Dir))
            {
                MakeInTmpfs(steps, program, plan, stage, fs.Dir[1..], index);
            }

            StageBeside(steps, program, beside, tree, index, file, label);
        }
        else
        {
            string place = $"fs{outer}{fs.Dir[plan.Spec.Fs[outer].Dir.Length..]}";
            if (FsOrder.Within(plan.Spec, fs.Dir) == FsType.Tmpfs)
            {
                MakeInTmpfs(steps, program, plan, beside, place, index);
            }

            Attach(steps, program, tree, beside, place, $"fs[{index}].dir: mount on {fs.Dir}");
        }

        if (plan.FsTrees[index] is null)
        {
            steps.Close(tree);
        }
    }

    /// <summary>A file system of the spec as a detached mount with its attributes.</summary>
    private static Argument FsTree(StepList steps, ProgramWriter program, SafeFd? opened, ZoneFs fs, Argument users, uint? idBase, string label)
    {
        bool readOnly = fs.Options.Contains("ro");
        int attributes = (readOnly ? Linux.MOUNT_ATTR_RDONLY : 0)
            | (fs.Options.Contains("nosuid") || fs.Type == FsType.Tmpfs ? Linux.MOUNT_ATTR_NOSUID : 0)
            | (fs.Options.Contains("noexec") ? Linux.MOUNT_ATTR_NOEXEC : 0)
            | (fs.Options.Contains(WithDevices) ? 0 : Linux.MOUNT_ATTR_NODEV); // device nodes come from the device property alone
        if (opened is null)
        {
            return NewTmpfs(steps, program, [.. FsData(fs), .. Owner(idBase)], attributes, label);
        }

        Argument tree = program.Descriptor(opened);
        bool idmap = fs.Options.Contains("idmap") || (readOnly && !fs.Options.Contains("noidmap"));
        Attributes(steps, program, tree, idmap ? users : default, attributes, label, fs.Options.Contains("rbind"));
        return tree;
    }

    /// <summary>Puts a tree on /stage/fsN, from where the child takes it.</summary>
    private static void StageBeside(StepList steps, ProgramWriter program, Argument beside, Argument tree, int index, bool file, string label)
    {
        steps.Call(label, file ? Linux.Mknodat : Linux.Mkdirat, [beside, program.Text($"fs{index}"), file ? RegularFile : 0x1ED, 0]);
        Attach(steps, program, tree, beside, $"fs{index}", label);
    }

    /// <summary>Makes a mount point in a tmpfs that was mounted just now, in which nobody can have put a link.</summary>
    private static void MakeInTmpfs(StepList steps, ProgramWriter program, BootPlan plan, Argument from, string path, int index)
    {
        string label = $"fs[{index}].dir: make {plan.Spec.Fs[index].Dir}";
        Parents(steps, program, from, path, plan.IdBase ?? 0, label);
        bool file = plan.FsFiles.Contains(index);
        steps.Call(label, file ? Linux.Mknodat : Linux.Mkdirat, [from, program.Text(path), file ? RegularFile : 0x1ED, 0], [Linux.EEXIST]);
    }

    private static (string, string)[] Owner(uint? idBase)
    {
        string owner = (idBase ?? 0).ToString(CultureInfo.InvariantCulture);
        return [("uid", owner), ("gid", owner)];
    }
}
