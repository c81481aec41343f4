namespace Zones;

/// <summary>One zone of many for which something did not work.</summary>
/// <param name="Zone">Its name.</param>
/// <param name="Message">Why, and what to do; lower case, beginning with the name.</param>
public sealed record ZoneFailure(string Zone, string Message)
{
    /// <summary>A failure whose reason may not say whose it is: that of a spec names properties alone.</summary>
    internal static ZoneFailure Of(string zone, string reason) => new(zone, reason.StartsWith(zone + ":", StringComparison.Ordinal) ? reason : $"{zone}: {reason}");
}
