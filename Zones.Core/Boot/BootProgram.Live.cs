using Zones.Wire;

namespace Zones.Boot;

/// <content>Mounting into a running zone and out of it. The same two steps as at a boot: the trees are put together outside, and a
/// child copies them across the boundary of the user namespace, so that what is read-only stays so. Then it goes over to the
/// zone's mount namespace with the copies in hand. It is in none of the zone's other namespaces: nobody inside sees it.</content>
internal static partial class BootProgram
{
    /// <summary>Mounts what the plan names.</summary>
    public static (ProgramWriter Program, byte[] Message) ComposeMount(LiveMountPlan plan)
    {
        ProgramWriter program = new();
        StepList outside = program.Outside;
        Argument users = plan.Users is null ? default : program.Descriptor(plan.Users);
        outside.Call("set the umask", Linux.Umask, [0]);
        Argument beside = NewStage(outside, program, []);
        for (int i = 0; i < plan.Fs.Count; i++)
        {
            int index = plan.Fs[i];
            ZoneFs fs = plan.Spec.Fs[index];
            string label = $"fs[{index}]: mount {fs.Special ?? "tmpfs"} on {fs.Dir}";
            Argument tree = FsTree(outside, program, plan.Trees[i], fs, users, plan.IdBase, label);
            StageBeside(outside, program, beside, tree, index, plan.Files.Contains(index), label);
            if (plan.Trees[i] is null)
            {
                outside.Close(tree);
            }
        }

        StepList inside = program.Inside;
        inside.Special("wait for the mounts", StepOp.AwaitOutside, []);
        EnterUsers(inside, users, plan);
        inside.Call("make a mount namespace", Linux.Unshare, [Linux.CLONE_NEWNS]);
        inside.Special("say that the mounts are copied", StepOp.Copied, []);
        List<Argument> trees = [.. plan.Fs.Select(index => OpenBeside(inside, program, index, $"fs[{index}]: copy the mount"))];
        Argument root = EnterMounts(inside, program, plan);
        foreach ((int index, Argument tree) in plan.Fs.Zip(trees))
        {
            string directory = plan.Spec.Fs[index].Dir;
            MakeMountPoint(inside, program, "", directory, plan.Files.Contains(index), $"fs[{index}].dir: make {directory}");
            Attach(inside, program, tree, root, directory, $"fs[{index}].dir: mount on {directory}");
        }

        return (program, Finish(program, plan));
    }

    /// <summary>Takes away what the plan names; what is in use stays, unless <paramref name="lazily"/>.</summary>
    public static (ProgramWriter Program, byte[] Message) ComposeUnmount(LiveMountPlan plan, bool lazily)
    {
        ProgramWriter program = new();
        StepList inside = program.Inside;
        Argument users = plan.Users is null ? default : program.Descriptor(plan.Users);
        inside.Special("wait for the keeper", StepOp.AwaitOutside, []);
        EnterUsers(inside, users, plan);
        Argument root = EnterMounts(inside, program, plan);
        foreach (int index in plan.Fs)
        {
            string directory = plan.Spec.Fs[index].Dir;
            string label = $"fs[{index}].dir: unmount {directory}";

            // From the directory that holds it, so that no link that the zone made leads elsewhere.
            Argument parent = Resolve(inside, program, root, Path.GetDirectoryName(directory)!, label);
            inside.Call(label, Linux.Fchdir, [parent]);
            inside.Call(label, Linux.Umount2, [program.Text(Path.GetFileName(directory)), Linux.UMOUNT_NOFOLLOW | (lazily ? Linux.MNT_DETACH : 0)]);
            inside.Close(parent);
        }

        return (program, Finish(program, plan));
    }

    private static void EnterUsers(StepList steps, Argument users, LiveMountPlan plan)
    {
        if (plan.Users is not null)
        {
            steps.Call("enter the zone's user namespace", Linux.Setns, [users, Linux.CLONE_NEWUSER]);
            Confine.Become(steps, 0, 0);
        }
    }

    private static Argument EnterMounts(StepList steps, ProgramWriter program, LiveMountPlan plan)
    {
        steps.Call("enter the zone's mount namespace", Linux.Setns, [program.Descriptor(plan.Mounts), Linux.CLONE_NEWNS]);
        return steps.Open("open the zone's root", Linux.Openat, [Linux.AT_FDCWD, program.Text("/"), Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC, 0]);
    }

    private static byte[] Finish(ProgramWriter program, LiveMountPlan plan)
    {
        program.Descriptor(plan.Turn);
        return program.Finish(plan.Spec.Zone, plan.Generation, plan.Report, plan.Exit);
    }
}
