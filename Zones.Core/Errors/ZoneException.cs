using Zones.Specs;

namespace Zones;

/// <summary>Something about a zone failed. The message is lower case, names the path and the errno, and says what to do.</summary>
public class ZoneException : Exception
{
    /// <summary>An error without a cause.</summary>
    /// <param name="message">Lower case; what failed and what to do.</param>
    public ZoneException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a cause.</summary>
    /// <param name="message">Lower case; what failed and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ZoneException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The zone, if one is concerned.</summary>
    public string? Zone { get; init; }

    /// <summary>The operation that failed (<c>boot</c>, <c>install</c>, …).</summary>
    public string? Operation { get; init; }

    /// <summary>The file concerned.</summary>
    public string? Path { get; init; }

    /// <summary>The kernel's error number, 0 when it gave none (errno(3)).</summary>
    public int Errno { get; init; }

    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public bool IsTransient { get; init; }
}

/// <summary>A spec is wrong. Every problem found is in <see cref="Problems"/>; the message has a line for each of the first twenty.</summary>
public sealed class ZoneSpecException : ZoneException
{
    private const int LinesMost = 20;

    /// <summary>An error that carries <paramref name="problems"/>.</summary>
    /// <param name="problems">At least one.</param>
    public ZoneSpecException(IReadOnlyList<SpecProblem> problems)
        : base(string.Join('\n', problems.Take(LinesMost)) + (problems.Count > LinesMost ? $"\nand {problems.Count - LinesMost} more" : "")) => Problems = problems;

    /// <summary>All that is wrong, in the order of the spec.</summary>
    public IReadOnlyList<SpecProblem> Problems { get; }
}

/// <summary>One thing wrong with a spec.</summary>
/// <param name="Property">The property's path, such as <c>fs[0].dir</c>; empty for the document.</param>
/// <param name="Value">What was given, as text; null where nothing was.</param>
/// <param name="Message">Lower case; what is allowed.</param>
/// <param name="Source">The file or stream, when it came from one; of several zones the zone, when it did not.</param>
/// <param name="Line">From 1; 0 when not from text.</param>
/// <param name="Column">From 1; 0 when not from text.</param>
public sealed record SpecProblem(string Property, string? Value, string Message, string? Source = null, int Line = 0, int Column = 0)
{
    /// <summary><c>FILE:LINE:COLUMN: PROPERTY: 'VALUE': MESSAGE</c>, as far as known; one line whatever was given, the value only where the
    /// message does not name it.</summary>
    public override string ToString() =>
        (Line > 0 ? $"{Source ?? "spec"}:{Line}:{Column}: " : Source is null ? "" : $"{Source}: ")
        + (Property.Length > 0 ? $"{Plain.Line(Property)}: " : "")
        + (Value is null || Message.Contains(Value, StringComparison.Ordinal) ? "" : $"'{Plain.Line(Value)}': ")
        + Plain.Line(Message);
}

/// <summary>The zone's state does not allow the operation.</summary>
public sealed class ZoneStateException : ZoneException
{
    /// <summary>An error about a state.</summary>
    /// <param name="message">Lower case; what to do first.</param>
    /// <param name="state">The state the zone is in.</param>
    public ZoneStateException(string message, ZoneState state)
        : base(message) => State = state;

    /// <summary>The state the zone is in.</summary>
    public ZoneState State { get; }
}

/// <summary>No zone of that name is configured.</summary>
public sealed class ZoneNotFoundException : ZoneException
{
    /// <summary>An error about a missing zone.</summary>
    /// <param name="zone">The name.</param>
    public ZoneNotFoundException(string zone)
        : this(zone, $"{zone}: no such zone configured; 'zone list -c' shows those that are")
    {
    }

    /// <summary>As the other, with what else there is to do.</summary>
    internal ZoneNotFoundException(string zone, string message)
        : base(message) => Zone = zone;
}

/// <summary>A thing outside the process that a zone holds could not be made or released.</summary>
public sealed class ZoneResourceException : ZoneException
{
    /// <summary>An error about a resource.</summary>
    /// <param name="message">Lower case; path, errno, what to do.</param>
    /// <param name="resourceKind">The ledger's kind, such as <c>cgroup</c>.</param>
    /// <param name="innerException">The cause.</param>
    public ZoneResourceException(string message, string resourceKind, Exception? innerException = null)
        : base(message, innerException) => ResourceKind = resourceKind;

    /// <summary>The ledger's kind, such as <c>cgroup</c>.</summary>
    public string ResourceKind { get; }
}

/// <summary>This host lacks something that the operation or the spec needs.</summary>
public sealed class HostCapabilityException : ZoneException
{
    /// <summary>An error about the host.</summary>
    /// <param name="message">Lower case; the property and what the host lacks.</param>
    /// <param name="property">The spec's property that needs it, if one does.</param>
    public HostCapabilityException(string message, string? property = null)
        : base(message) => Property = property;

    /// <summary>The spec's property that needs it, if one does.</summary>
    public string? Property { get; }
}
