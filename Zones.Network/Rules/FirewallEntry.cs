using Zones.Network.Firewall;

namespace Zones.Network;

/// <summary>A rule of the firewall as it is kept.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">As <see cref="FirewallRule.Parse"/> reads it.</param>
/// <param name="Enabled">Whether it is in force.</param>
public sealed record FirewallEntry(long Id, string Text, bool Enabled);

/// <summary>A redirect of ports of this host to a zone's, in force while that zone is up.</summary>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="FirstPort">The host's.</param>
/// <param name="LastPort">The host's; the same as <paramref name="FirstPort"/> for one port.</param>
/// <param name="Zone">The zone.</param>
/// <param name="ZonePort">The zone's port for <paramref name="FirstPort"/>; the next for the next.</param>
public sealed record RedirectEntry(RuleProtocol Protocol, int FirstPort, int LastPort, string Zone, int ZonePort)
{
    /// <summary>Its number; 0 before it is kept.</summary>
    public long Id { get; init; }

    /// <summary>The host's address for which it holds; null for all.</summary>
    public string? HostAddress { get; init; }
}
