using System.Text;
using Zones.Domains.Build;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>The ports between this domain and its host (virtio-serial), by the names that the host gave them.</summary>
internal sealed unsafe class GuestPorts
{
    private const int Asynchronous = 0x2000; // O_ASYNC: SIGIO when the host connects, disconnects or sends
    private const int SetOwner = 8, SetFlags = 4; // of fcntl(2)

    private readonly List<AgentPort> _agents = [];
    private int _status = -1;

    /// <summary>Opens those that there are.</summary>
    public static GuestPorts Open()
    {
        GuestPorts ports = new();
        foreach (string device in Call.List("/sys/class/virtio-ports"))
        {
            string name = Encoding.UTF8.GetString(Call.ReadFile($"/sys/class/virtio-ports/{device}/name") ?? []).Trim();
            if (name == GuestSettings.StatusPort)
            {
                ports._status = Call.Open("/dev/" + device, Linux.O_WRONLY);
            }
            else if (name.StartsWith(GuestSettings.AgentPort, StringComparison.Ordinal) && Call.Open("/dev/" + device, Linux.O_RDWR | Linux.O_NONBLOCK) is >= 0 and int port)
            {
                Kernel.Call(Linux.Fcntl, port, SetOwner, 1);
                Kernel.Call(Linux.Fcntl, port, SetFlags, Linux.O_RDWR | Linux.O_NONBLOCK | Asynchronous);
                ports._agents.Add(new(port));
            }
        }

        return ports;
    }

    /// <summary>Tells the host how it goes.</summary>
    public void Say(string line)
    {
        if (_status >= 0)
        {
            Call.Write(_status, Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    /// <summary>Starts an agent on each port on which the host has something to say and nobody listens.</summary>
    public void StartAgents()
    {
        foreach (AgentPort agent in _agents)
        {
            // The first bytes of a connection may come before the word that there is one, and until then it is a hangup. What an
            // earlier connection has left, the agent skips.
            PollEntry entry = new() { Fd = agent.Port, Events = PollEntry.In };
            if (agent.Process != 0 || Kernel.Call(Linux.Poll, &entry, 1, 0) <= 0 || entry.Returned != PollEntry.In)
            {
                continue;
            }

            int console = Call.Open("/dev/console", Linux.O_RDWR | Linux.O_NOCTTY);
            ChildPlan plan = new()
            {
                Program = "/proc/self/exe",
                Arguments = ["zone-guest", "agent", agent.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)],
                Environment = [],
                Descriptors = (console, console, console),
                Kept = agent.Port,
            };
            agent.Process = Child.Start(plan, out _, out _);
            Kernel.Close(console);
        }
    }

    /// <summary>A child has ended: its port, if it was an agent, is free.</summary>
    public void Ended(int process)
    {
        if (_agents.Find(agent => agent.Process == process) is { } agent)
        {
            agent.Process = 0;
        }
    }

    private sealed class AgentPort(int port)
    {
        public int Port { get; } = port;

        public int Process { get; set; }
    }
}
