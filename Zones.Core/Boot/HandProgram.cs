using Zones.Interop;
using Zones.Wire;

namespace Zones.Boot;

/// <summary>The program of a child that works on a running zone's files for its manager: it sees them as the zone does, and can do to them
/// what the zone's root could, whatever limitpriv leaves that one. Nobody inside sees the child, which is in no other namespace of the zone's;
/// it is in the zone's cgroup, and ends with the zone.</summary>
internal static class HandProgram
{
    /// <summary>CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_FSETID (capabilities(7)): they count for files whose owner the zone's user namespace knows.</summary>
    private const ulong OverFiles = (1UL << 0) | (1UL << 1) | (1UL << 3) | (1UL << 4);

    public static (ProgramWriter Program, byte[] Message) Compose(HandPlan plan)
    {
        ProgramWriter program = new();
        StepList steps = program.Inside;
        ProcessConfinement confinement = new(OverFiles, Filter: null, NoNewPrivs: true, []);

        steps.Special("wait for the keeper", StepOp.AwaitOutside, []);
        BootProgram.Cgroups(steps, program, plan.CgroupTasks);
        steps.Call("enter the zone's namespaces", Linux.Setns, [program.Descriptor(plan.Process1), Linux.CLONE_NEWNS | (plan.UserNamespace ? Linux.CLONE_NEWUSER : 0)]);
        if (plan.UserNamespace)
        {
            Confine.Become(steps, 0, 0);
        }

        Confine.Bound(steps, confinement);
        Confine.Prepare(steps, program, confinement);
        steps.Call("set the umask", Linux.Umask, [0]);
        Confine.Drop(steps, program, confinement, 0, 0, [0]);
        steps.Call("hide its memory", Linux.Prctl, [Linux.PR_SET_DUMPABLE, 0, 0, 0, 0]);
        steps.Special("serve", StepOp.Serve, [program.Descriptor(plan.Socket)]);
        return (program, program.Finish(plan.Zone, plan.Generation, plan.Report, plan.Exit, plan.Cgroup));
    }
}

/// <summary>What that program is made from.</summary>
internal sealed record HandPlan
{
    public required string Zone { get; init; }

    public required long Generation { get; init; }

    public required bool UserNamespace { get; init; }

    /// <summary>A descriptor of process 1, whose namespaces are entered.</summary>
    public required SafeFd Process1 { get; init; }

    public required SafeFd Cgroup { get; init; }

    public required IReadOnlyList<SafeFd> CgroupTasks { get; init; }

    /// <summary>The child's end of the conversation.</summary>
    public required SafeFd Socket { get; init; }

    /// <summary>Write ends of the pipes for the start report and for the wait status.</summary>
    public required SafeFd Report { get; init; }

    public required SafeFd Exit { get; init; }
}
