using Zones.Network;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Network;

/// <summary>What a person who looks at pools, redirects or rules should know: that this host, or another program on it, is in their way.</summary>
internal static class Obstacles
{
    public static async Task WriteAsync(Session session)
    {
        foreach (string obstacle in await session.Host.Network().ObstaclesAsync(session.Cancel))
        {
            Complaint.Write("warning: " + obstacle);
        }
    }
}
