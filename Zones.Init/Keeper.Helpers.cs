using Zones.Wire;

namespace Zones.Init;

/// <content>The processes that the keeper starts for itself: the spawner and the agents.</content>
internal static unsafe partial class Keeper
{
    private const int AgentsAtOnce = 4;

    /// <summary>An agent that ends with AgainBase + n asks to be run again in 100 ms × 2^n.</summary>
    private const int AgainBase = 64;

    private static readonly Queue<string> s_agentQueue = new();
    private static readonly Dictionary<int, string> s_agents = [];
    private static readonly List<(long At, string Zone)> s_retries = [];
    private static int s_spawnerListener;
    private static int s_spawner = -1;
    private static int s_spawnerProcess = -1;
    private static long s_spawnerStarted;
    private static long s_orphansSeen;

    private static bool AgentsAreDone => s_agentQueue.Count == 0 && s_agents.Count == 0 && s_retries.Count == 0;

    private static void StartSpawner()
    {
        int* pair = stackalloc int[2];
        Kernel.Call(Linux.Socketpair, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0, (long)pair);
        s_spawner = pair[0];
        s_spawnerStarted = Environment.TickCount64;
        Exec.Start(
            Environment.ProcessPath!,
            ["zoned", "spawner", s_spawnerListener.ToString(), pair[1].ToString()],
            [s_spawnerListener, pair[1]],
            2,
            newSession: false,
            out s_spawnerProcess);
        Kernel.Close(pair[1]);
        Watch(s_spawner, Source.Spawner);
        Watch(s_spawnerProcess, Source.SpawnerProcess);
    }

    private static void HearSpawner(int fd)
    {
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        KeeperMessage message;
        int length = Packets.Receive(fd, &message, sizeof(KeeperMessage), descriptors, out int count);
        if (length != sizeof(KeeperMessage))
        {
            // Its end is seen on its pidfd.
            Kernel.Call(Linux.EpollCtl, s_epoll, 2 /* EPOLL_CTL_DEL */, fd);
        }
        else if (message.Verb == KeeperVerb.ZoneBorn && count >= 1)
        {
            ZoneBorn(in message, descriptors[0], count > 1 ? descriptors[1] : -1);
        }
        else if (message.Verb == KeeperVerb.CommandBorn && count == 2)
        {
            CommandBorn(descriptors[0], descriptors[1]);
        }
        else
        {
            Packets.CloseAll(descriptors, count);
        }
    }

    /// <summary>Starts another; one that does not live for a second is not restarted in a loop.</summary>
    private static void SpawnerEnded(int pidfd)
    {
        WaitStatus.Of(pidfd);
        Forget(pidfd);
        while (Packets_Pending())
        {
            HearSpawner(s_spawner);
        }

        Forget(s_spawner);
        if (Environment.TickCount64 - s_spawnerStarted < 1000)
        {
            Thread.Sleep(200);
        }

        StartSpawner();
    }

    /// <summary>Whether the dead spawner has left announcements unread.</summary>
    private static bool Packets_Pending()
    {
        PollEntry entry = new() { Fd = s_spawner, Events = PollEntry.In };
        const short hangupOnly = 0x10;
        return Kernel.Call(Linux.Poll, &entry, 1, 0) == 1 && entry.Returned != hangupOnly && (entry.Returned & PollEntry.In) != 0
            && HasMessage();
    }

    private static bool HasMessage()
    {
        byte first;
        const int peek = 2;
        return Kernel.Call(45 /* recvfrom */, s_spawner, (long)&first, 1, peek | Linux.MSG_DONTWAIT) > 0;
    }

    /// <summary>Has the agent look at a zone soon; one that is already queued is not queued twice.</summary>
    private static void CallAgent(string zone)
    {
        if (!s_agentQueue.Contains(zone))
        {
            s_agentQueue.Enqueue(zone);
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
        }
    }

    private static void AgentEnded(int pidfd)
    {
        int status = WaitStatus.Of(pidfd);
        int code = (status >> 8) & 0xff;
        if (s_agents.Remove(pidfd, out string? zone) && (status & 0x7f) == 0 && code is >= AgainBase and < AgainBase + 16)
        {
            s_retries.Add((Environment.TickCount64 + (100L << (code - AgainBase)), zone));
        }

        Forget(pidfd);
    }

    /// <summary>How long epoll may sleep; -1 for ever.</summary>
    private static int NextRetry()
    {
        long next = long.MaxValue;
        foreach ((long at, _) in s_retries)
        {
            next = Math.Min(next, at);
        }

        foreach (HeldServer held in s_held.Values)
        {
            next = held.Process < 0 ? Math.Min(next, held.StartAt) : next;
        }

        return next == long.MaxValue ? -1 : (int)Math.Max(0, next - Environment.TickCount64);
    }

    /// <summary>Children that nobody announced (the spawner died between clone and announcement; their go never comes, so
    /// they end by themselves) are waited for too, but not before an announcement could have arrived.</summary>
    private static void ReapOrphans()
    {
        int* information = stackalloc int[32];
        information[4] = 0;
        const int exitedNoHangNoWait = 4 | 1 | 0x01000000;
        if (Kernel.Call(Linux.Waitid, 0 /* P_ALL */, 0, (long)information, exitedNoHangNoWait) != 0 || information[4] == 0)
        {
            s_orphansSeen = 0;
            return;
        }

        int pid = information[4];
        if (s_orphansSeen >> 32 != pid)
        {
            s_orphansSeen = ((long)pid << 32) | (uint)(Environment.TickCount64 & 0x7fffffff);
        }
        else if ((Environment.TickCount64 & 0x7fffffff) - (uint)s_orphansSeen > 2000)
        {
            Kernel.Call(Linux.Wait4, pid, (long)information, Linux.WNOHANG);
        }
    }
}
