using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Results.</summary>
internal sealed partial class NfsBody
{
    private void ReadReply(ref XdrReader reader)
    {
        if (procedure is Nfs3Procedure.NULL or > Nfs3Procedure.COMMIT)
        {
            return;
        }

        // The status comes first in all of them; the reader that is used for the rest begins with it once more.
        XdrReader ahead = reader;
        Nfsstat3 status = ahead.ReadNfsstat3();
        Say(status == Nfsstat3.NFS3_OK ? "OK" : status.ToString());
        Found.AddAs("status", (ulong)status, $"{(int)status} ({status})");
        Found.Add("status-name", status.ToString());
        if (status == Nfsstat3.NFS3_OK)
        {
            ReadResults(ref reader);
        }
        else
        {
            ReadFailure(ref reader);
        }
    }

    private void ReadResults(ref XdrReader reader)
    {
        switch (procedure)
        {
            case Nfs3Procedure.GETATTR:
                Found.Add("attributes", Attributes(Getattr3Res.Decode(ref reader).Resok.ObjAttributes));
                break;
            case Nfs3Procedure.SETATTR:
                Change("", Setattr3Res.Decode(ref reader).Resok.ObjWcc);
                break;
            case Nfs3Procedure.LOOKUP:
                Lookup3Resok lookup = Lookup3Res.Decode(ref reader).Resok;
                Handle(lookup.Object);
                Attributes("attributes", lookup.ObjAttributes);
                Attributes("directory-attributes", lookup.DirAttributes);
                break;
            case Nfs3Procedure.ACCESS:
                Access3Resok access = Access3Res.Decode(ref reader).Resok;
                Access(access.Access);
                Attributes("attributes", access.ObjAttributes);
                break;
            case Nfs3Procedure.READLINK:
                Readlink3Resok readlink = Readlink3Res.Decode(ref reader).Resok;
                Say($"(Path={readlink.Data})");
                Found.Add("path", readlink.Data.ToString());
                Attributes("attributes", readlink.SymlinkAttributes);
                break;
            case Nfs3Procedure.READ:
                // Not the data: it is long, and often not captured.
                reader.ReadNfsstat3();
                Attributes("attributes", PostOpAttr.Decode(ref reader));
                uint count = reader.ReadUInt32();
                bool end = reader.ReadBoolean();
                Say($"({count} bytes){(end ? " EOF" : "")}");
                Found.Add("count", count, "bytes");
                Found.Add("end-of-file", end);
                break;
            case Nfs3Procedure.WRITE:
                Write3Resok write = Write3Res.Decode(ref reader).Resok;
                Say(Number(write.Count));
                Found.Add("count", write.Count, "bytes");
                Stable("committed", write.Committed);
                Found.Add("verifier", Hex(write.Verf));
                Change("", write.FileWcc);
                break;
            case Nfs3Procedure.CREATE:
                Create3Resok create = Create3Res.Decode(ref reader).Resok;
                Made(create.Obj, create.ObjAttributes, create.DirWcc);
                break;
            case Nfs3Procedure.MKDIR:
                Mkdir3Resok mkdir = Mkdir3Res.Decode(ref reader).Resok;
                Made(mkdir.Obj, mkdir.ObjAttributes, mkdir.DirWcc);
                break;
            case Nfs3Procedure.SYMLINK:
                Symlink3Resok symlink = Symlink3Res.Decode(ref reader).Resok;
                Made(symlink.Obj, symlink.ObjAttributes, symlink.DirWcc);
                break;
            case Nfs3Procedure.MKNOD:
                Mknod3Resok mknod = Mknod3Res.Decode(ref reader).Resok;
                Made(mknod.Obj, mknod.ObjAttributes, mknod.DirWcc);
                break;
            case Nfs3Procedure.REMOVE:
                Change("directory-", Remove3Res.Decode(ref reader).Resok.DirWcc);
                break;
            case Nfs3Procedure.RMDIR:
                Change("directory-", Rmdir3Res.Decode(ref reader).Resok.DirWcc);
                break;
            case Nfs3Procedure.RENAME:
                Rename3Resok rename = Rename3Res.Decode(ref reader).Resok;
                Change("from-directory-", rename.FromdirWcc);
                Change("to-directory-", rename.TodirWcc);
                break;
            case Nfs3Procedure.LINK:
                Link3Resok link = Link3Res.Decode(ref reader).Resok;
                Attributes("attributes", link.FileAttributes);
                Change("directory-", link.LinkdirWcc);
                break;
            case Nfs3Procedure.READDIR:
                Readdir3Resok readdir = Readdir3Res.Decode(ref reader).Resok;
                Attributes("directory-attributes", readdir.DirAttributes);
                Found.Add("cookie-verifier", Hex(readdir.Cookieverf));
                Listing([.. readdir.Reply.Entries.Select(Entry)], readdir.Reply.Eof);
                break;
            case Nfs3Procedure.READDIRPLUS:
                Readdirplus3Resok plus = Readdirplus3Res.Decode(ref reader).Resok;
                Attributes("directory-attributes", plus.DirAttributes);
                Found.Add("cookie-verifier", Hex(plus.Cookieverf));
                Listing([.. plus.Reply.Entries.Select(Entry)], plus.Reply.Eof);
                break;
            case Nfs3Procedure.FSSTAT:
                FileSystemState(Fsstat3Res.Decode(ref reader).Resok);
                break;
            case Nfs3Procedure.FSINFO:
                FileSystemBounds(Fsinfo3Res.Decode(ref reader).Resok);
                break;
            case Nfs3Procedure.PATHCONF:
                PathBounds(Pathconf3Res.Decode(ref reader).Resok);
                break;
            case Nfs3Procedure.COMMIT:
                Commit3Resok commit = Commit3Res.Decode(ref reader).Resok;
                Found.Add("verifier", Hex(commit.Verf));
                Change("", commit.FileWcc);
                break;
        }
    }

    private void ReadFailure(ref XdrReader reader)
    {
        reader.ReadNfsstat3();
        switch (procedure)
        {
            case Nfs3Procedure.GETATTR:
                break;
            case Nfs3Procedure.SETATTR or Nfs3Procedure.WRITE or Nfs3Procedure.COMMIT:
                Change("", WccData.Decode(ref reader));
                break;
            case Nfs3Procedure.LOOKUP or Nfs3Procedure.READDIR or Nfs3Procedure.READDIRPLUS:
                Attributes("directory-attributes", PostOpAttr.Decode(ref reader));
                break;
            case Nfs3Procedure.CREATE or Nfs3Procedure.MKDIR or Nfs3Procedure.SYMLINK or Nfs3Procedure.MKNOD or Nfs3Procedure.REMOVE or Nfs3Procedure.RMDIR:
                Change("directory-", WccData.Decode(ref reader));
                break;
            case Nfs3Procedure.RENAME:
                Change("from-directory-", WccData.Decode(ref reader));
                Change("to-directory-", WccData.Decode(ref reader));
                break;
            case Nfs3Procedure.LINK:
                Attributes("attributes", PostOpAttr.Decode(ref reader));
                Change("directory-", WccData.Decode(ref reader));
                break;
            default:
                Attributes("attributes", PostOpAttr.Decode(ref reader));
                break;
        }
    }
}
