using Zones.Wire;

namespace Zones.Init;

/// <content>What managers say and are told.</content>
internal static unsafe partial class Keeper
{
    private static readonly Dictionary<int, Connection> s_connections = [];

    /// <summary>Who sees to a zone now; a claim without a connection does not exist.</summary>
    private static readonly Dictionary<string, Connection> s_claims = [];

    private static void Accept()
    {
        int fd = (int)Kernel.Call(Linux.Accept4, s_managers, 0, 0, Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK);
        if (fd < 0)
        {
            return;
        }

        if (!Packets.PeerIsRoot(fd))
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
            case KeeperVerb.Adopt:
                Reply(fd, KeeperVerb.Claimed, zone, message.Generation, Adopt(zone, in message) ? 1 : 0);
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
            case KeeperVerb.Upgrade when count == 1:
                Upgrade(fd, descriptors[0]);
                break;
        }

        Packets.CloseAll(descriptors, count);
    }

    private static void Greet(int fd)
    {
        KeeperMessage answer = new() { Verb = KeeperVerb.Hello, KeeperLife = s_life, Value = Environment.ProcessId };
        Convert.FromHexString(s_buildId).CopyTo(new Span<byte>(answer.BuildId, BuildId.Length));
        Packets.Send(fd, &answer, sizeof(KeeperMessage));
    }

    private static void Claim(Connection connection, string zone, in KeeperMessage message)
    {
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
        s_claims.Remove(zone);
        if (s_zones.TryGetValue(zone, out KeptZone? kept) && kept.Ended)
        {
            s_zones.Remove(zone);
            if (up)
            {
                WriteExitRecord(kept);
                CallAgent(zone);
            }
        }
    }

    /// <summary>A manager went away. What it had claimed and not finished is the agent's business now.</summary>
    private static void Hangup(Connection connection)
    {
        s_connections.Remove(connection.Fd);
        Forget(connection.Fd);
        foreach (string zone in connection.Claims)
        {
            s_claims.Remove(zone);
            if (s_zones.TryGetValue(zone, out KeptZone? kept) && kept.Ended)
            {
                s_zones.Remove(zone);
                WriteExitRecord(kept);
            }

            CallAgent(zone);
        }
    }

    private static void Reply(int fd, KeeperVerb verb, string zone, long generation, int value)
    {
        KeeperMessage answer = new() { Verb = verb, Zone = ZoneName.From(zone), Generation = generation, Value = value };
        Packets.Send(fd, &answer, sizeof(KeeperMessage));
    }

    /// <summary>Becomes another build of this program: the same process number, so that zones stay its children. Refused while
    /// anything is under way that the new one would not know of.</summary>
    private static void Upgrade(int fd, int program)
    {
        if (s_claims.Count > 0 || s_commands.Count > 0 || !AgentsAreDone)
        {
            Reply(fd, KeeperVerb.Claimed, "", 0, 0);
            return;
        }

        Reply(fd, KeeperVerb.Claimed, "", 0, 1);
        Kernel.Call(Linux.PidfdSendSignal, s_spawnerProcess, Linux.SIGKILL);
        Kernel.Call(Linux.Fcntl, s_lock, 2 /* F_SETFD */, 0);
        string path = File.ResolveLinkTarget($"/proc/self/fd/{program}", returnFinalTarget: false)!.FullName;
        Exec.Become(path, ["zoned", "keeper", s_state, s_agent, $"lock={s_lock}"]);
        Console.Error.WriteLine($"{path}: cannot execute: errno {Kernel.Errno}");
        Kernel.Call(Linux.Fcntl, s_lock, 2 /* F_SETFD */, 1 /* FD_CLOEXEC */);
    }

    private sealed class Connection(int fd)
    {
        public int Fd { get; } = fd;

        public HashSet<string> Claims { get; } = [];
    }
}
