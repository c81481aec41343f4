using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Fuse;

namespace Zones.Storage.Mounts;

/// <content>From fattr3 (RFC 1813, 2.5) to what the kernel wants.</content>
internal sealed partial class NfsTree
{
    public static FuseAttributes Attributes(in Fattr3 from) => new()
    {
        Inode = from.Fileid,
        Size = from.Size,
        Blocks = (from.Used + 511) / 512,
        AccessTime = from.Atime.Seconds,
        ModificationTime = from.Mtime.Seconds,
        ChangeTime = from.Ctime.Seconds,
        AccessNanoseconds = from.Atime.Nseconds,
        ModificationNanoseconds = from.Mtime.Nseconds,
        ChangeNanoseconds = from.Ctime.Nseconds,
        Mode = Type(from.Type) | (from.Mode & 0xFFF),
        Links = Math.Max(from.Nlink, 1), // a count of 0 is refused by kernels
        User = from.Uid,
        Group = from.Gid,
        Device = Device(from.Rdev),
        BlockSize = 4096,
    };

    private static FuseAttributes? Attributes(in PostOpAttr from) => from.AttributesFollow ? Attributes(from.Attributes) : null;

    /// <summary>S_IF* of inode(7).</summary>
    private static uint Type(Ftype3 type) => type switch
    {
        Ftype3.NF3DIR => 0x4000,
        Ftype3.NF3BLK => 0x6000,
        Ftype3.NF3CHR => 0x2000,
        Ftype3.NF3LNK => 0xA000,
        Ftype3.NF3SOCK => 0xC000,
        Ftype3.NF3FIFO => 0x1000,
        _ => 0x8000,
    };

    /// <summary>As the kernel packs the two numbers of a device (new_encode_dev).</summary>
    private static uint Device(in Specdata3 numbers) =>
        (numbers.Specdata2 & 0xff) | ((numbers.Specdata1 & 0xfff) << 8) | ((numbers.Specdata2 & 0xfff00) << 12);
}
