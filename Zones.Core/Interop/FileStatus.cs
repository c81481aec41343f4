using System.Text;
using Zones.Wire;

namespace Zones.Interop;

/// <summary>What stat(2) tells that .NET does not: who owns a file, and of what type it is.</summary>
/// <param name="Mode">Type and permissions (inode(7)).</param>
/// <param name="Owner">The user's number.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="Allocated">Bytes that it takes on the disk.</param>
/// <param name="Names">How many names it has.</param>
internal readonly unsafe record struct FileStatus(uint Mode, uint Owner, long Length, ulong Inode, long Allocated, long Names)
{
    private const uint TypeMask = 0xF000, Regular = 0x8000, Directory = 0x4000, Link = 0xA000, Socket = 0xC000, Sticky = 0x200, OthersWrite = 0x12 /* go+w */, Others = 0x3F /* go+rwx, which an access list shows too */;

    /// <summary>Whether it is an ordinary file.</summary>
    public bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == Directory;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & TypeMask) == Link;

    /// <summary>Whether it is a socket.</summary>
    public bool IsSocket => (Mode & TypeMask) == Socket;

    /// <summary>Whether others than its owner may take entries of this directory away: in a sticky one they may only take their own.</summary>
    public bool OthersMayReplace => (Mode & OthersWrite) != 0 && (Mode & Sticky) == 0;

    /// <summary>Whether others than its owner may do anything with it.</summary>
    public bool IsOpenToOthers => (Mode & Others) != 0;

    /// <summary>Of what a path names, without following a symbolic link at its end; null when it is not there.</summary>
    public static FileStatus? Of(string path)
    {
        const long lstat = 6;
        uint* stat = stackalloc uint[36];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Kernel.Call(lstat, (long)name, (long)stat) == 0 ? Read(stat) : null;
        }
    }

    /// <summary>Of an open file.</summary>
    public static FileStatus? Of(SafeFd file)
    {
        uint* stat = stackalloc uint[36];
        return Kernel.Call(Linux.Fstat, file.Number, (long)stat) == 0 ? Read(stat) : null;
    }

    // struct stat of x86-64: st_ino at byte 8, st_nlink at byte 16, st_mode at byte 24, st_uid at byte 28, st_size at byte 48, st_blocks, of 512 bytes, at byte 64.
    private static FileStatus Read(uint* stat) => new(stat[6], stat[7], *(long*)(stat + 12), *(ulong*)(stat + 2), *(long*)(stat + 16) * 512, *(long*)(stat + 4));
}
