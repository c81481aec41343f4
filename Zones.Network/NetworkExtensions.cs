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

    /// <summary>The network of a host's zones.</summary>
    /// <param name="host">A host that was opened with <see cref="UseNetwork"/>, in this process.</param>
    /// <exception cref="ArgumentException">It is another's.</exception>
    public static IZoneNetwork Network(this IZoneHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host is ZoneHost own && own.Context.Network is not null
            ? new ZoneNetwork(own.Context)
            : throw new ArgumentException("the host was not opened with UseNetwork in this process", nameof(host));
    }

    /// <summary>Lets zones have links and addresses; goes with <see cref="ZonesServiceCollectionExtensions.AddZones"/>.</summary>
    /// <param name="services">The collection.</param>
    public static IServiceCollection AddZonesNetwork(this IServiceCollection services) =>
        services.Configure<ZonesOptions>(options => options.UseNetwork());
}
