namespace Zones;

/// <summary><c>device</c>.</summary>
/// <param name="Match">A path below /dev; <c>*</c> and <c>?</c> match within a name. <example>/dev/fuse</example></param>
public sealed record ZoneDevice(string Match);
