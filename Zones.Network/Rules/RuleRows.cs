using Zones.Network.Firewall;

namespace Zones.Network.Rules;

/// <summary>A rule's row.</summary>
internal sealed class RuleRow
{
    public required long Id { get; init; }

    public required string Text { get; init; }

    public required long Enabled { get; init; }

    public FirewallEntry ToEntry() => new(Id, Text, Enabled != 0);
}

/// <summary>A redirect's row.</summary>
internal sealed class RedirectRow
{
    public required long Id { get; init; }

    public required string Protocol { get; init; }

    public string? Address { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required string Zone { get; init; }

    public required long Target { get; init; }

    public RedirectEntry ToEntry() =>
        new(Protocol == "udp" ? RuleProtocol.Udp : RuleProtocol.Tcp, (int)First, (int)Last, Zone, (int)Target) { Id = Id, HostAddress = Address };
}

/// <summary>A zone's row in the ledger.</summary>
internal sealed class FirewallData
{
    public required string Zone { get; init; }

    public required string Data { get; init; }
}
