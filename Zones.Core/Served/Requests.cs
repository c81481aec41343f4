namespace Zones.Served;

/// <summary>What a served host says of itself and of whom it speaks to.</summary>
/// <param name="Version">Of the library.</param>
/// <param name="User">The caller's user id.</param>
/// <param name="Everything">Whether the caller may do everything.</param>
internal sealed record ServedGreeting(string Version, uint User, bool Everything);

/// <summary>Arguments of what takes none.</summary>
internal sealed record NoRequest;

/// <summary>A spec alone: create, verify.</summary>
internal sealed record SpecRequest(ZoneSpec Spec);

/// <summary>Arguments of <see cref="IZoneHost.ShutdownAsync"/>.</summary>
internal sealed record ShutdownRequest(bool Reboot = false, TimeSpan? Timeout = null);

/// <summary>Arguments of <see cref="IZoneHost.DeleteAsync"/>.</summary>
internal sealed record DeleteRequest(bool Force = false);

/// <summary>Arguments of <see cref="IZoneHost.CloneAsync"/>.</summary>
internal sealed record CloneRequest(string Source);

/// <summary>Arguments of <see cref="IZoneHost.MoveAsync"/>.</summary>
internal sealed record MoveRequest(string Zonepath);

/// <summary>Arguments of <see cref="IZoneHost.MarkAsync"/>.</summary>
internal sealed record MarkRequest(ZoneState State);

/// <summary>Arguments of <see cref="IZoneHost.UpdateAsync"/>.</summary>
internal sealed record UpdateRequest(ZoneSpec Spec, ZoneSpec? Expected = null);

/// <summary>Arguments of <see cref="IZoneHost.CopyInAsync(string, string, string, CopyOptions?, CancellationToken)"/> and <see cref="IZoneHost.CopyOutAsync(string, string, string, CopyOptions?, CancellationToken)"/>; a path of the host is absolute.</summary>
internal sealed record CopyRequest(string Source, string Target, bool Owners = false);

/// <summary>Arguments of <see cref="IZoneHost.OpenConsoleAsync"/>.</summary>
/// <param name="ReadOnly"><see cref="ConsoleOptions.ReadOnly"/>.</param>
/// <param name="Scrollback"><see cref="ConsoleOptions.Scrollback"/>, bytes; null for what it is unless given.</param>
internal sealed record ConsoleRequest(bool ReadOnly = false, long? Scrollback = null);

/// <summary>What <see cref="IZoneHost.OpenConsoleAsync"/> gave.</summary>
/// <param name="Types">Whether what the client sends is typed.</param>
/// <param name="Writer"><see cref="ZoneConsole.Writer"/>.</param>
internal sealed record ConsolePlace(bool Types, string? Writer = null);

/// <summary>Arguments of a copy of an archive, which goes through the session.</summary>
/// <param name="Path">In the zone.</param>
/// <param name="Out">Out of the zone instead of into it.</param>
/// <param name="Owners"><see cref="CopyOptions.Owners"/>.</param>
internal sealed record ArchiveRequest(string Path, bool Out = false, bool Owners = false);
