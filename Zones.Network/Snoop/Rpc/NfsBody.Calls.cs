using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Arguments.</summary>
internal sealed partial class NfsBody
{
    private void ReadCall(ref XdrReader reader)
    {
        switch (procedure)
        {
            case Nfs3Procedure.GETATTR:
                Handle(Getattr3Args.Decode(ref reader).Object);
                break;
            case Nfs3Procedure.SETATTR:
                Setattr3Args setattr = Setattr3Args.Decode(ref reader);
                Handle(setattr.Object);
                Attributes("new-attributes", setattr.NewAttributes);
                if (setattr.Guard.Check)
                {
                    Found.Add("guard", Time(setattr.Guard.ObjCtime));
                }

                break;
            case Nfs3Procedure.LOOKUP:
                Entry(Lookup3Args.Decode(ref reader).What);
                break;
            case Nfs3Procedure.ACCESS:
                Access3Args access = Access3Args.Decode(ref reader);
                Handle(access.Object);
                Access(access.Access);
                break;
            case Nfs3Procedure.READLINK:
                Handle(Readlink3Args.Decode(ref reader).Symlink);
                break;
            case Nfs3Procedure.READ:
                Read3Args read = Read3Args.Decode(ref reader);
                Handle(read.File);
                Range(read.Offset, read.Count);
                break;
            case Nfs3Procedure.WRITE:
                // Not the data: it is long, and often not captured.
                Handle(NfsFh3.Decode(ref reader));
                Range(reader.ReadUInt64(), reader.ReadUInt32());
                Stable("stable", reader.ReadStableHow());
                break;
            case Nfs3Procedure.CREATE:
                Create3Args create = Create3Args.Decode(ref reader);
                Directory(create.Where);
                Say($"({create.How.Mode})");
                Say(create.Where.Name.ToString());
                Found.Add("method", create.How.Mode.ToString());
                if (create.How.Mode == Createmode3.EXCLUSIVE)
                {
                    Found.Add("verifier", Hex(create.How.Verf));
                }
                else
                {
                    Attributes("attributes", create.How.ObjAttributes);
                }

                break;
            case Nfs3Procedure.MKDIR:
                Mkdir3Args mkdir = Mkdir3Args.Decode(ref reader);
                Entry(mkdir.Where);
                Attributes("attributes", mkdir.Attributes);
                break;
            case Nfs3Procedure.SYMLINK:
                Symlink3Args symlink = Symlink3Args.Decode(ref reader);
                Entry(symlink.Where);
                Say($"to {symlink.Symlink.SymlinkData}");
                Found.Add("path", symlink.Symlink.SymlinkData.ToString());
                Attributes("attributes", symlink.Symlink.SymlinkAttributes);
                break;
            case Nfs3Procedure.MKNOD:
                Special(Mknod3Args.Decode(ref reader));
                break;
            case Nfs3Procedure.REMOVE:
                Entry(Remove3Args.Decode(ref reader).Object);
                break;
            case Nfs3Procedure.RMDIR:
                Entry(Rmdir3Args.Decode(ref reader).Object);
                break;
            case Nfs3Procedure.RENAME:
                Rename3Args rename = Rename3Args.Decode(ref reader);
                Entry(rename.From);
                Say("to");
                Entry(rename.To, "to-");
                break;
            case Nfs3Procedure.LINK:
                Link3Args link = Link3Args.Decode(ref reader);
                Handle(link.File);
                Say("to");
                Entry(link.Link, "link-");
                break;
            case Nfs3Procedure.READDIR:
                Readdir3Args readdir = Readdir3Args.Decode(ref reader);
                Handle(readdir.Dir);
                Say($"Cookie={readdir.Cookie} for {readdir.Count}");
                Cookie(readdir.Cookie, readdir.Cookieverf);
                Found.Add("count", readdir.Count, "bytes");
                break;
            case Nfs3Procedure.READDIRPLUS:
                Readdirplus3Args plus = Readdirplus3Args.Decode(ref reader);
                Handle(plus.Dir);
                Say($"Cookie={plus.Cookie} for {plus.Dircount}/{plus.Maxcount}");
                Cookie(plus.Cookie, plus.Cookieverf);
                Found.Add("dircount", plus.Dircount, "bytes");
                Found.Add("maxcount", plus.Maxcount, "bytes");
                break;
            case Nfs3Procedure.FSSTAT:
                Handle(Fsstat3Args.Decode(ref reader).Fsroot);
                break;
            case Nfs3Procedure.FSINFO:
                Handle(Fsinfo3Args.Decode(ref reader).Fsroot);
                break;
            case Nfs3Procedure.PATHCONF:
                Handle(Pathconf3Args.Decode(ref reader).Object);
                break;
            case Nfs3Procedure.COMMIT:
                Commit3Args commit = Commit3Args.Decode(ref reader);
                Handle(commit.File);
                Range(commit.Offset, commit.Count);
                break;
        }
    }

    private void Special(Mknod3Args mknod)
    {
        Directory(mknod.Where);
        Say($"({TypeName(mknod.What.Type)})");
        Say(mknod.Where.Name.ToString());
        Found.Add("file-type", mknod.What.Type.ToString());
        if (mknod.What.Type is Ftype3.NF3CHR or Ftype3.NF3BLK)
        {
            Attributes("attributes", mknod.What.Device.DevAttributes);
            Found.Add("major", (ulong)mknod.What.Device.Spec.Specdata1);
            Found.Add("minor", (ulong)mknod.What.Device.Spec.Specdata2);
        }
        else if (mknod.What.Type is Ftype3.NF3SOCK or Ftype3.NF3FIFO)
        {
            Attributes("attributes", mknod.What.PipeAttributes);
        }
    }

    private void Range(ulong offset, uint count)
    {
        Say($"at {offset} for {count}");
        Found.Add("offset", offset, "bytes");
        Found.Add("count", count, "bytes");
    }

    private void Cookie(ulong cookie, XdrOpaque verifier)
    {
        Found.Add("cookie", cookie);
        Found.Add("cookie-verifier", Hex(verifier));
    }
}
