using System.Text.Json;

namespace Zones.Domains.Compare;

/// <summary>What a <see cref="Comparison"/> found. Sizes are bytes, times seconds, rates bytes a second.</summary>
public sealed record ComparisonReport
{
    /// <summary>Number of this form.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The form that it was written in.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The spec's zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The spec's root.</summary>
    public required string Root { get; init; }

    /// <summary>What was run.</summary>
    public required string Workload { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>How often each figure was measured.</summary>
    public required int Repeat { get; init; }

    /// <summary>How many of each kind were moved at once.</summary>
    public required int Instances { get; init; }

    /// <summary>The memory for which it is said how many fit.</summary>
    public required long Memory { get; init; }

    /// <summary>On what it was measured.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Who ran the domain's processors; null when there was no domain.</summary>
    public DomainProcessors? DomainProcessors { get; init; }

    /// <summary>What was compared: process, zone, domain.</summary>
    public required IReadOnlyList<ComparedSide> Sides { get; init; }

    /// <summary>All figures.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>As JSON; names are lower case with hyphens.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.ComparisonReport);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ComparisonReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.ComparisonReport) is { Format: CurrentFormat } report ? report : throw new JsonException($"is no report of format {CurrentFormat}");
}

/// <summary>A machine on which something was measured.</summary>
/// <param name="Processor">As it calls itself.</param>
/// <param name="Processors">How many.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Kernel">Its release.</param>
/// <param name="System">The operating system.</param>
/// <param name="MemoryCgroups">How this host counts memory: cgroup v2 or v1.</param>
/// <param name="Load">The load average over a minute, when it began: above the number of processors, times and rates are worth little.</param>
public sealed record Machine(string Processor, int Processors, long Memory, string Kernel, string System, string MemoryCgroups, double Load);

/// <summary>Who ran a domain's processors.</summary>
/// <param name="Accelerator">kvm, tcg or xen.</param>
/// <param name="Emulated">Whether they are emulated: then nothing that a processor does is as fast as under Xen or KVM, and no ratio of it is given.</param>
/// <param name="Reason">For people.</param>
public sealed record DomainProcessors(string Accelerator, bool Emulated, string Reason);

/// <summary>One of what was compared.</summary>
/// <param name="Name">process, zone or domain.</param>
/// <param name="Why">Why it was not measured, or not to the end; null when it was.</param>
/// <param name="Failed">Whether it should have been measured, and failed.</param>
/// <param name="Notes">In what it differs from the spec.</param>
public sealed record ComparedSide(string Name, string? Why, bool Failed, IReadOnlyList<string> Notes);
