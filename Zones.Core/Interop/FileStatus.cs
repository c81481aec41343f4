using System.Runtime.InteropServices;
using System.Text;
using Zones.Wire;

namespace Zones.Interop;

/// <summary>struct stat of x86-64 (stat(2)): what .NET does not tell of a file.</summary>
[StructLayout(LayoutKind.Sequential, Size = 144)]
internal unsafe struct FileStatus
{
    public ulong Device;

    /// <summary>Its number in its file system.</summary>
    public ulong Inode;

    /// <summary>How many names it has.</summary>
    public ulong Names;

    /// <summary>Type and permissions (inode(7)).</summary>
    public uint Mode;

    /// <summary>The user's number, and the group's.</summary>
    public uint Owner;
    public uint Group;
    private readonly uint _padding;

    /// <summary>Of a device node, the device.</summary>
    public ulong SpecialDevice;

    /// <summary>Bytes.</summary>
    public long Length;
    private readonly long _blockSize;

    /// <summary>What it takes on the disk, in units of 512 bytes.</summary>
    public long Blocks;

    /// <summary>Times, in seconds since 1970 and nanoseconds.</summary>
    public ulong Accessed;
    public ulong AccessedNanoseconds;
    public ulong Modified;
    public ulong ModifiedNanoseconds;
    public ulong Changed;
    public ulong ChangedNanoseconds;

    private const uint TypeMask = 0xF000, Regular = 0x8000, Directory = 0x4000, Link = 0xA000, Socket = 0xC000, Sticky = 0x200, OthersWrite = 0x12 /* go+w */, Others = 0x3F /* go+rwx, which an access list shows too */;

    /// <summary>Whether it is an ordinary file.</summary>
    public readonly bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Whether it is a directory.</summary>
    public readonly bool IsDirectory => (Mode & TypeMask) == Directory;

    /// <summary>Whether it is a symbolic link.</summary>
    public readonly bool IsLink => (Mode & TypeMask) == Link;

    /// <summary>Whether it is a socket.</summary>
    public readonly bool IsSocket => (Mode & TypeMask) == Socket;

    /// <summary>Bytes that it takes on the disk.</summary>
    public readonly long Allocated => Blocks * 512;

    /// <summary>Whether others than its owner may take entries of this directory away: in a sticky one they may only take their own.</summary>
    public readonly bool OthersMayReplace => OthersMayWrite && (Mode & Sticky) == 0;

    /// <summary>Whether others than its owner may write it.</summary>
    public readonly bool OthersMayWrite => (Mode & OthersWrite) != 0;

    /// <summary>Whether others than its owner may do anything with it.</summary>
    public readonly bool IsOpenToOthers => (Mode & Others) != 0;

    /// <summary>Of what a path names; null when it is not there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a symbolic link at its end is followed.</param>
    public static FileStatus? Of(string path, bool follow = false)
    {
        FileStatus status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Kernel.Call(follow ? Linux.Stat : Linux.Lstat, (long)name, (long)&status) == 0 ? status : null;
        }
    }

    /// <summary>Of an open file.</summary>
    public static FileStatus? Of(SafeFd file)
    {
        FileStatus status;
        return Kernel.Call(Linux.Fstat, file.Number, (long)&status) == 0 ? status : null;
    }
}
