namespace Zones.Network.Links;

/// <summary>Whom the macvlan links on one lower link can reach (ip-link(8)).</summary>
internal enum MacvlanMode
{
    /// <summary>Not each other.</summary>
    Private = 1,

    /// <summary>Each other over a switch outside that sends frames back.</summary>
    Vepa = 2,

    /// <summary>Each other directly.</summary>
    Bridge = 4,

    /// <summary>The only one on its lower link, whose MAC address it takes over.</summary>
    Passthru = 8,
}
