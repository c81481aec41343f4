using Zones.Resources;
using Zones.Wire;

namespace Zones.Boot;

/// <content>Files of /proc and /sys that tell of the zone's limits. The mount that has them for all zones is in the zone's mount
/// namespace only until it has taken its own.</content>
internal static partial class BootProgram
{
    private const string ViewStage = "view", ViewLabel = "resource-view: show the zone its limits";

    private static void StageView(StepList steps, ProgramWriter program, BootPlan plan, Argument beside)
    {
        if (plan.View is { } view)
        {
            Argument tree = program.Descriptor(view);
            Attributes(steps, program, tree, default, Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NODEV | Linux.MOUNT_ATTR_NOEXEC, ViewLabel);
            steps.Call(ViewLabel, Linux.Mkdirat, [beside, program.Text(ViewStage), 0x1ED /* 0755 */]);
            Attach(steps, program, tree, beside, ViewStage, ViewLabel);
        }
    }

    /// <summary>While /stage is in sight.</summary>
    private static Argument? OpenView(StepList steps, ProgramWriter program, BootPlan plan) => plan.View is null
        ? null
        : steps.Open(ViewLabel, Linux.Openat, [Linux.AT_FDCWD, program.Text($"/stage/{ViewStage}/{plan.ViewDirectory}"), Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_CLOEXEC, 0]);

    /// <summary>Before the old root is detached: a copy is taken of what is mounted in this namespace.</summary>
    private static void MountView(StepList steps, ProgramWriter program, BootPlan plan, Argument? view)
    {
        if (view is not { } directory)
        {
            return;
        }

        foreach (ViewFile file in plan.ViewFiles)
        {
            Argument tree = steps.Open(ViewLabel, Linux.OpenTree, [directory, program.Text(file.Name), Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC]);
            steps.Call(ViewLabel, Linux.MoveMount, [tree, program.Text(""), Linux.AT_FDCWD, program.Text(file.Target), Linux.MOVE_MOUNT_F_EMPTY_PATH], [Linux.ENOENT]);
            steps.Close(tree);
        }

        steps.Close(directory);
    }
}
