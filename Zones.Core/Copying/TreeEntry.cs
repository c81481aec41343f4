using Zones.Interop;

namespace Zones.Copying;

/// <summary>A file, directory or link that is to be copied, as it was when it was opened.</summary>
/// <param name="Name">Its name, with its NUL.</param>
/// <param name="Place">Where it is, for errors.</param>
/// <param name="Opened">Open for reading; a link itself.</param>
/// <param name="Facts">What fstat(2) tells of it.</param>
/// <param name="Link">What a link says, with its NUL; null for what is none.</param>
internal readonly record struct TreeEntry(byte[] Name, Place Place, SafeFd Opened, FileFacts Facts, byte[]? Link);
