using Zones.Domains.Compare.Measuring;

namespace Zones.Domains.Compare.Sides;

/// <summary>One way of running the spec: as a process, as a zone, as a domain. What is measured is asked of each in the same way.</summary>
internal abstract class Side : IAsyncDisposable
{
    /// <summary>How long a workload may take to answer, and a command of ours to end: an emulated machine on a busy host is slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Its name in the report.</summary>
    public abstract string Name { get; }

    /// <summary>The path inside of the program that does our work.</summary>
    public abstract string Program { get; }

    /// <summary>Where the TCP server listens on the host, and its address inside; null when nothing inside reaches it.</summary>
    public abstract (string Listen, string Inside)? Server { get; }

    /// <summary>Why there is no <see cref="Server"/>.</summary>
    public virtual string? WhyNoServer => null;

    /// <summary>Returns when init has been executed.</summary>
    public abstract Task BootAsync(CancellationToken cancellationToken);

    /// <summary>Returns when init has printed a line that contains a text.</summary>
    public abstract Task AwaitLineAsync(string text, CancellationToken cancellationToken);

    /// <summary>Runs a command inside to its end.</summary>
    public abstract Task<ExecResult> RunAsync(SpecList<string> command, CancellationToken cancellationToken);

    /// <summary>Starts a command inside and waits until it has printed a line; disposing the result ends it.</summary>
    public abstract Task<IAsyncDisposable> HoldAsync(SpecList<string> command, string line, CancellationToken cancellationToken);

    /// <summary>Ends it, however it is.</summary>
    public abstract Task HaltAsync();

    /// <summary>The host's numbers of all its processes.</summary>
    public abstract Task<IReadOnlyList<int>> ProcessesAsync();

    /// <summary>What its machine says that it has been given, bytes; 0 for what is no machine.</summary>
    public virtual Task<long> MachineMemoryAsync() => Task.FromResult(0L);

    /// <summary>What it takes on the disk, bytes.</summary>
    public abstract long Disk();

    /// <summary>What the host's kernel holds for it; null when that is not counted for it alone.</summary>
    public virtual long? KernelMemory(IReadOnlyList<int> processes) => processes.Count > 0 ? CgroupMemory.Kernel(processes[0]) : null;

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
