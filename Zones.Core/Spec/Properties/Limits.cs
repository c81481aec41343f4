namespace Zones;

/// <summary><c>capped-cpu</c>.</summary>
/// <param name="Ncpus">Processors' worth of time, 0.01 to 1024; 1.5 means one and a half. <example>1.5</example></param>
public sealed record CappedCpu(decimal Ncpus);

/// <summary><c>dedicated-cpu</c>.</summary>
/// <param name="Cpus">A kernel cpu list such as <c>0-3,6</c>. <example>"0-3,6"</example></param>
public sealed record DedicatedCpu(string Cpus);

/// <summary><c>capped-memory</c>.</summary>
/// <param name="Physical">The most memory; null means no cap. <example>256M</example></param>
public sealed record CappedMemory(DataSize? Physical = null)
{
    /// <summary><c>swap</c>: the most swap space in bytes, on both cgroup versions; null means no cap.</summary>
    /// <example>0</example>
    public DataSize? Swap { get; init; }

    /// <summary><c>locked</c>: the most memory a process may lock (RLIMIT_MEMLOCK).</summary>
    /// <example>64K</example>
    public DataSize? Locked { get; init; }
}

/// <summary><c>rctl</c>: a resource control by name. Names: <c>io.weight</c> (1 to 10000), <c>io.max</c> (device and
/// rbps=, wbps=, riops=, wiops=), <c>hugetlb.SIZE</c>, <c>oom-group</c> (true or false), and the resource limits of
/// setrlimit(2) in lower case: nofile, nproc, core, fsize, stack, as, data, cpu, memlock, msgqueue, sigpending, nice, rtprio, rttime.</summary>
/// <param name="Name">The control: io.weight, io.max, hugetlb.SIZE, oom-group, or a limit of setrlimit(2) in lower case, such as nofile. <example>nofile</example></param>
/// <param name="Value">Its value as text. <example>4096</example></param>
public sealed record Rctl(string Name, string Value);
