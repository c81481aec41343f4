using Zones.Wire;

namespace Zones.Init;

/// <content>The processes that the keeper starts for itself: the spawner and the agents.</content>
internal static unsafe partial class Keeper
{
    private const int AgentsAtOnce = 4;

    /// <summary>How long an end waits for a manager to see to it before an agent does, in ms.</summary>
    private const int Grace = 20;

    /// <summary>An agent that fails (a full disk, a catalogue that is held) is run again so often, in 100 ms × 2^n: for about 100 s.</summary>
    private const int MostFailures = 10;

    private const int OrphanAge = 2000, OrphanInterval = 500; // ms
    private const int ShortLife = 1000; // ms, for a spawner

    /// <summary>Not by name: the file of a build that was upgraded is gone.</summary>
    private const string Image = "/proc/self/exe";

    private static readonly Queue<string> s_agentQueue = new();
    private static readonly Dictionary<int, string> s_agents = [];
    private static readonly HashSet<int> s_dismissed = []; // agents that may not ask to be run again
    private static readonly List<(long At, string Zone)> s_retries = [];
    private static readonly Dictionary<string, int> s_failures = [];
    private static int s_spawnerListener;
    private static int s_spawner = -1;
    private static int s_spawnerProcess = -1;
    private static long s_spawnerStarted;
    private static long s_spawnerDue; // when one is to be started, while there is none
    private static int s_orphan; // the child that nobody announced; 0 for none
    private static long s_orphanSince;
    private static long s_orphansUntil;
    private static long s_orphansDue; // when to look next
    private static bool s_unlooked; // whether anything has happened since the last look

    private static bool AgentsAreDone => s_agentQueue.Count == 0 && s_agents.Count == 0 && s_retries.Count == 0;

    /// <summary>Starts a spawner if there is none and its time has come; what managers send meanwhile waits in its socket.</summary>
    private static void StartSpawner()
    {
        if (s_spawner >= 0 || s_spawnerDue > Environment.TickCount64)
        {
            return;
        }

        int* pair = stackalloc int[2];
        Kernel.Call(Linux.Socketpair, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0, (long)pair);
        s_spawner = pair[0];
        s_spawnerStarted = Environment.TickCount64;

        int image = OpenImage();
        Exec.Start(
            image >= 0 ? $"/proc/self/fd/{image}" : Image,
            ["zoned", "spawner", s_spawnerListener.ToString(), pair[1].ToString()],
            [s_spawnerListener, pair[1]],
            2,
            newSession: false,
            out s_spawnerProcess);
        Kernel.Close(image);
        Kernel.Close(pair[1]);
        Watch(s_spawner, Source.Spawner);
        Watch(s_spawnerProcess, Source.SpawnerProcess);
    }

    /// <summary>This program's file on a read-only mount of its own. A command that is begun as /proc/self/exe inside a zone is what the
    /// spawner's child was: with that it has the file, and a root who is the host's could change it as soon as nobody runs it
    /// (CVE-2019-5736). Through this mount not even its mode.</summary>
    /// <returns>A descriptor; negative, with a complaint, where the kernel gives no such mount.</returns>
    private static int OpenImage()
    {
        ulong* attributes = stackalloc ulong[4] { Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NOSUID, 0, 0, 0 }; // struct mount_attr
        fixed (byte* image = "/proc/self/exe\0"u8, nothing = "\0"u8)
        {
            long mount = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)image, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC);
            long result = mount < 0 ? mount : Kernel.Call(Linux.MountSetattr, mount, (long)nothing, Linux.AT_EMPTY_PATH, (long)attributes, 4 * sizeof(ulong));
            if (result >= 0)
            {
                return (int)mount;
            }

            Complain($"cannot mount zoned read-only for zones without a user namespace: errno {-result}");
            Kernel.Close((int)mount);
            return -1;
        }
    }

    /// <summary>Takes in what the spawner has announced so far, and never waits: an event of a spawner that has just been replaced
    /// may name the socket of the new one. Whoever learnt of a child from the spawner may rely on the keeper knowing it too, though
    /// his message may be looked at before the spawner's.</summary>
    private static void HearSpawner()
    {
        if (s_spawner < 0)
        {
            return;
        }

        byte first;
        const int peek = 2;
        long length;
        while ((length = Kernel.Call(Linux.Recvfrom, s_spawner, (long)&first, 1, peek | Linux.MSG_DONTWAIT)) > 0)
        {
            HearAnnouncement();
        }

        if (length == 0)
        {
            // Its end is seen on its pidfd.
            Kernel.Call(Linux.EpollCtl, s_epoll, 2 /* EPOLL_CTL_DEL */, s_spawner);
        }
    }

    private static void HearAnnouncement()
    {
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        KeeperMessage message;
        int length = Packets.Receive(s_spawner, &message, sizeof(KeeperMessage), descriptors, out int count);
        if (length == sizeof(KeeperMessage) && message.Verb == KeeperVerb.ZoneBorn && count >= 1)
        {
            ZoneBorn(in message, descriptors[0], count > 1 ? descriptors[1] : -1);
        }
        else if (length == sizeof(KeeperMessage) && message.Verb == KeeperVerb.CommandBorn && count == 2)
        {
            CommandBorn(descriptors[0], descriptors[1]);
        }
        else
        {
            Packets.CloseAll(descriptors, count);
        }
    }

    /// <summary>Another is to be started: at once, or in a second when this one did not live for as long.</summary>
    private static void SpawnerEnded(int pidfd)
    {
        WaitStatus.Of(pidfd);
        Forget(pidfd);
        HearSpawner();
        Forget(s_spawner);
        s_orphansUntil = Environment.TickCount64 + OrphanAge + 1000;
        s_spawner = -1;
        s_spawnerDue = Environment.TickCount64 - s_spawnerStarted < ShortLife ? Environment.TickCount64 + ShortLife : 0;
    }

    /// <summary>Has the agent look at a zone soon; one that is already queued is not queued twice.</summary>
    private static void CallAgent(string zone)
    {
        if (!s_agentQueue.Contains(zone))
        {
            s_agentQueue.Enqueue(zone);
        }
    }

    /// <summary>Has the agent look at a zone that ended by itself, unless a manager does before: whoever ran it is often about to halt
    /// it, and a process started for nothing would only be in its way.</summary>
    private static void CallAgentAfterEnd(KeptZone zone)
    {
        if ((zone.Status & 0x7f) == Linux.SIGHUP)
        {
            CallAgent(zone.Name); // a reboot(2) inside: nobody else makes it
        }
        else
        {
            s_retries.Add((Environment.TickCount64 + Grace, zone.Name));
        }
    }

    private static void StartAgents()
    {
        long now = Environment.TickCount64;
        for (int i = s_retries.Count - 1; i >= 0; i--)
        {
            if (s_retries[i].At <= now)
            {
                CallAgent(s_retries[i].Zone);
                s_retries.RemoveAt(i);
            }
        }

        while (s_agents.Count < AgentsAtOnce && s_agentQueue.TryDequeue(out string? zone))
        {
            if (Exec.Start(s_agent, ["zone", "--state", s_state, "agent", zone], [], 2, newSession: true, out int pidfd) > 0)
            {
                s_agents[pidfd] = zone;
                Watch(pidfd, Source.Agent);
            }
            else
            {
                Failed(zone);
            }
        }
    }

    private static void AgentEnded(int pidfd)
    {
        int status = WaitStatus.Of(pidfd);
        Forget(pidfd);
        bool dismissed = s_dismissed.Remove(pidfd);
        if (!s_agents.Remove(pidfd, out string? zone))
        {
            return;
        }

        if (dismissed)
        {
            s_failures.Remove(zone);
            return;
        }

        int code = (status & 0x7f) == 0 ? (status >> 8) & 0xff : -1;
        if (code is 0 or (>= AgentExit.Again and < AgentExit.Again + AgentExit.Steps))
        {
            s_failures.Remove(zone);
            if (code != 0)
            {
                s_retries.Add((Environment.TickCount64 + (100L << (code - AgentExit.Again)), zone));
            }
        }
        else
        {
            Failed(zone);
        }
    }

    /// <summary>Forgets the restart that a zone waits for. Its agent may have committed one and be about to end: that counts too.</summary>
    private static void Dismiss(string zone)
    {
        s_retries.RemoveAll(retry => retry.Zone == zone);
        s_dismissed.UnionWith(s_agents.Where(agent => agent.Value == zone).Select(agent => agent.Key));
    }

    /// <summary>Nobody has seen to the zone: once more, a little later, until somebody else's verb does.</summary>
    private static void Failed(string zone)
    {
        int failures = s_failures.GetValueOrDefault(zone) + 1;
        s_failures[zone] = failures;
        if (failures <= MostFailures)
        {
            s_retries.Add((Environment.TickCount64 + (50L << failures), zone));
        }
        else
        {
            s_failures.Remove(zone);
        }
    }

    /// <summary>How long epoll may sleep; -1 for ever.</summary>
    private static int NextRetry()
    {
        long next = s_unlooked || s_orphan != 0 || Environment.TickCount64 < s_orphansUntil ? s_orphansDue : long.MaxValue;
        foreach ((long at, _) in s_retries)
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

    /// <summary>Children that nobody announced (the spawner died between clone and announcement; their go never comes, so
    /// they end by themselves) are waited for too, but not before an announcement could have arrived. Left as they are they
    /// would keep the process 1 beside which they were born from ending (pid_namespaces(7)).</summary>
    private static void ReapOrphans()
    {
        s_orphansDue = Environment.TickCount64 + OrphanInterval;
        s_unlooked = false;
        int* information = stackalloc int[32];
        information[4] = 0;
        const int exitedNoHangNoWait = 4 | 1 | 0x01000000;
        if (Kernel.Call(Linux.Waitid, 0 /* P_ALL */, 0, (long)information, exitedNoHangNoWait) != 0 || information[4] == 0)
        {
            s_orphan = 0;
            return;
        }

        if (s_orphan != information[4])
        {
            s_orphan = information[4];
            s_orphanSince = Environment.TickCount64;
        }
        else if (Environment.TickCount64 - s_orphanSince > OrphanAge)
        {
            Kernel.Call(Linux.Wait4, s_orphan, (long)information, Linux.WNOHANG);
        }
    }
}
