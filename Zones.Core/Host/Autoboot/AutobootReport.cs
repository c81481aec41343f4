namespace Zones;

/// <summary>What became of the zones that are booted with the host, or end with it.</summary>
/// <param name="Done">Those that are up and ready, or down; in the order in which they were taken.</param>
/// <param name="Failed">The others.</param>
public sealed record AutobootReport(IReadOnlyList<string> Done, IReadOnlyList<ZoneFailure> Failed);
