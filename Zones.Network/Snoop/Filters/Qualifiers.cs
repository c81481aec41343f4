namespace Zones.Network.Snoop.Filters;

/// <summary>What stands in front of a value: <c>tcp dst port</c>. A value without any takes those of the value before it,
/// as in <c>port 80 or 443</c>.</summary>
/// <param name="Protocol">The protocol's word; null for all that have such a value.</param>
/// <param name="Direction">Which end.</param>
/// <param name="Kind">Of the value.</param>
internal readonly record struct Qualifiers(string? Protocol, Direction Direction, ValueKind Kind);

/// <summary>What a value is.</summary>
internal enum ValueKind
{
    /// <summary>An address or a name.</summary>
    Host,

    /// <summary>A prefix.</summary>
    Net,

    /// <summary>A port.</summary>
    Port,

    /// <summary>Two ports and a dash.</summary>
    PortRange,

    /// <summary>A protocol's number or name.</summary>
    Protocol,
}
