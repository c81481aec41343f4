namespace Zones.Network;

/// <summary>What went over a zone's links, and how many connections it has.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Links">Its links, in the order of the spec; of one on a link of the host itself nothing is seen from outside.</param>
/// <param name="Connections">Connections that the kernel tracks, begun by the zone or reaching it; null where the kernel does not tell.</param>
public sealed record ZoneNetworkUsage(string Zone, IReadOnlyList<ZoneLinkUsage> Links, int? Connections);

/// <summary>What went over a link since the zone was booted.</summary>
/// <param name="Link">Its name inside.</param>
/// <param name="HostLink">The host's end.</param>
/// <param name="Statistics">As the zone sees it: received is what came in to the zone.</param>
public sealed record ZoneLinkUsage(string Link, string HostLink, LinkStatistics Statistics);
