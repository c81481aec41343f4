using System.Text.Json;

namespace Zones.Served;

/// <summary>Work that a served host does or has done. It goes on when the client that began it leaves.</summary>
/// <param name="Id">By which it is polled, awaited and cancelled.</param>
/// <param name="Verb">What is done, as in the address.</param>
/// <param name="State">How far it is.</param>
/// <param name="User">The user id of who began it.</param>
/// <param name="Started">When.</param>
internal sealed record OperationDocument(string Id, string Verb, OperationState State, uint User, DateTimeOffset Started)
{
    /// <summary>The zone; null for work on several.</summary>
    public string? Zone { get; init; }

    /// <summary>Its progress: the state in which the zone is now; null where there is none.</summary>
    public ZoneState? ZoneState { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>What it gave; null for a verb that gives nothing.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed.</summary>
    public ProblemDocument? Problem { get; init; }
}

/// <summary>How far an operation is.</summary>
internal enum OperationState
{
    /// <summary>Under way, or waiting for its turn.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Done,

    /// <summary>Ended with a problem.</summary>
    Failed,

    /// <summary>Ended because it was asked to; what had been made is undone.</summary>
    Cancelled,
}
