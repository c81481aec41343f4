using System.Globalization;
using Zones.Interop;

namespace Zones.Security;

/// <summary>How high this host lets limits be set. Without CAP_SYS_RESOURCE in the host's user namespace nobody may raise a hard
/// limit above its own, and nobody at all may have more files than fs.nr_open (setrlimit(2)).</summary>
internal sealed class HostLimits
{
    private const int Nofile = 7;
    private const string NrOpenFile = "/proc/sys/fs/nr_open";

    private readonly Func<int, ulong> _most;

    /// <summary>A host with given limits.</summary>
    /// <param name="most">By RLIMIT_ number.</param>
    public HostLimits(Func<int, ulong> most) => _most = most;

    /// <summary>What this process, and so the zoned that it starts, may set.</summary>
    /// <exception cref="ZoneException">/proc cannot be read.</exception>
    public static HostLimits Current()
    {
        bool mayRaise = EffectiveCapabilities().Contains("sys_resource");
        ulong files = ulong.Parse(File.ReadAllText(NrOpenFile), CultureInfo.InvariantCulture);
        return new(resource =>
        {
            ulong own = mayRaise ? ResourceLimits.Unlimited : Hard(resource);
            return resource == Nofile ? Math.Min(own, files) : own;
        });
    }

    /// <summary>The highest hard limit that can be set.</summary>
    /// <param name="resource">RLIMIT_ number.</param>
    public ulong Most(int resource) => _most(resource);

    private static unsafe ulong Hard(int resource)
    {
        Libc.ResourceLimit limit;
        return Libc.Prlimit(0, resource, null, &limit) == 0
            ? limit.Hard
            : throw new ZoneException($"cannot read resource limit {resource}: {KernelError.Describe(KernelError.Last)}") { Errno = KernelError.Last };
    }

    private static CapabilitySet EffectiveCapabilities()
    {
        const string field = "CapEff:";
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return new(ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
