namespace Zones;

/// <summary>What became of the zones that are booted with the host, or end with it.</summary>
/// <param name="Done">Those that are up and ready, or down; in the order in which they were taken.</param>
/// <param name="Failed">The others.</param>
public sealed record AutobootReport(IReadOnlyList<string> Done, IReadOnlyList<AutobootFailure> Failed);

/// <summary>A zone that did not come up or go down.</summary>
/// <param name="Zone">Its name.</param>
/// <param name="Reason">Why, lower case, beginning with the name.</param>
public sealed record AutobootFailure(string Zone, string Reason);
