using Zones.Network.Snoop.Layers;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>MOUNT version 3 (RFC 1813 appendix I).</summary>
internal sealed class MountBody(Mount3Procedure procedure, bool isReply, ReadOnlyMemory<byte> data, bool isCut) : RpcBody(isReply, data, isCut)
{
    public override string Protocol => "MOUNT";

    public override string Title => "NFS MOUNT";

    protected override string Head => $"MOUNT3 {(IsReply ? "R" : "C")} {Purpose()}";

    protected override void Read(ref XdrReader reader)
    {
        Found.AddAs("procedure", (ulong)procedure, $"{(uint)procedure} ({Purpose()})");
        switch (procedure)
        {
            case Mount3Procedure.MNT or Mount3Procedure.UMNT when !IsReply:
                string path = reader.ReadString(Mount3Constants.MNTPATHLEN).ToString();
                Say(path);
                Found.Add("directory", path);
                break;
            case Mount3Procedure.MNT:
                Mounted(Mountres3.Decode(ref reader));
                break;
            case Mount3Procedure.DUMP when IsReply:
                XdrArray<Mountbody> mounts = reader.ReadList<Mountbody>();
                Say($"{mounts.Count} entries");
                Found.Add("mounts", [.. mounts.Select(Mount)]);
                break;
            case Mount3Procedure.EXPORT when IsReply:
                XdrArray<Exportnode> exports = reader.ReadList<Exportnode>();
                Say($"{exports.Count} entries");
                Found.Add("exports", [.. exports.Select(Export)]);
                break;
        }
    }

    private void Mounted(Mountres3 result)
    {
        Found.AddAs("status", (ulong)result.FhsStatus, $"{(int)result.FhsStatus} ({result.FhsStatus})");
        Found.Add("status-name", result.FhsStatus.ToString());
        if (result.FhsStatus != Mountstat3.MNT3_OK)
        {
            Say(result.FhsStatus.ToString());
            return;
        }

        XdrOpaque handle = result.Mountinfo.Fhandle;
        string flavors = string.Join(',', result.Mountinfo.AuthFlavors.Select(Flavor));
        Say($"OK FH={FileHandle.Hash(handle.Span)} Auth={flavors}");
        Found.Add("file-handle", Hex(handle), $"[{FileHandle.Hash(handle.Span)}] {Hex(handle)}");
        Found.Add("authentication-flavors", flavors);
    }

    private static FieldList Mount(Mountbody mount)
    {
        FieldList fields = [];
        fields.Add("host", mount.MlHostname.ToString());
        fields.Add("directory", mount.MlDirectory.ToString());
        return fields;
    }

    private static FieldList Export(Exportnode export)
    {
        FieldList fields = [];
        fields.Add("directory", export.ExDir.ToString());
        fields.Add("groups", string.Join(' ', export.ExGroups.Select(group => group.GrName.ToString())));
        return fields;
    }

    private static string Flavor(int flavor) => (RpcAuthFlavor)flavor switch
    {
        RpcAuthFlavor.AUTH_NONE => "none",
        RpcAuthFlavor.AUTH_SYS => "unix",
        RpcAuthFlavor.AUTH_SHORT => "short",
        RpcAuthFlavor.AUTH_DH => "des",
        _ => Number(flavor),
    };

    private string Purpose() => procedure switch
    {
        Mount3Procedure.NULL => "Null",
        Mount3Procedure.MNT => "Mount",
        Mount3Procedure.DUMP => "Get mount list",
        Mount3Procedure.UMNT => "Unmount",
        Mount3Procedure.UMNTALL => "Unmount all",
        Mount3Procedure.EXPORT => "Get export list",
        _ => $"procedure {(uint)procedure}",
    };
}
