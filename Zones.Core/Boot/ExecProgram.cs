using Zones.Wire;

namespace Zones.Boot;

/// <summary>Turns an <see cref="ExecPlan"/> into the program of a command: born in the zone's pid namespace and cgroup, it joins
/// the other namespaces of process 1 and is confined as init is.</summary>
internal static class ExecProgram
{
    /// <summary>The label of the steps that execute the command, by which a missing program is told from other failures.</summary>
    public const string ExecuteLabel = "execute";

    public static (ProgramWriter Program, byte[] Message) Compose(ExecPlan plan)
    {
        ProgramWriter program = new();
        StepList steps = program.Inside;
        Argument process1 = program.Descriptor(plan.Process1);

        // Nothing is done before the keeper knows of it, so that a command of which it never will ends by itself.
        steps.Special("wait for the keeper", StepOp.AwaitOutside, []);
        BootProgram.Cgroups(steps, program, plan.CgroupTasks);
        ulong namespaces = Linux.CLONE_NEWNS | Linux.CLONE_NEWIPC | Linux.CLONE_NEWUTS | Linux.CLONE_NEWCGROUP
            | (plan.UserNamespace ? Linux.CLONE_NEWUSER : 0)
            | (plan.Spec.IpType == IpType.Exclusive ? Linux.CLONE_NEWNET : 0);
        steps.Call("enter the zone's namespaces", Linux.Setns, [process1, namespaces]);
        if (plan.UserNamespace)
        {
            Confine.Become(steps, 0, 0);
        }

        Confine.Bound(steps, plan.Confinement);
        Confine.Prepare(steps, program, plan.Confinement);
        steps.Call("make a session", Linux.Setsid, [], [Linux.EPERM]);
        if (plan.Terminal is not null)
        {
            const string label = "open a terminal";
            Argument slave = TerminalSteps.Open(steps, program, program.Descriptor(plan.Terminal), plan.Request.TerminalSize, label);
            steps.Call(label, Linux.Fchownat, [slave, program.Text(""), plan.User, 5 /* tty */, Linux.AT_EMPTY_PATH], [Linux.EPERM, Linux.EINVAL]);
            Confine.StandardDescriptors(steps, slave, slave, slave);
            steps.Call(label, Linux.Ioctl, [0, Linux.TIOCSCTTY, 0]);
        }
        else
        {
            Confine.StandardDescriptors(steps, program.Descriptor(plan.Input!), program.Descriptor(plan.Output!), program.Descriptor(plan.Error!));
        }

        Confine.Drop(steps, program, plan.Confinement, plan.User, plan.Group, plan.Groups);
        string directory = plan.Request.WorkingDirectory ?? (plan.Request.User is null ? "/" : plan.Home);
        steps.Call($"enter the directory {directory}", Linux.Chdir, [program.Text(directory)], plan.Request.WorkingDirectory is null ? [Linux.ENOENT, Linux.EACCES] : []);
        Execute(steps, program, plan);
        return (program, program.Finish(plan.Spec.Zone, plan.Generation, plan.Report, plan.Exit, plan.Cgroup, plan.Process1));
    }

    /// <summary>execve(2), for a name without a slash in each directory of the command's own PATH, as execvp(3) does.</summary>
    private static void Execute(StepList steps, ProgramWriter program, ExecPlan plan)
    {
        string name = plan.Request.Command[0];
        string[] environment = [.. BootProgram.Environment(plan.Spec, plan.Request.Environment, plan.Home, plan.UserName, plan.Shell)];
        Argument arguments = program.Vector(plan.Request.Command);
        Argument vector = program.Vector(environment);
        if (name.Contains('/'))
        {
            steps.Call(ExecuteLabel, Linux.Execve, [program.Text(name), arguments, vector]);
            return;
        }

        string path = environment.First(item => item.StartsWith("PATH=", StringComparison.Ordinal))["PATH=".Length..];
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            steps.Call(ExecuteLabel, Linux.Execve, [program.Text($"{directory}/{name}"), arguments, vector], [Linux.ENOENT, Linux.ENOTDIR, Linux.EACCES]);
        }

        steps.Special(ExecuteLabel, StepOp.Fail, []);
    }
}
