using System.Runtime.InteropServices;

namespace Zones.Storage.Nfs;

/// <summary>struct statfs of x86-64.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
internal struct FileSystemStatus
{
    public long Type;
    public long BlockSize;
    public ulong Blocks;
    public ulong BlocksFree;
    public ulong BlocksAvailable;
    public ulong Files;
    public ulong FilesFree;
    public ulong Id;
    public long LongestName;
    public long FragmentSize;
}
