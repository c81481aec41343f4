using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>NFS version 3 (RFC 1813). A file holds the calls, another the replies, another what they have in common.</summary>
internal sealed partial class NfsBody(Nfs3Procedure procedure, bool isReply, ReadOnlyMemory<byte> data, bool isCut) : RpcBody(isReply, data, isCut)
{
    public override string Protocol => "NFS";

    public override string Title => "Sun NFS";

    protected override string Head => $"NFS {(IsReply ? "R" : "C")} {(procedure <= Nfs3Procedure.COMMIT ? $"{procedure}3" : $"procedure {(uint)procedure}")}";

    protected override void Read(ref XdrReader reader)
    {
        Found.AddAs("procedure", (ulong)procedure, $"{(uint)procedure} ({Purpose()})");
        if (IsReply)
        {
            ReadReply(ref reader);
        }
        else
        {
            ReadCall(ref reader);
        }
    }

    private string Purpose() => procedure switch
    {
        Nfs3Procedure.NULL => "Null procedure",
        Nfs3Procedure.GETATTR => "Get file attributes",
        Nfs3Procedure.SETATTR => "Set file attributes",
        Nfs3Procedure.LOOKUP => "Look up file name",
        Nfs3Procedure.ACCESS => "Check access permission",
        Nfs3Procedure.READLINK => "Read from symbolic link",
        Nfs3Procedure.READ => "Read from file",
        Nfs3Procedure.WRITE => "Write to file",
        Nfs3Procedure.CREATE => "Create file",
        Nfs3Procedure.MKDIR => "Make directory",
        Nfs3Procedure.SYMLINK => "Make symbolic link",
        Nfs3Procedure.MKNOD => "Make special file",
        Nfs3Procedure.REMOVE => "Remove file",
        Nfs3Procedure.RMDIR => "Remove directory",
        Nfs3Procedure.RENAME => "Rename",
        Nfs3Procedure.LINK => "Link",
        Nfs3Procedure.READDIR => "Read from directory",
        Nfs3Procedure.READDIRPLUS => "Read from directory - plus",
        Nfs3Procedure.FSSTAT => "Get filesystem statistics",
        Nfs3Procedure.FSINFO => "Get filesystem information",
        Nfs3Procedure.PATHCONF => "Get POSIX information",
        Nfs3Procedure.COMMIT => "Commit to stable storage",
        _ => "no such procedure",
    };
}
