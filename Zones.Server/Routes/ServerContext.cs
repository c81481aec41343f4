using Zones.Server.Operations;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>What every request is answered with.</summary>
/// <param name="Host">The host that is served.</param>
/// <param name="Rights">Who may do what.</param>
/// <param name="Operations">What is under way.</param>
/// <param name="Feed">Wakes who follows events.</param>
/// <param name="Stopping">The server is to end.</param>
internal sealed record ServerContext(IZoneHost Host, RightsTable Rights, OperationTable Operations, EventFeed Feed, CancellationToken Stopping);
