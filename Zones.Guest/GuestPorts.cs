using System.Text;
using Zones.Domains.Build;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>The ports between this domain and its host (virtio-serial), by the names that the host gave them.</summary>
internal sealed unsafe class GuestPorts : IHostPorts
{
    private const int Patience = 120_000, Pause = 1; // ms

    private readonly List<AgentPort> _agents = [];
    private readonly HashSet<string> _opened = [];
    private int _status = -1;
    private int _shutdownSignal = Linux.SIGTERM;

    /// <summary>Opens them. The driver hears of each port, and later of its name, in messages of the host's that come some time after it was
    /// loaded: whoever looks once may find a few, or none, and could never tell the host how it goes.</summary>
    /// <exception cref="GuestException">They did not come.</exception>
    public static GuestPorts Open()
    {
        GuestPorts ports = new();
        long deadline = Environment.TickCount64 + Patience;
        while (true)
        {
            foreach (string device in Call.List("/sys/class/virtio-ports"))
            {
                ports.Open(device);
            }

            if (ports._status >= 0 && ports._agents.Count >= GuestSettings.AgentPorts)
            {
                return ports;
            }

            if (Environment.TickCount64 > deadline)
            {
                throw new GuestException($"the host has given {ports._opened.Count} of {GuestSettings.AgentPorts + 1} ports");
            }

            Kernel.Call(Linux.Poll, 0, 0, Pause);
        }
    }

    private void Open(string device)
    {
        string name = _opened.Contains(device) ? "" : Encoding.UTF8.GetString(Call.ReadFile($"/sys/class/virtio-ports/{device}/name") ?? []).Trim();
        if (name == GuestSettings.StatusPort && Call.Open("/dev/" + device, Linux.O_WRONLY) is >= 0 and int status)
        {
            _status = status;
            _opened.Add(device);
        }
        else if (name.StartsWith(GuestSettings.AgentPort, StringComparison.Ordinal) && Call.Open("/dev/" + device, Linux.O_RDWR | Linux.O_NONBLOCK) is >= 0 and int port)
        {
            _agents.Add(new(port));
            _opened.Add(device);
        }
    }

    /// <summary>The ports that another process of this program has opened and left to this one.</summary>
    /// <param name="status">The descriptor of the one for how it goes.</param>
    /// <param name="agents">The descriptors of the agents'.</param>
    public static GuestPorts Inherit(int status, IEnumerable<int> agents)
    {
        GuestPorts ports = new() { _status = status };
        ports._agents.AddRange(agents.Select(port => new AgentPort(port)));
        return ports;
    }

    /// <summary>Their descriptors, the one for how it goes first.</summary>
    public IReadOnlyList<int> Descriptors => [_status, .. _agents.Select(agent => agent.Port)];

    /// <summary>From now on this process is told of what happens on the agents' ports, by SIGIO.</summary>
    /// <param name="shutdownSignal">What an agent sends process 1 when the host wants the end.</param>
    public void Listen(int shutdownSignal)
    {
        _shutdownSignal = shutdownSignal;
        foreach (AgentPort agent in _agents)
        {
            AgentProcess.Tell(agent.Port, Environment.ProcessId);
        }
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
            if (agent.Process == 0 && Kernel.Call(Linux.Poll, &entry, 1, 0) > 0 && entry.Returned == PollEntry.In)
            {
                agent.Process = AgentProcess.Start(agent.Port, _shutdownSignal, []);
            }
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
