using Zones.Wire;

namespace Zones.Init;

/// <content>What managers say and are told.</content>
internal static unsafe partial class Keeper
{
    private const int MostConnections = 4096;

    private static readonly Dictionary<int, Connection> s_connections = [];
    private static int s_mostConnections = 256;

    /// <summary>Who sees to a zone now; a claim without a connection does not exist.</summary>
    private static readonly Dictionary<string, Connection> s_claims = [];

    private static void Accept()
    {
        int fd = (int)Kernel.Call(Linux.Accept4, s_managers, 0, 0, Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK);
        if (fd < 0)
        {
            return;
        }

        if (!Packets.PeerIsRoot(fd) || s_connections.Count >= s_mostConnections)
        {
            Kernel.Close(fd);
            return;
        }

        s_connections[fd] = new(fd);
        Watch(fd, Source.Manager);
    }

    private static void HearManager(int fd)
    {
        Connection connection = s_connections[fd];
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        KeeperMessage message;
        int length = Packets.Receive(fd, &message, sizeof(KeeperMessage), descriptors, out int count);
        if (length == -Linux.EAGAIN)
        {
            return;
        }

        if (length != sizeof(KeeperMessage))
        {
            Packets.CloseAll(descriptors, count);
            Hangup(connection);
            return;
        }

        string zone = message.Zone.ToString();
        switch (message.Verb)
        {
            case KeeperVerb.Hello:
                Greet(fd);
                break;
            case KeeperVerb.Claim:
                Claim(connection, zone, in message);
                break;
            case KeeperVerb.Done:
                Done(connection, zone, up: message.Value != 0);
                break;
            case KeeperVerb.Call:
                CallLater(zone, message.Value);
                break;
            case KeeperVerb.Dismiss:
                Dismiss(zone);
                break;
            case KeeperVerb.Adopt:
                Reply(fd, KeeperVerb.Claimed, zone, message.Generation, Adopt(zone, in message, ref count, descriptors) ? 1 : 0);
                break;
            case KeeperVerb.Hold when count > 0:
                Reply(fd, KeeperVerb.Claimed, zone, 0, Hold(zone, in message, descriptors, ref count) ? 1 : 0);
                break;
            case KeeperVerb.Fetch:
                Fetch(fd, zone);
                break;
            case KeeperVerb.Drop:
                Drop(zone);
                Reply(fd, KeeperVerb.Claimed, zone, 0, 1);
                break;
            case KeeperVerb.Upgrade when count == 2:
                Upgrade(fd, descriptors[0], descriptors[1]);
                break;
        }

        Packets.CloseAll(descriptors, count);
    }

    private static void Greet(int fd)
    {
        KeeperMessage answer = new() { Verb = KeeperVerb.Hello, KeeperLife = s_life };
        Convert.FromHexString(s_buildId).CopyTo(new Span<byte>(answer.BuildId, BuildId.Length));
        Packets.Send(fd, &answer, sizeof(KeeperMessage));
    }

    private static void Claim(Connection connection, string zone, in KeeperMessage message)
    {
        HearSpawner();
        s_claims[zone] = connection;
        connection.Claims.Add(zone);
        bool known = s_zones.TryGetValue(zone, out KeptZone? kept) && kept.Generation == message.Generation;
        Reply(connection.Fd, KeeperVerb.Claimed, zone, message.Generation, !known ? 0 : kept!.Ended ? 2 : 1);
        if (known && kept!.Ended)
        {
            Reply(connection.Fd, KeeperVerb.Exited, zone, kept.Generation, kept.Status);
        }
    }

    /// <summary>A manager is done with a zone. One that it left up may have ended before this was heard: nobody has seen to that.</summary>
    private static void Done(Connection connection, string zone, bool up)
    {
        connection.Claims.Remove(zone);
        if (!up)
        {
            Dismiss(zone);
            if (!s_agents.ContainsValue(zone))
            {
                // Else it is the agent that says so, perhaps of a boot that failed: only its exit code tells.
                s_failures.Remove(zone);
            }
        }

        if (!Unclaim(connection, zone))
        {
            return;
        }

        HearSpawner();
        if (s_zones.TryGetValue(zone, out KeptZone? kept) && kept.Ended)
        {
            s_zones.Remove(zone);
            if (up)
            {
                WriteExitRecord(kept);
                CallAgentAfterEnd(kept);
            }
        }
    }

    /// <summary>A manager went away. What it had claimed and not finished is the agent's business now.</summary>
    private static void Hangup(Connection connection)
    {
        s_connections.Remove(connection.Fd);
        Forget(connection.Fd);
        HearSpawner();
        foreach (string zone in connection.Claims)
        {
            if (!Unclaim(connection, zone))
            {
                continue;
            }

            if (s_zones.TryGetValue(zone, out KeptZone? kept) && kept.Ended)
            {
                s_zones.Remove(zone);
                WriteExitRecord(kept);
            }

            CallAgent(zone);
        }
    }

    /// <summary>Ends a claim; false when it is another manager's by now: the lock of a manager that was killed may be taken before its
    /// hangup is heard.</summary>
    private static bool Unclaim(Connection connection, string zone) =>
        s_claims.TryGetValue(zone, out Connection? current) && current == connection && s_claims.Remove(zone);

    private static void Reply(int fd, KeeperVerb verb, string zone, long generation, int value)
    {
        KeeperMessage answer = new() { Verb = verb, Zone = ZoneName.From(zone), Generation = generation, Value = value };
        Packets.Send(fd, &answer, sizeof(KeeperMessage));
    }

    /// <summary>Becomes another build of this program: the same process number, so that zones and commands stay its children. What
    /// the catalogue does not know is handed over; refused only while a manager or an agent is at work.</summary>
    private static void Upgrade(int fd, int program, int agent)
    {
        string? path = FileOf(program), agentPath = FileOf(agent);
        if (s_claims.Count > 0 || s_agents.Count > 0 || path is null || agentPath is null)
        {
            Reply(fd, KeeperVerb.Claimed, "", 0, 0);
            return;
        }

        Reply(fd, KeeperVerb.Claimed, "", 0, 1);
        if (s_spawnerProcess >= 0)
        {
            Kernel.Call(Linux.PidfdSendSignal, s_spawnerProcess, Linux.SIGKILL);
            WaitStatus.Of(s_spawnerProcess);
            HearSpawner();
        }

        List<string> inherited = [$"lock={s_lock}", .. s_commands.Select(command => $"command={command.Key}:{command.Value}"), .. s_held.Values.Select(held => $"server={held}")];
        KeepOnExec(true);

        foreach (string zone in s_agentQueue.Concat(s_retries.Select(retry => retry.Zone)).Distinct())
        {
            inherited.Add($"agent={zone}");
        }

        Exec.Become(path, ["zoned", "keeper", s_state, agentPath, string.Join(',', inherited)]);
        Complain($"{path}: cannot execute: errno {Kernel.Errno}; this build goes on");
        KeepOnExec(false);
    }

    private static string? FileOf(int fd) =>
        File.ResolveLinkTarget($"/proc/self/fd/{fd}", returnFinalTarget: false) is { Exists: true } file ? file.FullName : null;

    private static void KeepOnExec(bool keep)
    {
        IEnumerable<int> commands = s_commands.SelectMany(command => new[] { command.Key, command.Value });
        IEnumerable<int> servers = s_held.Values.SelectMany(held => held.Descriptors.Append(held.Process)).Where(fd => fd >= 0);
        foreach (int fd in commands.Concat(servers).Append(s_lock))
        {
            Kernel.Call(Linux.Fcntl, fd, 2 /* F_SETFD */, keep ? 0 : 1 /* FD_CLOEXEC */);
        }
    }

    private sealed class Connection(int fd)
    {
        public int Fd { get; } = fd;

        public HashSet<string> Claims { get; } = [];
    }
}
