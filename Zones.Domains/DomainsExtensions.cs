using Microsoft.Extensions.DependencyInjection;
using Zones.Network;
using Zones.Storage;

namespace Zones.Domains;

/// <summary>Loads this package into a host.</summary>
public static class DomainsExtensions
{
    /// <summary>Lets zones be paravirtual domains; loads Zones.Storage too, which serves their roots, and Zones.Network, which gives them links.</summary>
    /// <param name="options">The host's options.</param>
    public static ZonesOptions UseDomains(this ZonesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.UseStorage().UseNetwork();
        if (!options.Packages.Exists(package => package is DomainsPackage))
        {
            options.Packages.Add(new DomainsPackage());
        }

        return options;
    }

    /// <summary>Lets zones be paravirtual domains; goes with <see cref="ZonesServiceCollectionExtensions.AddZones"/>.</summary>
    /// <param name="services">The collection.</param>
    public static IServiceCollection AddZonesDomains(this IServiceCollection services) =>
        services.Configure<ZonesOptions>(options => options.UseDomains());
}
