namespace Zones.Network.Firewall;

/// <summary>A text is not a firewall rule.</summary>
public sealed class FirewallRuleException : ZoneException
{
    internal FirewallRuleException(int column, string message)
        : base($"column {column}: {message}") => Column = column;

    /// <summary>Where in the text, from 1.</summary>
    public int Column { get; }
}
