namespace Zones;

/// <summary>What became of the zones that are booted with the host, or end with it.</summary>
/// <param name="Done">Those that are up and ready, or down; in the order in which they were taken.</param>
/// <param name="Failed">Those for which it did not work.</param>
public sealed record AutobootReport(IReadOnlyList<string> Done, IReadOnlyList<ZoneFailure> Failed)
{
    /// <summary>Zones that were to be booted and are not installed, with the reason: there is nothing yet that could be booted. As Solaris's zones service,
    /// which boots the installed ones alone, this counts them as no failure.</summary>
    public IReadOnlyList<ZoneFailure> Skipped { get; init => field = value ?? []; } = []; // an older host sends none
}
