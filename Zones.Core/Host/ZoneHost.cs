using Microsoft.Extensions.Logging;

namespace Zones;

/// <summary>The in-process form of <see cref="IZoneHost"/>.</summary>
public sealed class ZoneHost
{
    /// <summary>Opens a state directory; nothing is made until something has to be recorded.</summary>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="loggerFactory">Null means no log.</param>
    public static IZoneHost Open(ZonesOptions? options = null, ILoggerFactory? loggerFactory = null) => throw new NotImplementedException();
}
