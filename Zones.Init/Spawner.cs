using Zones.Wire;

namespace Zones.Init;

/// <summary>Makes processes. A request is a program of system calls (<see cref="SpawnRequest"/>); the spawner clones a child
/// straight into its namespaces and its cgroup, carries out the outside steps for it, and lets it go. It decides nothing
/// about zones, and remembers nothing between requests: it may be killed at any time, and the keeper starts another.
/// The children's parent is the keeper (CLONE_PARENT), which is told of each before it may go on.
/// The loop allocates nothing managed: what this process writes after a clone is memory that the child must hold alone.</summary>
internal static unsafe class Spawner
{
    private const int MaxConnections = 512;
    private const int StageLingers = 2; // ms
    private const int RendezvousTimeout = 10_000; // ms; the child only copies mounts in that time

    private static byte* s_buffer;
    private static int s_keeper;
    private static int s_ownPidNamespace;

    /// <summary>Why nothing can be spawned here, as an error number: every request is answered with it. 0 for an able spawner.</summary>
    private static int s_unable;

    /// <summary>Whether /stage is still to be cleared: an umount(2) waits for a grace period and makes others wait for theirs, so it
    /// comes when the child has done with its own, or before the next request.</summary>
    private static bool s_staged;

    /// <summary>Serves until the listening socket or the keeper is gone.</summary>
    /// <param name="listener">Where managers connect.</param>
    /// <param name="keeper">The socket to the keeper.</param>
    public static int Serve(int listener, int keeper)
    {
        s_keeper = keeper;
        Kernel.Call(Linux.Prctl, Linux.PR_SET_PDEATHSIG, Linux.SIGKILL);
        Kernel.Name("zoned-spawner\0"u8);
        Child.NoteIgnoredSignals();
        Inheritance.ResetScheduling();
        s_ownPidNamespace = Kernel.Open("/proc/self/ns/pid\0"u8, Linux.O_RDONLY);
        s_unable = s_ownPidNamespace < 0 ? -s_ownPidNamespace : (int)-Math.Min(0, BaseNamespace.Enter());

        s_buffer = (byte*)Kernel.Call(Linux.Mmap, 0, SpawnRequest.MaxBytes, 3 /* PROT_READ|WRITE */, 0x22 /* MAP_PRIVATE|ANONYMOUS */, -1, 0);
        PollEntry* entries = (PollEntry*)Kernel.Call(Linux.Mmap, 0, MaxConnections * sizeof(PollEntry), 3, 0x22, -1, 0);
        entries[0] = new() { Fd = listener, Events = PollEntry.In };
        entries[1] = new() { Fd = keeper }; // nothing is ever said there; it hangs up
        const int first = 2;
        int count = first;
        while (true)
        {
            long ready = Kernel.Call(Linux.Poll, entries, count, s_staged ? StageLingers : -1);
            if (ready < 0)
            {
                return 1;
            }

            if (ready == 0)
            {
                ClearStage();
                continue;
            }

            if (entries[1].Returned != 0)
            {
                return 0;
            }

            for (int i = count - 1; i >= first; i--)
            {
                if (entries[i].Returned != 0 && !Answer(entries[i].Fd))
                {
                    Kernel.Close(entries[i].Fd);
                    entries[i] = entries[--count];
                }
            }

            if (entries[0].Returned != 0)
            {
                int connection = (int)Kernel.Call(Linux.Accept4, listener, 0, 0, Linux.SOCK_CLOEXEC);
                if (connection >= 0 && count < MaxConnections && Packets.PeerIsRoot(connection))
                {
                    entries[count++] = new() { Fd = connection, Events = PollEntry.In };
                }
                else
                {
                    Kernel.Close(connection);
                }
            }
        }
    }

    /// <summary>Takes one request and answers it; false when the conversation is over.</summary>
    private static bool Answer(int connection)
    {
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        int length = Packets.Receive(connection, s_buffer, SpawnRequest.MaxBytes, descriptors, out int count);
        if (length <= 0)
        {
            return false;
        }

        SpawnReply reply = default;
        SpawnProgram program = default;
        if (s_unable != 0)
        {
            reply = new() { Errno = s_unable, Step = SpawnReply.NoNamespace };
        }
        else if (SpawnProgram.TryRead(s_buffer, length, count, ref program))
        {
            Spawn(in program, descriptors, count, ref reply);
        }
        else
        {
            reply = new() { Errno = Linux.EINVAL, Step = SpawnReply.NotUnderstood };
        }

        bool answered = Packets.Send(connection, &reply, sizeof(SpawnReply), flags: Linux.MSG_DONTWAIT) > 0;
        Packets.CloseAll(descriptors, count);
        return answered;
    }

    private static void ClearStage()
    {
        if (s_staged)
        {
            BaseNamespace.ClearStage();
            s_staged = false;
        }
    }

    private static void Spawn(in SpawnProgram program, int* descriptors, int count, ref SpawnReply reply)
    {
        ClearStage();
        long* registers = stackalloc long[SpawnRequest.RegisterCount];
        for (int i = 0; i < SpawnRequest.RegisterCount; i++)
        {
            registers[i] = i < count ? descriptors[i] : -1;
        }

        int* rendezvous = stackalloc int[2];
        if (Kernel.Call(Linux.Socketpair, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0, (long)rendezvous) < 0)
        {
            reply = new() { Errno = Kernel.Errno, Step = SpawnReply.NotCloned };
            return;
        }

        int child = Clone(in program, registers, rendezvous, out int pidfd);
        Kernel.Close(rendezvous[1]);
        if (child < 0)
        {
            reply = new() { Errno = -child, Step = SpawnReply.NotCloned };
        }
        else
        {
            int announced = Announce(in program, registers, child, pidfd);
            if (announced < 0)
            {
                // Nobody would ever wait for it. It has not been let go, so it ends with its end of the rendezvous.
                reply = new() { Errno = -announced, Step = SpawnReply.NotCloned };
            }
            else
            {
                reply.Pid = child;
                Accompany(in program, registers, child, rendezvous[0], pidfd, ref reply);
            }

            Kernel.Close(pidfd);
        }

        Kernel.Close(rendezvous[0]);
    }

    private static int Clone(in SpawnProgram program, long* registers, int* rendezvous, out int pidfd)
    {
        int descriptor = -1;
        CloneArguments arguments = new()
        {
            Flags = program.Header->CloneFlags | Linux.CLONE_PIDFD | Linux.CLONE_PARENT | Linux.CLONE_CLEAR_SIGHAND,
            Pidfd = (ulong)&descriptor,
        };
        if (program.Header->CgroupRegister >= 0)
        {
            arguments.Flags |= Linux.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)registers[program.Header->CgroupRegister];
        }

        bool elsewhere = program.Header->PidNamespaceRegister >= 0;
        if (elsewhere)
        {
            // Only what this thread clones from now on is born there; the thread itself stays.
            long joined = Kernel.Call(Linux.Setns, registers[program.Header->PidNamespaceRegister], (long)Linux.CLONE_NEWPID);
            if (joined < 0)
            {
                pidfd = -1;
                return (int)joined;
            }
        }

        int child = (int)Kernel.Call(Linux.Clone3, &arguments, sizeof(CloneArguments));
        if (child == 0)
        {
            Child.Run(in program, registers, rendezvous);
        }

        if (elsewhere && Kernel.Call(Linux.Setns, s_ownPidNamespace, (long)Linux.CLONE_NEWPID) < 0)
        {
            Kernel.Exit(1); // whatever it cloned next would be born among another zone's processes; the keeper starts another spawner
        }

        pidfd = descriptor;
        return child;
    }

    /// <summary>Tells the keeper of a child; -errno on failure. From here on the keeper waits for it, whatever becomes of this process.</summary>
    private static int Announce(in SpawnProgram program, long* registers, int child, int pidfd)
    {
        SpawnRequest* header = program.Header;
        bool zone = header->Kind == ChildKind.Zone;
        KeeperMessage message = new()
        {
            Verb = zone ? KeeperVerb.ZoneBorn : KeeperVerb.CommandBorn,
            Value = child,
            Generation = header->Generation,
            Zone = header->Zone,
        };
        int* descriptors = stackalloc int[2];
        descriptors[0] = pidfd;
        int second = zone ? header->OwnerRegister : header->ExitRegister;
        int count = 1;
        if (second >= 0)
        {
            descriptors[count++] = (int)registers[second];
        }

        return Packets.Send(s_keeper, &message, sizeof(KeeperMessage), descriptors, count);
    }

    /// <summary>Carries out the outside steps and lets the child go on; a child for which they fail is killed.</summary>
    private static void Accompany(in SpawnProgram program, long* registers, int child, int rendezvous, int pidfd, ref SpawnReply reply)
    {
        if (program.Header->OutsideSteps == 0)
        {
            reply.StartTicks = ProcFiles.StartTicks(child);
            byte go = 1;
            Kernel.Call(Linux.Write, rendezvous, (long)&go, 1);
            return;
        }

        Interpreter.Machine machine = new()
        {
            Steps = program.Outside,
            Count = program.Header->OutsideSteps,
            Blob = program.Blob,
            Registers = registers,
            Child = child,
            Rendezvous = rendezvous,
        };
        s_staged = true;
        int errno = Interpreter.Run(ref machine);
        if (errno == 0)
        {
            byte signal = 1;
            Kernel.Call(Linux.Write, rendezvous, (long)&signal, 1);
            reply.StartTicks = ProcFiles.StartTicks(child); // while the child works

            // The answer may be the end of the child: it has then said why on its report pipe.
            PollEntry wait = new() { Fd = rendezvous, Events = PollEntry.In };
            if (Kernel.Call(Linux.Poll, &wait, 1, RendezvousTimeout) == 0)
            {
                errno = Linux.ETIMEDOUT;
                machine.FailedStep = program.Header->OutsideSteps;
            }
        }

        if (errno != 0)
        {
            reply.Errno = errno;
            reply.Step = machine.FailedStep;
            reply.Message = machine.FailedMessage;
            Kernel.Call(Linux.PidfdSendSignal, pidfd, Linux.SIGKILL);
        }

        // Descriptors that the outside steps made are this process's own.
        for (int i = SpawnRequest.FirstResult; i < SpawnRequest.RegisterCount; i++)
        {
            if (registers[i] > 2)
            {
                Kernel.Close((int)registers[i]);
            }
        }
    }
}
