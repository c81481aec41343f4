using System.Text;

namespace Zones.Tests.Support;

/// <summary>lstat(2).</summary>
internal static unsafe class FileStat
{
    /// <summary>User and group of a file; links are not followed.</summary>
    public static (uint User, uint Group) Owner(string path)
    {
        uint* stat = stackalloc uint[36]; // struct stat of x86-64: st_uid at byte 28, st_gid at byte 32
        Call(path, stat);
        return (stat[7], stat[8]);
    }

    /// <summary>st_mode.</summary>
    public static uint Mode(string path)
    {
        uint* stat = stackalloc uint[36];
        Call(path, stat);
        return stat[6];
    }

    /// <summary>st_nlink: how many names the file has.</summary>
    public static ulong Links(string path)
    {
        uint* stat = stackalloc uint[36];
        Call(path, stat);
        return ((ulong*)stat)[2];
    }

    /// <summary>A directory and everything below it; links are not followed.</summary>
    public static IEnumerable<string> Tree(string directory)
    {
        yield return directory;
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            foreach (string path in entry is DirectoryInfo { LinkTarget: null } ? Tree(entry.FullName) : [entry.FullName])
            {
                yield return path;
            }
        }
    }

    private static void Call(string path, uint* stat)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            long result = Wire.Kernel.Call(6 /* lstat */, name, (long)stat);
            Assert.True(result == 0, $"{path}: lstat: {result}");
        }
    }
}
