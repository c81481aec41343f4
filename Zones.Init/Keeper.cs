using System.Globalization;
using Zones.Wire;

namespace Zones.Init;

/// <summary>The parent of every process of every zone, as small as it can be: it waits for them, and sees to it that
/// somebody knows. This part holds the loop; the others hold what it does with managers, with zones, and with the
/// processes that it starts itself: the spawner, agents and servers.</summary>
internal static unsafe partial class Keeper
{
    private const int IdleBeforeEnd = 1000; // ms without zones, commands, connections and agents

    private static string s_state = "";
    private static string s_run = "";
    private static string s_agent = "";
    private static string s_buildId = "";
    private static long s_life;
    private static int s_lock = -1;
    private static int s_epoll;
    private static int s_managers;

    /// <summary>Serves until nothing is left to keep.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="agent">The `zone` program.</param>
    /// <param name="inherited">What whoever started it hands over, as NAME=VALUE,…: the descriptors lock and ready, and after an
    /// upgrade each command (its pidfd:its exit pipe), each server of a mount (see <see cref="HeldServer"/>) and each agent that is to be
    /// called (its zone). Other names are of other builds.</param>
    public static int Run(string state, string agent, string inherited)
    {
        s_state = state;
        s_run = Path.Combine(state, "run");
        s_agent = agent;
        s_buildId = BuildId.OfFile("/proc/self/exe");
        s_life = BitConverter.ToInt64(Guid.NewGuid().ToByteArray());
        Kernel.Call(Linux.Prctl, Linux.PR_SET_CHILD_SUBREAPER, 1);
        Kernel.Name("zoned-keeper\0"u8);
        s_epoll = (int)Kernel.Call(Linux.EpollCreate1, 0x80000);
        LiftDescriptorLimit();
        int ready = Inherit(inherited);
        s_managers = ListeningSocket.Make(s_run, "keeper.sock");
        s_spawnerListener = ListeningSocket.Make(s_run, "spawner.sock");
        if (s_managers < 0 || s_spawnerListener < 0)
        {
            Complain($"{s_run}: cannot listen: errno {-Math.Min(s_managers, s_spawnerListener)}");
            return 1;
        }

        Watch(s_managers, Source.Managers);
        StartSpawner();
        RunLock.Sign(s_lock);
        if (ready >= 0)
        {
            byte yes = 1;
            Kernel.Call(Linux.Write, ready, (long)&yes, 1);
            Kernel.Close(ready);
        }

        Loop();

        // Somebody may have removed the run directory, and another keeper made its own.
        if (RunLock.IsNamed(s_lock, s_run))
        {
            File.Delete(Path.Combine(s_run, "keeper.sock"));
            File.Delete(Path.Combine(s_run, "spawner.sock"));
        }

        return 0;
    }

    private static int Inherit(string inherited)
    {
        int ready = -1;
        foreach (string pair in inherited.Split(','))
        {
            string[] parts = pair.Split('=');
            switch (parts[0])
            {
                case "lock":
                    s_lock = Descriptor(parts[1]);
                    break;
                case "ready":
                    ready = Descriptor(parts[1]);
                    break;
                case "command":
                    string[] command = parts[1].Split(':');
                    CommandBorn(Descriptor(command[0]), Descriptor(command[1]));
                    break;
                case "server":
                    InheritServer(parts[1].Split(':'));
                    break;
                case "agent":
                    CallAgent(parts[1]);
                    break;
            }
        }

        return ready;
    }

    private static int Descriptor(string text)
    {
        int number = int.Parse(text, CultureInfo.InvariantCulture);
        Kernel.Call(Linux.Fcntl, number, 2 /* F_SETFD */, 1 /* FD_CLOEXEC */);
        return number;
    }

    /// <summary>Every zone takes a descriptor or two: the soft limit of RLIMIT_NOFILE goes up to the hard one.</summary>
    private static void LiftDescriptorLimit()
    {
        const int openFiles = 7;
        ulong* limit = stackalloc ulong[2]; // struct rlimit: soft, hard
        if (Kernel.Call(Linux.Prlimit64, 0, openFiles, 0, (long)limit) == 0)
        {
            limit[0] = limit[1];
            Kernel.Call(Linux.Prlimit64, 0, openFiles, (long)limit, 0);
            s_mostConnections = (int)Math.Min(MostConnections, limit[1] / 4);
        }
    }

    /// <summary>A line for zoned.log; the disk may be full, which must not hurt.</summary>
    private static void Complain(string what)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(what + "\n"))
        {
            Kernel.Call(Linux.Write, 2, (long)text, System.Text.Encoding.UTF8.GetByteCount(what) + 1);
        }
    }

    private static void Loop()
    {
        const int most = 64;
        EpollEvent* events = stackalloc EpollEvent[most];
        while (true)
        {
            bool idle = s_zones.Count == 0 && s_commands.Count == 0 && s_connections.Count == 0 && s_held.Count == 0 && AgentsAreDone;
            int timeout = idle ? IdleBeforeEnd : LongestSleep();
            int count = (int)Kernel.Call(Linux.EpollWait, s_epoll, (long)events, most, timeout);
            if (count == 0 && idle)
            {
                return;
            }

            for (int i = 0; i < count; i++)
            {
                Handle((Source)(events[i].Data >> 32), (int)events[i].Data);
            }

            StartSpawner();
            StartAgents();
            StartServers();

            // Not while more ends wait to be heard: a child that is known would be taken for an orphan. And not with each event, for it
            // goes through all children.
            s_unlooked |= count > 0;
            if (count < most && Environment.TickCount64 >= s_orphansDue)
            {
                ReapOrphans();
            }
        }
    }

    /// <summary>How long epoll may sleep; -1 for ever.</summary>
    private static int LongestSleep()
    {
        long next = s_unlooked || s_orphan != 0 || Environment.TickCount64 < s_orphansUntil ? s_orphansDue : long.MaxValue;
        foreach ((long at, _, _) in s_retries)
        {
            next = Math.Min(next, at);
        }

        next = s_spawner < 0 ? Math.Min(next, s_spawnerDue) : next;

        foreach (HeldServer held in s_held.Values)
        {
            next = held.Process < 0 ? Math.Min(next, held.StartAt) : next;
        }

        return next == long.MaxValue ? -1 : (int)Math.Max(0, next - Environment.TickCount64);
    }

    private static void Handle(Source source, int fd)
    {
        switch (source)
        {
            case Source.Managers:
                Accept();
                break;
            case Source.Manager:
                HearManager(fd);
                break;
            case Source.Spawner:
                HearSpawner();
                break;
            case Source.SpawnerProcess:
                SpawnerEnded(fd);
                break;
            case Source.Zone:
                ZoneEnded(fd);
                break;
            case Source.Owner:
                OwnerEnded(fd);
                break;
            case Source.Command:
                CommandEnded(fd);
                break;
            case Source.Agent:
                AgentEnded(fd);
                break;
            case Source.Server:
                ServerEnded(fd);
                break;
        }
    }

    private static void Watch(int fd, Source source)
    {
        EpollEvent entry = new() { Events = EpollEvent.In, Data = ((long)source << 32) | (uint)fd };
        Kernel.Call(Linux.EpollCtl, s_epoll, 1 /* EPOLL_CTL_ADD */, fd, (long)&entry);
    }

    private static void Forget(int fd)
    {
        Kernel.Call(Linux.EpollCtl, s_epoll, 2 /* EPOLL_CTL_DEL */, fd);
        Kernel.Close(fd);
    }

    private enum Source
    {
        Managers,
        Manager,
        Spawner,
        SpawnerProcess,
        Zone,
        Owner,
        Command,
        Agent,
        Server,
    }
}
