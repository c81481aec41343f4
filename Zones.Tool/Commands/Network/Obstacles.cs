using Zones.Network;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary>What a person who looks at pools, redirects or rules should know: that this host, or another program on it, is in their way.</summary>
internal static class Obstacles
{
    public static async Task WriteAsync(Session session) => Complaint.Warnings(await session.Host.Network().ObstaclesAsync(session.Cancel));
}
