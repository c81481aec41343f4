using System.Globalization;
using System.Net.Sockets;
using Zones.Wire;

namespace Zones.Init;

/// <summary>The parent of every process of every zone, as small as it can be: it waits for them, and sees to it that
/// somebody knows. This part holds the loop; the others hold what it does with managers, with zones and with helpers.</summary>
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
    /// <param name="inherited">Descriptors as NAME=NUMBER,…: lock, ready.</param>
    public static int Run(string state, string agent, string inherited)
    {
        s_state = state;
        s_run = Path.Combine(state, "run");
        s_agent = agent;
        s_buildId = BuildId.OfFile("/proc/self/exe");
        s_life = BitConverter.ToInt64(Guid.NewGuid().ToByteArray());
        int ready = -1;
        foreach (string pair in inherited.Split(','))
        {
            string[] parts = pair.Split('=');
            int number = int.Parse(parts[1], CultureInfo.InvariantCulture);
            Kernel.Call(Linux.Fcntl, number, 2 /* F_SETFD */, 1 /* FD_CLOEXEC */);
            (s_lock, ready) = parts[0] == "lock" ? (number, ready) : (s_lock, number);
        }

        Kernel.Call(Linux.Prctl, Linux.PR_SET_CHILD_SUBREAPER, 1);
        s_epoll = (int)Kernel.Call(Linux.EpollCreate1, 0x80000);
        s_managers = Listen("keeper.sock");
        s_spawnerListener = Listen("spawner.sock");
        if (s_managers < 0 || s_spawnerListener < 0)
        {
            Console.Error.WriteLine($"{s_run}: cannot listen: errno {-Math.Min(s_managers, s_spawnerListener)}");
            return 1;
        }

        Watch(s_managers, Source.Managers);
        StartSpawner();
        if (ready >= 0)
        {
            byte yes = 1;
            Kernel.Call(Linux.Write, ready, (long)&yes, 1);
            Kernel.Close(ready);
        }

        Loop();
        File.Delete(Path.Combine(s_run, "keeper.sock"));
        File.Delete(Path.Combine(s_run, "spawner.sock"));
        return 0;
    }

    private static void Loop()
    {
        EpollEvent* events = stackalloc EpollEvent[64];
        while (true)
        {
            bool idle = s_zones.Count == 0 && s_commands.Count == 0 && s_connections.Count == 0 && s_held.Count == 0 && AgentsAreDone;
            int timeout = idle ? IdleBeforeEnd : NextRetry();
            int count = (int)Kernel.Call(Linux.EpollWait, s_epoll, (long)events, 64, timeout);
            if (count == 0 && idle)
            {
                return;
            }

            for (int i = 0; i < count; i++)
            {
                Handle((Source)(events[i].Data >> 32), (int)events[i].Data);
            }

            StartAgents();
            StartServers();
            ReapOrphans();
        }
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
                HearSpawner(fd);
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

    /// <summary>A listening SOCK_SEQPACKET socket in the run directory; only root can reach it, by the directory's mode and by
    /// the check of each peer. Bound through /proc/self/fd, since a socket's path may be no longer than 107 bytes.</summary>
    private static int Listen(string name)
    {
        string path = Path.Combine(s_run, name);
        File.Delete(path);
        int directory = Exec.Open(s_run, Linux.O_PATH | Linux.O_DIRECTORY, 0);
        int socket = (int)Kernel.Call(Linux.Socket, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC);
        byte* address = stackalloc byte[110];
        int length = SocketAddress(address, directory, name);
        long result = Kernel.Call(Linux.Bind, socket, (long)address, length);
        if (result == 0)
        {
            result = Kernel.Call(Linux.Listen, socket, 1024);
        }

        Kernel.Close(directory);
        return result < 0 ? (int)result : socket;
    }

    private static int SocketAddress(byte* address, int directory, string name)
    {
        *(ushort*)address = Linux.AF_UNIX;
        byte[] path = System.Text.Encoding.UTF8.GetBytes($"/proc/self/fd/{directory}/{name}\0");
        path.CopyTo(new Span<byte>(address + 2, 108));
        return 2 + path.Length;
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
