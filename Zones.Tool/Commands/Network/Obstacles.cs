using Zones.Network;
using Zones.Network.Firewall;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary>What a person who looks at pools, redirects or rules should know: that this host, or another program on it, is in their way.</summary>
internal static class Obstacles
{
    public static async Task WriteAsync(Session session) => Complaint.Warnings(await session.Host.Network().ObstaclesAsync(session.Cancel));

    /// <summary>Rules and redirects go by addresses. A zone may be given one later, so that it has none is no error.</summary>
    /// <param name="session">Of the command.</param>
    /// <param name="zones">Those that a rule or a redirect names.</param>
    public static async Task WithoutAddressAsync(Session session, IEnumerable<string> zones)
    {
        foreach (string zone in zones.Distinct())
        {
            ZoneInfo info = await session.Host.InfoAsync(zone, session.Cancel);
            if (info.Spec.Anet.All(anet => anet.AllowedAddress.Count == 0))
            {
                Complaint.Warnings([$"{zone} has no anet with an allowed-address, so this means nothing for it yet; zone set {zone} 'anet[+]={{ linkname: net0, allowed-address: [auto] }}' gives it one"]);
            }
        }
    }

    /// <summary>A tag may be meant for zones to come; that there is none yet may also be a misspelling.</summary>
    /// <param name="session">Of the command.</param>
    /// <param name="tags">Those that a rule names.</param>
    public static async Task WithoutZoneAsync(Session session, IEnumerable<RuleTerm.Tag> tags)
    {
        foreach (RuleTerm.Tag tag in tags.Distinct())
        {
            bool isThere = (await session.Host.ListAsync(session.Cancel)).Any(zone => zone.Spec.Attr.TryGetValue(tag.Key, out string? value) && (tag.Value is null || tag.Value == value));
            if (!isThere)
            {
                Complaint.Warnings([$"no zone has the {tag} yet, so this means nothing until one does; zone set NAME attr.{tag.Key}={tag.Value ?? "VALUE"} gives it one"]);
            }
        }
    }
}
