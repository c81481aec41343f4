namespace Zones;

/// <summary>A difference between two specs.</summary>
/// <param name="Property">Its path, as errors name it: <c>capped-memory.physical</c>, <c>fs[0]</c> (where it is removed, in the old spec).</param>
/// <param name="From">The value before, as text; null where there was none.</param>
/// <param name="To">The value after, as text; null where there is none any more.</param>
public sealed record PropertyChange(string Property, string? From, string? To)
{
    /// <summary>Why a running zone takes it only with its next boot; null for what is in force.</summary>
    public string? Waits { get; init; }

    /// <summary><c>+ PROPERTY: TO</c>, <c>- PROPERTY: FROM</c> or <c>~ PROPERTY: FROM -> TO</c>, on one line.</summary>
    public override string ToString() => Specs.Plain.Line(From is null ? $"+ {Property}: {To}" : To is null ? $"- {Property}: {From}" : $"~ {Property}: {From} -> {To}");
}
