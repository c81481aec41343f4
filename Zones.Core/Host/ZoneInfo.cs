namespace Zones;

/// <summary>A zone as the catalogue knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">The number of this boot, unique in the state directory; null unless ready or running.</param>
/// <param name="State">Its state.</param>
/// <param name="Uuid">Never changes, whatever the name.</param>
/// <param name="Zonepath">Its private directory.</param>
/// <param name="Spec">Its definition.</param>
public sealed record ZoneInfo(string Name, long? Id, ZoneState State, Guid Uuid, string Zonepath, ZoneSpec Spec)
{
    /// <summary>The host's number of process 1; null unless running.</summary>
    public int? Pid { get; init; }

    /// <summary>When process 1 started; null unless running.</summary>
    public DateTimeOffset? BootedAt { get; init; }

    /// <summary>How the last run ended; null before the first end.</summary>
    public ExitStatus? LastExit { get; init; }

    /// <summary>First of its 65,536 ids outside; null without a user namespace or before install.</summary>
    public uint? IdBase { get; init; }

    /// <summary>The addresses that it has, from pools or by its spec, from its first boot until it is uninstalled; empty without Zones.Network.</summary>
    public SpecList<string> Addresses { get; init; } = [];

    /// <summary>What of <see cref="Spec"/> waits for the next boot of a zone that runs, each with the reason; empty when it is what its spec says.</summary>
    public SpecList<PropertyChange> Pending { get; init; } = [];
}

/// <summary>How a process ended (wait(2)).</summary>
/// <param name="Code">Exit status 0 to 255; 128 + signal when a signal ended it; -1 when nobody could see it.</param>
/// <param name="Signal">The signal that ended it, else 0.</param>
/// <param name="OutOfMemory">Whether the kernel killed something of the zone for want of memory in that run.</param>
public sealed record ExitStatus(int Code, int Signal = 0, bool OutOfMemory = false)
{
    /// <summary>Reads a status as waitpid(2) gives it.</summary>
    /// <param name="status">The raw word.</param>
    internal static ExitStatus FromWait(int status) => (status & 0x7f) == 0 ? new((status >> 8) & 0xff) : new(128 + (status & 0x7f), status & 0x7f);
}

/// <summary>One thing that happened to a zone.</summary>
/// <param name="Cursor">Its place in the order of all events of the state directory; hand it to <see cref="IZoneHost.WatchAsync"/> to go on after it.</param>
/// <param name="Time">When it was committed.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Kind">What: created, state, exited, restarted, recovered, changed, deleted.</param>
/// <param name="From">The state before, for changes of state.</param>
/// <param name="To">The state after, for changes of state.</param>
/// <param name="Detail">More for a person to read.</param>
public sealed record ZoneEvent(long Cursor, DateTimeOffset Time, string Zone, string Kind, ZoneState? From, ZoneState? To, string? Detail);

/// <summary>What a zone uses now, as far as the host's controllers count it; null is "not counted here".</summary>
public sealed record ZoneUsage
{
    /// <summary>The zone; <c>[total]</c> for the host.</summary>
    public required string Zone { get; init; }

    /// <summary>When it was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Processor time since boot.</summary>
    public TimeSpan? Cpu { get; init; }

    /// <summary>Memory held now, bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>The most memory held at once, bytes.</summary>
    public long? MemoryPeak { get; init; }

    /// <summary>The cap, bytes.</summary>
    public long? MemoryCap { get; init; }

    /// <summary>Swap space held now, bytes.</summary>
    public long? Swap { get; init; }

    /// <summary>Times that the kernel killed for want of memory.</summary>
    public long? OutOfMemoryKills { get; init; }

    /// <summary>Processes and threads now.</summary>
    public long? Processes { get; init; }

    /// <summary>Bytes read from block devices.</summary>
    public long? ReadBytes { get; init; }

    /// <summary>Bytes written to block devices.</summary>
    public long? WrittenBytes { get; init; }

    /// <summary>Share of the last ten seconds in which some task waited for a processor, percent (PSI).</summary>
    public double? CpuPressure { get; init; }

    /// <summary>The same for memory.</summary>
    public double? MemoryPressure { get; init; }

    /// <summary>The same for block devices.</summary>
    public double? IoPressure { get; init; }

    /// <summary>Of a domain: what its machine says, while it answers. The other figures are the host's: what the machine as a whole takes.</summary>
    public MachineUsage? Machine { get; init; }
}

/// <summary>What the machine of a domain says of itself.</summary>
/// <param name="Status">The toolstack's word: <c>running</c>, <c>paused</c>, <c>internal-error</c> and others.</param>
public sealed record MachineUsage(string Status)
{
    /// <summary>Memory that the domain's kernel has been given, bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>What of it that kernel could still give to programs (MemAvailable), bytes; a few seconds old.</summary>
    public long? MemoryAvailable { get; init; }

    /// <summary>What of it is used for nothing, bytes; a few seconds old.</summary>
    public long? MemoryFree { get; init; }
}

/// <summary>What verify found.</summary>
/// <param name="Problems">What keeps the zone from booting here; empty when nothing does.</param>
/// <param name="Warnings">What a person should know, lower case.</param>
public sealed record VerifyReport(IReadOnlyList<SpecProblem> Problems, IReadOnlyList<string> Warnings);

/// <summary>What recovery found and did.</summary>
/// <param name="Adopted">Zones whose process 1 lives on.</param>
/// <param name="Released">Zones that had died or were half-way; what they held is released. Some run again by now, and one whose owner is gone is deleted.</param>
/// <param name="Unknown">Ledger rows of kinds that no loaded package knows, as <c>zone: kind name</c>; they are kept.</param>
public sealed record RecoveryReport(IReadOnlyList<string> Adopted, IReadOnlyList<string> Released, IReadOnlyList<string> Unknown)
{
    /// <summary>Zones that run, and in which a change that somebody had begun was undone.</summary>
    public IReadOnlyList<string> Undone { get; init => field = value ?? []; } = []; // an older host sends none

    /// <summary>Zones that are unavailable now, with what is missing.</summary>
    public IReadOnlyList<ZoneFailure> Unavailable { get; init => field = value ?? []; } = [];

    /// <summary>Zones that were unavailable and are installed again.</summary>
    public IReadOnlyList<string> Available { get; init => field = value ?? []; } = [];

    /// <summary>Zones that could not be put right, with the reason; the next verb on them tries again.</summary>
    public IReadOnlyList<ZoneFailure> Failed { get; init => field = value ?? []; } = [];

    /// <summary>How many zones there was nothing to be done for; not counted are those that were unavailable or incomplete and still are.</summary>
    public int Well { get; init; }
}
