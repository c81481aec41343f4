namespace Zones.Tests.Support;

/// <summary>Lists a tree without following its links, as Directory's own recursion does: those of a zone's root lead to the host from outside.</summary>
internal static class FileTree
{
    /// <summary>All entries below a directory, ordered; none when it is not there.</summary>
    public static IEnumerable<string> Of(string directory) => !Directory.Exists(directory)
        ? []
        : Directory.GetFileSystemEntries(directory).Order(StringComparer.Ordinal)
            .SelectMany(path => Directory.Exists(path) && new FileInfo(path).LinkTarget is null ? Of(path).Prepend(path) : [path]);
}
