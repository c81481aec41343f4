namespace Zones.Security;

/// <summary>One resource limit (setrlimit(2)).</summary>
/// <param name="Resource">RLIMIT_ number.</param>
/// <param name="Soft">The limit in force.</param>
/// <param name="Hard">The most that it may be raised to.</param>
internal sealed record ProcessLimit(int Resource, ulong Soft, ulong Hard);
