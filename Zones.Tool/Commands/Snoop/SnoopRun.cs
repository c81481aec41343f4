using Zones.Network.Snoop.Print;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Snoop;

/// <summary>What a command line of <c>zone snoop</c> asks for, its words apart.</summary>
internal sealed record SnoopRun
{
    /// <summary>The file that is read; null captures.</summary>
    public required string? Input { get; init; }

    /// <summary>The file that is written; null shows.</summary>
    public required string? Output { get; init; }

    /// <summary>How many packets are shown or written.</summary>
    public required long Count { get; init; }

    /// <summary>Bytes kept of each packet; null keeps all.</summary>
    public required int? SnapLength { get; init; }

    public required SnoopDetail Detail { get; init; }

    public required TimeStyle Times { get; init; }

    public required OutputFormat Format { get; init; }

    /// <summary>Whether addresses are shown by their names.</summary>
    public required bool Resolve { get; init; }

    /// <summary>Whether no packets are shown.</summary>
    public required bool IsQuiet { get; init; }

    /// <summary>Whether a table of them is shown at the end.</summary>
    public required bool ResponseTimes { get; init; }
}
