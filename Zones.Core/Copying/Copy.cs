namespace Zones;

/// <summary>What comes along when files are copied into a zone or out of it.</summary>
public sealed record CopyOptions
{
    /// <summary>Owners and groups keep their numbers, those inside of the zone; on the way in set-user-id bits too. Otherwise copies are the
    /// zone's root's on the way in, and the caller's on the way out.</summary>
    public bool Owners { get; init; }

    /// <summary>Whether a zone that does not run is refused: its private files do not keep to its file-mac-profile.</summary>
    internal bool OnlyRunning { get; init; }
}

/// <summary>What was copied.</summary>
/// <param name="Files">How many.</param>
/// <param name="Directories">How many were made.</param>
/// <param name="Links">Symbolic links, which are copied as they are and never followed.</param>
/// <param name="Bytes">Of contents, holes not counted.</param>
/// <param name="Refused">Pipes, sockets and devices, which are left out: the first hundred, a line of text each.</param>
/// <param name="RefusedCount">How many those are altogether.</param>
public sealed record CopyReport(long Files, long Directories, long Links, long Bytes, IReadOnlyList<string> Refused, long RefusedCount);
