using System.Text;
using Zones.Wire;

namespace Zones.Catalogue;

/// <summary>Tells file systems of other machines from local ones (statfs(2)).</summary>
internal static unsafe class NetworkFileSystem
{
    private const long Afs = 0x5346414F, Ceph = 0x00C36400, Cifs = 0xFF534D42, Coda = 0x73757245, Lustre = 0x0BD00BD0, Nfs = 0x6969,
        NineP = 0x01021997, Smb = 0x517B, Smb2 = 0xFE534D42;

    /// <summary>Whether a directory is on one; false where the kernel does not say.</summary>
    public static bool Holds(string directory)
    {
        long* buffer = stackalloc long[32]; // struct statfs; its first field is the magic number
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + "\0"))
        {
            return Kernel.Call(Linux.Statfs, (long)path, (long)buffer) == 0 && IsOne(buffer[0] & 0xffffffff);
        }
    }

    /// <summary>Whether a magic number is that of a network file system.</summary>
    public static bool IsOne(long magic) => magic is Afs or Ceph or Cifs or Coda or Lustre or Nfs or NineP or Smb or Smb2;
}
