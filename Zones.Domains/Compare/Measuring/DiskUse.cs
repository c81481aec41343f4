using Zones.Interop;

namespace Zones.Domains.Compare.Measuring;

/// <summary>What private files take on the disk.</summary>
internal static class DiskUse
{
    /// <summary>Blocks of all files below a directory. A file with another name elsewhere is shared, and does not count.</summary>
    public static long Of(string directory)
    {
        long bytes = FileStatus.Of(directory)?.Allocated ?? 0;
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                bytes += Of(entry.FullName);
            }
            else if (FileStatus.Of(entry.FullName) is { Names: 1 } file)
            {
                bytes += file.Allocated;
            }
        }

        return bytes;
    }
}
