namespace Zones.Network.Snoop.Filters;

/// <summary>A filter expression is wrong.</summary>
/// <param name="message">Lower case; the column, the word, and what is allowed there.</param>
/// <param name="column">Where, from 1.</param>
public sealed class FilterException(string message, int column) : ZoneException($"filter, column {column}: {message}")
{
    /// <summary>Where in the expression, from 1.</summary>
    public int Column { get; } = column;
}
