using Zones.Wire;

namespace Zones.Boot;

/// <summary>Turns a <see cref="BootPlan"/> into the program that boots it. The order is the whole art:
/// <list type="number">
/// <item>The child is cloned into all its namespaces but mount and cgroup, joins its cgroups, does what needs no mounts, and waits.</item>
/// <item>Outside, with the host's rights, the spawner writes the id maps and puts the shared mounts together on /stage:
/// idmapped, read-only.</item>
/// <item>The child unshares its mount namespace. The copy crosses a user-namespace boundary, so the kernel locks those mounts:
/// no capability inside undoes them. Names below the private root, which the zone may have prepared, are resolved with
/// openat2(2) and no symbolic link.</item>
/// <item>Inside, the child mounts what is its own, pivots, drops what it may not keep, and executes init.</item>
/// </list></summary>
internal static partial class BootProgram
{
    /// <summary>Labels of the steps whose messages have labels of their own.</summary>
    public const string OutsideNetwork = "make the links", InsideNetwork = "configure the links";

    private static readonly string[] DefaultPath = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <summary>Composes the request.</summary>
    public static (ProgramWriter Program, byte[] Message) Compose(BootPlan plan)
    {
        ProgramWriter program = new();
        Argument cgroup = program.Descriptor(plan.Cgroup);
        Argument log = program.Descriptor(plan.Log);
        bool whole = plan.Spec.Root.Type == RootType.Whole;

        if (plan.DelegatesCgroup)
        {
            Delegate(program.Outside, program, plan, cgroup);
        }

        Outside(program, plan, whole);
        Inside(program, plan, whole, log);

        return (program, program.Finish(new()
        {
            Kind = ChildKind.Zone,
            CloneFlags = CloneFlags(plan),
            Generation = plan.Generation,
            CgroupRegister = program.Register(plan.Cgroup),
            ReportRegister = program.Register(plan.Report),
            OwnerRegister = program.Register(plan.Owner),
            Zone = ZoneName.From(plan.Spec.Zone),
        }));
    }

    /// <summary>Environment of init and of commands: the spec's over a few that programs rely on.</summary>
    public static IEnumerable<string> Environment(ZoneSpec spec, SpecMap? more = null, string home = "/root", string user = "root", string? shell = null)
    {
        SpecMap all = new()
        {
            ["PATH"] = DefaultPath[0]["PATH=".Length..],
            ["HOME"] = home,
            ["USER"] = user,
            ["LOGNAME"] = user,
            ["container"] = "zone",
        };
        if (shell is not null)
        {
            all["SHELL"] = shell;
        }

        foreach (KeyValuePair<string, string> item in more is null ? spec.Env : spec.Env.Concat(more))
        {
            all[item.Key] = item.Value;
        }

        return all.Select(item => $"{item.Key}={item.Value}");
    }

    private static ulong CloneFlags(BootPlan plan) =>
        Linux.CLONE_NEWPID | Linux.CLONE_NEWIPC | Linux.CLONE_NEWUTS
        | (plan.IdBase is null ? 0 : Linux.CLONE_NEWUSER)
        | (plan.Spec.IpType == IpType.Exclusive ? Linux.CLONE_NEWNET : 0);

    private static void Inside(ProgramWriter program, BootPlan plan, bool whole, Argument log)
    {
        StepList steps = program.Inside;
        Cgroups(steps, program, plan.CgroupTasks);
        ResetOutOfMemoryScore(steps, program);

        // What needs no mount is done while the spawner puts them together.
        Identity(steps, program, plan);
        Confine.Bound(steps, plan.Confinement);
        steps.Special("wait for the mounts", StepOp.AwaitOutside, []);
        if (plan.IdBase is not null)
        {
            Confine.Become(steps, 0, 0);
        }

        steps.Call("make the mount and cgroup namespaces", Linux.Unshare, [Linux.CLONE_NEWNS | Linux.CLONE_NEWCGROUP]);
        steps.Special("say that the mounts are copied", StepOp.Copied, []);
        Network(steps, program, plan);
        if (whole)
        {
            MountOverlay(steps, program, plan);
        }
        else
        {
            // The copies are locked to their parent and cannot be pivoted to; a recursive bind of them can, and keeps their locks.
            Argument stage = program.Text(SparseStage(plan));
            steps.Call("bind the root", Linux.Mount, [stage, stage, 0, Linux.MS_BIND | Linux.MS_REC, 0]);
            steps.Call("enter the root", Linux.Chdir, [stage]);
            MountFs(steps, program, plan);
        }

        Argument? view = OpenView(steps, program, plan);
        Argument current = program.Text(".");
        steps.Call("pivot into the root", Linux.PivotRoot, [current, current]);
        OwnMounts(steps, program, plan);
        MountView(steps, program, plan, view);
        steps.Call("detach the old root", Linux.Umount2, [current, Linux.MNT_DETACH]);
        steps.Call("enter the root", Linux.Chdir, [program.Text("/")]);
        Masks(steps, program, plan);
        Confine.Prepare(steps, program, plan.Confinement);
        if (plan.Console is { } console)
        {
            Argument terminal = TerminalSteps.Open(steps, program, program.Descriptor(console), (80, 24), "console: open its terminal");
            Confine.StandardDescriptors(steps, terminal, terminal, terminal);
        }
        else
        {
            Argument nothing = steps.Open("open /dev/null", Linux.Openat, [Linux.AT_FDCWD, program.Text("/dev/null"), Linux.O_RDONLY | Linux.O_CLOEXEC, 0]);
            Confine.StandardDescriptors(steps, nothing, log, log);
        }

        steps.Call("make a session", Linux.Setsid, [], [Linux.EPERM]);
        Confine.Drop(steps, program, plan.Confinement, 0, 0, []);
        Start(steps, program, plan);
    }

    /// <summary>Writing 0 moves the writer itself, which takes no global lock: the kernel's way that does not wait for a grace period.</summary>
    public static void Cgroups(StepList steps, ProgramWriter program, IReadOnlyList<Interop.SafeFd> tasks)
    {
        foreach (Interop.SafeFd file in tasks)
        {
            steps.Call("join the cgroup", Linux.Write, [program.Descriptor(file), program.Text("0"), 1]);
        }
    }

    /// <summary>While /proc is still the base namespace's: this process is not dumpable, so its files there are the host root's.</summary>
    public static void ResetOutOfMemoryScore(StepList steps, ProgramWriter program)
    {
        Argument score = steps.Open("open oom_score_adj", Linux.Openat, [Linux.AT_FDCWD, program.Text("/proc/self/oom_score_adj"), Linux.O_WRONLY | Linux.O_CLOEXEC, 0]);
        steps.Call("reset oom_score_adj", Linux.Write, [score, program.Text("0"), 1], [Linux.EACCES, Linux.EPERM]);
        steps.Close(score);
    }

    private static void Identity(StepList steps, ProgramWriter program, BootPlan plan)
    {
        string hostname = plan.Spec.Hostname ?? plan.Spec.Zone;
        steps.Call("hostname: set the host name", Linux.Sethostname, [program.Text(hostname), hostname.Length]);
        if (plan.Spec.IpType == IpType.Exclusive && !ConfiguresLinks(plan))
        {
            // struct ifreq: 16 bytes of name, then the flags.
            byte[] request = new byte[40];
            "lo"u8.CopyTo(request);
            request[16] = Linux.IFF_UP | Linux.IFF_RUNNING;
            Argument socket = steps.Open("open a socket", Linux.Socket, [Linux.AF_INET, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0]);
            steps.Call("bring up the loopback link", Linux.Ioctl, [socket, Linux.SIOCSIFFLAGS, program.Data(request)]);
            steps.Close(socket);
        }
    }

    /// <summary>The links are there when the spawner has let go; this process has every capability over its own namespace still.</summary>
    private static void Network(StepList steps, ProgramWriter program, BootPlan plan)
    {
        if (ConfiguresLinks(plan))
        {
            byte[] messages = plan.Network!.Inside.Finish();
            Argument socket = steps.Open("open a netlink socket", Linux.Socket, [Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, 0]);
            steps.Special(InsideNetwork, StepOp.Netlink, [socket, program.Data(messages), messages.Length]);
            steps.Close(socket);
        }
    }

    private static bool ConfiguresLinks(BootPlan plan) => plan.Network is { Inside.Labels.Count: > 0 };

    private static void Start(StepList steps, ProgramWriter program, BootPlan plan)
    {
        if (plan.Command is not { } command)
        {
            steps.Special("stay as process 1", StepOp.Reap, [0]);
            return;
        }

        if (plan.ReaperIsProcess1)
        {
            steps.Special("start init", StepOp.Reap, [1]);
            if (plan.Console is not null)
            {
                // An init that is process 1 itself leaves the terminal to whom it gives it to, a getty say.
                steps.Call("console: make it init's terminal", Linux.Ioctl, [0, Linux.TIOCSCTTY, 0], [Linux.EPERM]);
            }
        }

        for (int i = 0; i < plan.Passed.Count; i++)
        {
            steps.Call("pass a descriptor to init", Linux.Dup3, [program.Descriptor(plan.Passed[i]), BootPlan.FirstPassed + i, 0]);
        }

        Argument arguments = program.Vector(command);
        IEnumerable<string> variables = Environment(plan.Spec);
        Argument environment = program.Vector([.. plan.DelegatesCgroup ? variables.Append($"container_uuid={plan.Uuid}") : variables]);
        steps.Call($"init: execute {command[0]}", Linux.Execve, [program.Text(command[0]), arguments, environment]);
    }
}
