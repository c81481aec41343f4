namespace Zones.Network.Firewall;

/// <summary>The firewall's table is not as it was left, or cannot be had.</summary>
public sealed class FirewallException : ZoneException
{
    internal FirewallException(FirewallFault fault, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
        Errno = (innerException as ZoneException)?.Errno ?? 0;
    }

    /// <summary>What is wrong, for programs.</summary>
    public FirewallFault Fault { get; }
}

/// <summary>What can be wrong with the firewall's table.</summary>
public enum FirewallFault
{
    /// <summary>It is not there: something flushed the whole ruleset. Loading all of it puts that right.</summary>
    Missing,

    /// <summary>It was changed by hand. Loading all of it puts that right.</summary>
    Changed,

    /// <summary>Another program has a table of that name to itself.</summary>
    Held,
}
