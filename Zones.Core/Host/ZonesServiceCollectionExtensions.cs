using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Zones;

/// <summary>Registers zones with a service collection.</summary>
public static class ZonesServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="IZoneHost"/> as a singleton, and its options.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Sets the options; null means the defaults.</param>
    public static IServiceCollection AddZones(this IServiceCollection services, Action<ZonesOptions>? configure = null)
    {
        services.AddOptions<ZonesOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(provider =>
            ZoneHost.Open(provider.GetRequiredService<IOptions<ZonesOptions>>().Value, provider.GetService<ILoggerFactory>()));
        return services;
    }
}
