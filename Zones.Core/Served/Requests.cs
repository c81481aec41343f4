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

/// <summary>Arguments of <see cref="IZoneHost.CopyInAsync"/> and <see cref="IZoneHost.CopyOutAsync"/>; a path of the host is absolute.</summary>
internal sealed record CopyRequest(string Source, string Target, bool Owners = false);
