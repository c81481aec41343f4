namespace Zones.Guest;

/// <summary>What process 1 and its host have between them.</summary>
internal interface IHostPorts
{
    /// <summary>Tells the host how it goes.</summary>
    void Say(string line);

    /// <summary>Starts an agent wherever the host has something to say and nobody listens. The kernel says with SIGIO that it may be so.</summary>
    void StartAgents();

    /// <summary>A child has ended: what it had of this, if it was an agent, is free.</summary>
    void Ended(int process);
}
