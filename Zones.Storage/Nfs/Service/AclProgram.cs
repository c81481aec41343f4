using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <summary>
/// The access control lists beside NFSv3 (program 100227; no RFC has it, Solaris's nfs_acl.x and Linux's fs/nfs_common/nfsacl.c do): each
/// file has the list that its mode amounts to. Linux asks for it when somebody who is not root goes through an overlay over an export
/// (up to 6.1 at least), and takes a server without this program for an error, EOPNOTSUPP, of every access.
/// </summary>
/// <param name="service">Knows the files.</param>
internal sealed class AclProgram(Nfs3Service service) : RpcProgram(100227, 3)
{
    /// <inheritdoc/>
    public override string? NameOf(uint procedure) => procedure switch
    {
        0 => "NULL",
        1 => "GETACL",
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask<RpcAcceptStatus> InvokeAsync(RpcCall call)
    {
        switch (call.Procedure)
        {
            case 0:
                return Reply(call, ValueTask.CompletedTask);
            case 1 when call.TryDecode(out Arguments arguments):
                Getattr3Res attributes = service.GetattrAsync(new(arguments.File), call).GetAwaiter().GetResult();
                return Reply(call, new ValueTask<Result>(new Result(attributes, arguments.Mask)));
            case 1:
                return new(RpcAcceptStatus.GARBAGE_ARGS);
            default:
                return new(RpcAcceptStatus.PROC_UNAVAIL);
        }
    }

    /// <summary>GETACL3args.</summary>
    /// <param name="File">Which file's.</param>
    /// <param name="Mask">What is wanted.</param>
    private readonly record struct Arguments(NfsFh3 File, uint Mask) : IXdr<Arguments>
    {
        public static int MinSize => 8;

        public static Arguments Decode(ref XdrReader reader) => new(NfsFh3.Decode(ref reader), reader.ReadUInt32());

        public void Encode(ref XdrWriter writer)
        {
            File.Encode(ref writer);
            writer.WriteUInt32(Mask);
        }
    }

    /// <summary>GETACL3res.</summary>
    /// <param name="Attributes">Of the file.</param>
    /// <param name="Mask">What was wanted.</param>
    private readonly record struct Result(Getattr3Res Attributes, uint Mask) : IXdr<Result>
    {
        private const uint AccessList = 1; // NFS_ACL
        private const uint User = 1, Group = 4, Class = 0x10, Other = 0x20;

        public static int MinSize => 8;

        public static Result Decode(ref XdrReader reader) => throw new NotSupportedException();

        public void Encode(ref XdrWriter writer)
        {
            writer.WriteUInt32((uint)Attributes.Status);
            if (Attributes.Status != Nfsstat3.NFS3_OK)
            {
                default(PostOpAttr).Encode(ref writer);
                return;
            }

            Fattr3 file = Attributes.Resok.ObjAttributes;
            PostOpAttr.WithAttributes(file).Encode(ref writer);
            writer.WriteUInt32(Mask);
            (uint Kind, uint Id, uint Allowed)[] list = (Mask & AccessList) == 0 ? [] :
            [
                (User, file.Uid, (file.Mode >> 6) & 7), (Group, file.Gid, (file.Mode >> 3) & 7), (Class, 0, (file.Mode >> 3) & 7), (Other, 0, file.Mode & 7),
            ];

            // How many, and then an array, which says it again.
            writer.WriteUInt32((uint)list.Length);
            writer.WriteUInt32((uint)list.Length);
            foreach ((uint kind, uint id, uint allowed) in list)
            {
                writer.WriteUInt32(kind);
                writer.WriteUInt32(id);
                writer.WriteUInt32(allowed);
            }

            // The default list of a directory: none.
            writer.WriteUInt32(0);
            writer.WriteUInt32(0);
        }
    }
}
