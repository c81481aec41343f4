using Microsoft.Extensions.DependencyInjection;

namespace Zones.Network;

/// <summary>Loads this package into a host.</summary>
public static class NetworkExtensions
{
    /// <summary>Lets zones have links and addresses.</summary>
    /// <param name="options">The host's options.</param>
    public static ZonesOptions UseNetwork(this ZonesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Packages.Exists(package => package is NetworkPackage))
        {
            options.Packages.Add(new NetworkPackage());
        }

        return options;
    }

    /// <summary>Lets zones have links and addresses; goes with <see cref="ZonesServiceCollectionExtensions.AddZones"/>.</summary>
    /// <param name="services">The collection.</param>
    public static IServiceCollection AddZonesNetwork(this IServiceCollection services) =>
        services.Configure<ZonesOptions>(options => options.UseNetwork());
}
