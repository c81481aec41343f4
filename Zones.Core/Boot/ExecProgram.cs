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
        Argument report = program.Descriptor(plan.Report);
        Argument exit = program.Descriptor(plan.Exit);
        Argument cgroup = program.Descriptor(plan.Cgroup);
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
            steps.Call("set the group", Linux.Setresgid, [0, 0, 0]);
            steps.Call("set the user", Linux.Setresuid, [0, 0, 0]);
        }

        Confine.Bound(steps, plan.Confinement);
        Confine.Prepare(steps, program, plan.Confinement);
        steps.Call("make a session", Linux.Setsid, [], [Linux.EPERM]);
        if (plan.Terminal is not null)
        {
            OpenTerminal(steps, program, plan);
        }
        else
        {
            Confine.StandardDescriptors(steps, program.Descriptor(plan.Input!), program.Descriptor(plan.Output!), program.Descriptor(plan.Error!));
        }

        Confine.Drop(steps, program, plan.Confinement, plan.User, plan.Group, plan.Groups);
        string directory = plan.Request.WorkingDirectory ?? (plan.Request.User is null ? "/" : plan.Home);
        steps.Call($"enter the directory {directory}", Linux.Chdir, [program.Text(directory)], plan.Request.WorkingDirectory is null ? [Linux.ENOENT, Linux.EACCES] : []);
        Execute(steps, program, plan);

        SpawnRequest header = new()
        {
            Kind = ChildKind.Command,
            CloneFlags = 0,
            Generation = plan.Generation,
            CgroupRegister = (int)cgroup.Value,
            PidNamespaceRegister = (int)process1.Value,
            ReportRegister = (int)report.Value,
            ExitRegister = (int)exit.Value,
            OwnerRegister = -1,
            Zone = ZoneName.From(plan.Spec.Zone),
        };
        return (program, program.Finish(header));
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

    /// <summary>A terminal of the zone's own devpts, so that tty(1) inside names it; its master goes to the caller.</summary>
    private static void OpenTerminal(StepList steps, ProgramWriter program, ExecPlan plan)
    {
        const string label = "open a terminal";
        const int openMode = Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_CLOEXEC;
        Argument master = steps.Open(label, Linux.Openat, [Linux.AT_FDCWD, program.Text("/dev/pts/ptmx"), openMode | Linux.O_NONBLOCK | Linux.O_NOFOLLOW, 0]);
        steps.Call(label, Linux.Ioctl, [master, Linux.TIOCSPTLCK, program.Data([0, 0, 0, 0])]);
        (int columns, int rows) = plan.Request.TerminalSize;
        steps.Call(label, Linux.Ioctl, [master, Linux.TIOCSWINSZ, program.Words([(ulong)(ushort)rows | ((ulong)(ushort)columns << 16)])]);
        Argument slave = steps.Open(label, Linux.Ioctl, [master, Linux.TIOCGPTPEER, openMode]);
        Send(steps, program, program.Descriptor(plan.Terminal!), master, label);
        steps.Close(master);
        steps.Call(label, Linux.Fchownat, [slave, program.Text(""), plan.User, 5 /* tty */, Linux.AT_EMPTY_PATH], [Linux.EPERM, Linux.EINVAL]);
        Confine.StandardDescriptors(steps, slave, slave, slave);
        steps.Call(label, Linux.Ioctl, [0, Linux.TIOCSCTTY, 0]);
    }

    /// <summary>sendmsg(2) with one byte and one descriptor (SCM_RIGHTS, unix(7)).</summary>
    private static void Send(StepList steps, ProgramWriter program, Argument socket, Argument descriptor, string label)
    {
        Argument vector = program.Words([0, 1]);
        program.Address((int)vector.Value, program.Data([0]).Value);
        Argument control = program.Words([20 /* header and one number */, Linux.SOL_SOCKET | ((ulong)Linux.SCM_RIGHTS << 32), 0]);
        Argument message = program.Words([0, 0, 0, 1, 0, 24, 0]); // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
        program.Address((int)message.Value + 16, vector.Value);
        program.Address((int)message.Value + 32, control.Value);
        steps.Special(label, StepOp.Store32, [control.Value + 16, descriptor]);
        steps.Call(label, Linux.Sendmsg, [socket, message, Linux.MSG_NOSIGNAL]);
    }
}
