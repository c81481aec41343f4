using Zones.Wire;

namespace Zones.Boot;

/// <content>The zone's cgroup for an init that divides it further, as systemd does (cgroups(7), "Cgroup delegation").</content>
internal static partial class BootProgram
{
    /// <summary>What its owner may write. Limits stay the host's: their files are not among these.</summary>
    private static readonly string[] Delegated = ["", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"];

    /// <summary>The most cgroups that a zone may make, since each takes memory of the kernel, on a hybrid host uncounted; and how deep, since
    /// whoever goes through them has to come back.</summary>
    private static readonly (string File, string Most)[] Bounds = [("cgroup.max.descendants", "4096"), ("cgroup.max.depth", "32")];

    /// <summary>Gives the zone's root what it needs to make cgroups below the zone's own.</summary>
    private static void Delegate(StepList steps, ProgramWriter program, BootPlan plan, Argument cgroup)
    {
        const string label = "init: delegate the cgroup";
        foreach ((string name, string most) in Bounds)
        {
            Argument bound = steps.Open(label, Linux.Openat, [cgroup, program.Text(name), Linux.O_WRONLY | Linux.O_CLOEXEC, 0]);
            steps.Call(label, Linux.Write, [bound, program.Text(most), most.Length]);
            steps.Close(bound);
        }

        foreach (string file in Delegated)
        {
            steps.Call(label, Linux.Fchownat, [cgroup, program.Text(file), plan.IdBase!.Value, plan.IdBase.Value, Linux.AT_EMPTY_PATH]);
        }
    }

    /// <summary>What systemd finds mounted in a container, or mounts itself if it may, and does not start without (systemd's
    /// CONTAINER_INTERFACE): the zone's cgroup as the root of a cgroup2, whatever version the host's controllers are, and Debian's
    /// /run/lock. Last of the zone's own mounts.</summary>
    private static void MountForSystemd(StepList steps, ProgramWriter program, BootPlan plan)
    {
        const string locks = "/run/lock";
        Mount(steps, program, "cgroup2", "/sys/fs/cgroup", NoSuidNoDevNoExec, null);
        if (!plan.Spec.Fs.Any(fs => fs.Dir == locks))
        {
            MakeMountPoint(steps, program, "", locks, file: false, $"make {locks}");
            Mount(steps, program, "tmpfs", locks, NoSuidNoDevNoExec, "mode=1777,size=5m");
        }
    }
}
