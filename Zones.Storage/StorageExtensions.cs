using Microsoft.Extensions.DependencyInjection;

namespace Zones.Storage;

/// <summary>Loads this package into a host.</summary>
public static class StorageExtensions
{
    /// <summary>Lets zones have roots over NFS, and a view of their own of the host's resources.</summary>
    /// <param name="options">The host's options.</param>
    public static ZonesOptions UseStorage(this ZonesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Packages.Exists(package => package is StoragePackage))
        {
            options.Packages.Add(new StoragePackage());
        }

        return options;
    }

    /// <summary>Lets zones have roots over NFS, and a view of their own of the host's resources; goes with <see cref="ZonesServiceCollectionExtensions.AddZones"/>.</summary>
    /// <param name="services">The collection.</param>
    public static IServiceCollection AddZonesStorage(this IServiceCollection services) =>
        services.Configure<ZonesOptions>(options => options.UseStorage());
}
