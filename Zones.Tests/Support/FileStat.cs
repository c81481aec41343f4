using Zones.Interop;

namespace Zones.Tests.Support;

/// <summary>lstat(2) of a file that has to be there.</summary>
internal static class FileStat
{
    /// <summary>User and group of a file; links are not followed.</summary>
    public static (uint User, uint Group) Owner(string path) => (Of(path).Owner, Of(path).Group);

    /// <summary>st_mode.</summary>
    public static uint Mode(string path) => Of(path).Mode;

    /// <summary>st_nlink: how many names the file has.</summary>
    public static ulong Links(string path) => Of(path).Names;

    private static FileStatus Of(string path) => FileStatus.Of(path) ?? throw new FileNotFoundException("cannot be looked at", path);
}
