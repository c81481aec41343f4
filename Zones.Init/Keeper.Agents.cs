using Zones.Wire;

namespace Zones.Init;

/// <content>Agents: a zone that ended and that nobody sees to is handed to <c>zone agent</c>, again as long as that fails.</content>
internal static partial class Keeper
{
    private const int AgentsAtOnce = 4;

    /// <summary>How long an end waits for a manager to see to it before an agent does, in ms.</summary>
    private const int Grace = 20;

    /// <summary>An agent that fails (a full disk, a catalogue that is held) is run again so often, in 100 ms × 2^n: for about 100 s.</summary>
    private const int MostFailures = 10;

    private static readonly Queue<string> s_agentQueue = new();
    private static readonly Dictionary<int, string> s_agents = [];
    private static readonly List<(long At, string Zone, bool HasFailed)> s_retries = [];
    private static readonly Dictionary<string, int> s_failures = [];

    private static bool AgentsAreDone => s_agentQueue.Count == 0 && s_agents.Count == 0 && s_retries.Count == 0;

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
            s_retries.Add((Environment.TickCount64 + Grace, zone.Name, HasFailed: false));
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
        if (!s_agents.Remove(pidfd, out string? zone))
        {
            return;
        }

        if (status == 0)
        {
            // One before it may have failed only now, and have been about to be followed by another.
            s_failures.Remove(zone);
            s_retries.RemoveAll(retry => retry.Zone == zone && retry.HasFailed);
        }
        else
        {
            Failed(zone);
        }
    }

    /// <summary>Has the agent look at a zone in a while, and not before: a boot is to come.</summary>
    private static void CallLater(string zone, int pause)
    {
        Dismiss(zone);
        s_retries.Add((Environment.TickCount64 + pause, zone, HasFailed: false));
    }

    /// <summary>Forgets the boot that a zone waits for.</summary>
    private static void Dismiss(string zone) => s_retries.RemoveAll(retry => retry.Zone == zone);

    /// <summary>Nobody has seen to the zone: once more, a little later, until somebody else's verb does.</summary>
    private static void Failed(string zone)
    {
        int failures = s_failures.GetValueOrDefault(zone) + 1;
        s_failures[zone] = failures;
        if (failures <= MostFailures)
        {
            s_retries.Add((Environment.TickCount64 + (50L << failures), zone, HasFailed: true));
        }
        else
        {
            s_failures.Remove(zone);
        }
    }
}
