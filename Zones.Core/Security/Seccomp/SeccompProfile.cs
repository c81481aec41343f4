using System.Collections.Concurrent;

namespace Zones.Security;

/// <summary>A system-call filter, ready for seccomp(2) with SECCOMP_SET_MODE_FILTER. Filters are the same for every zone with the
/// same capabilities, so the default's are compiled once.</summary>
internal sealed class SeccompProfile
{
    private static readonly ConcurrentDictionary<CapabilitySet, SeccompProfile> Defaults = new();

    private SeccompProfile(byte[]? filter) => Filter = filter;

    /// <summary>No filter at all.</summary>
    public static SeccompProfile Unconfined { get; } = new(null);

    /// <summary>An array of struct sock_filter; null for none. Not to be written to.</summary>
    public byte[]? Filter { get; }

    /// <summary>The filter of zones that name none.</summary>
    /// <param name="granted">The capabilities of the zone.</param>
    public static SeccompProfile Default(CapabilitySet granted) =>
        Defaults.GetOrAdd(granted, static capabilities => Of(DefaultPolicy.For(capabilities)));

    /// <summary>A profile of the OCI runtime specification's, with Docker's and podman's additions; see <see cref="OciSeccompFile"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="granted">The capabilities of the zone, for <c>includes</c> and <c>excludes</c>.</param>
    /// <exception cref="ZoneException">It cannot be read, is not understood, or is too long.</exception>
    public static SeccompProfile FromOciJson(string path, CapabilitySet granted)
    {
        try
        {
            return Of(OciSeccompFile.Read(path, granted, Environment.OSVersion.Version));
        }
        catch (ZoneException error) when (error.Path is null)
        {
            throw new ZoneException($"{path}: {error.Message}", error) { Path = path };
        }
    }

    /// <summary>What <see cref="ZoneSecurity.Seccomp"/> means.</summary>
    /// <param name="seccomp"><c>default</c>, <c>unconfined</c>, or a path.</param>
    /// <param name="granted">The capabilities of the zone.</param>
    /// <exception cref="ZoneException">The file at the path cannot be used.</exception>
    public static SeccompProfile Of(string seccomp, CapabilitySet granted) => seccomp switch
    {
        "default" => Default(granted),
        "unconfined" => Unconfined,
        _ => FromOciJson(seccomp, granted),
    };

    private static SeccompProfile Of(SyscallPolicy policy) => new(SeccompCompiler.Compile(policy));
}
