using System.Globalization;
using Zones.Interop;
using Zones.Wire;

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
        return new(resource =>
        {
            ulong own = mayRaise ? ResourceLimits.Unlimited : Hard(resource);
            return resource == Nofile ? Math.Min(own, ulong.Parse(File.ReadAllText(NrOpenFile), CultureInfo.InvariantCulture)) : own;
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

    /// <summary>capget(2): of the calling thread, as the files of /proc/self would say.</summary>
    private static unsafe CapabilitySet EffectiveCapabilities()
    {
        ulong header = Linux.CapabilityVersion3; // and pid 0
        uint* sets = stackalloc uint[6]; // effective, permitted, inheritable; the low halves, then the high ones
        long result = Kernel.Call(Linux.Capget, (long)&header, (long)sets);
        return result < 0
            ? throw new ZoneException($"cannot read this process's capabilities: {KernelError.Describe((int)-result)}") { Errno = (int)-result }
            : new(sets[0] | ((ulong)sets[3] << 32));
    }
}
