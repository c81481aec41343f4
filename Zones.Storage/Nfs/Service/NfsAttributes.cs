using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <summary>A file's attributes as the protocol has them (fattr3, RFC 1813 section 2.6).</summary>
internal static class NfsAttributes
{
    private const int PermissionBits = 0xfff;

    public static Fattr3 Of(ActiveExport export, in FileStatus status) => new(
        TypeOf(status),
        (uint)(status.Mode & PermissionBits),
        status.LinkCount,
        export.Options.Ids.ToWire(status.Uid),
        export.Options.Ids.ToWire(status.Gid),
        status.Size,
        status.Blocks * 512,
        new Specdata3(status.DeviceMajor, status.DeviceMinor),
        export.Tree.ExportId,
        status.Inode,
        TimeOf(status.Accessed),
        TimeOf(status.Modified),
        TimeOf(status.Changed));

    public static PostOpAttr After(ActiveExport export, in FileStatus status) => PostOpAttr.WithAttributes(Of(export, status));

    public static PreOpAttr Before(in FileStatus status) => PreOpAttr.WithAttributes(new WccAttr(status.Size, TimeOf(status.Modified), TimeOf(status.Changed)));

    public static Nfstime3 TimeOf(in StatxTime time) => new((uint)time.Seconds, time.Nanoseconds);

    private static Ftype3 TypeOf(in FileStatus status) => status.Type switch
    {
        FileType.Directory => Ftype3.NF3DIR,
        FileType.SymbolicLink => Ftype3.NF3LNK,
        FileType.Block => Ftype3.NF3BLK,
        FileType.Character => Ftype3.NF3CHR,
        FileType.Socket => Ftype3.NF3SOCK,
        FileType.Fifo => Ftype3.NF3FIFO,
        _ => Ftype3.NF3REG,
    };
}
