using Zones.Network.Snoop.Layers;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>What arguments and results are made of.</summary>
internal sealed partial class NfsBody
{
    private static readonly (int Bit, string Name)[] Accesses =
    [
        (Nfs3Constants.ACCESS3_READ, "read"),
        (Nfs3Constants.ACCESS3_LOOKUP, "lookup"),
        (Nfs3Constants.ACCESS3_MODIFY, "modify"),
        (Nfs3Constants.ACCESS3_EXTEND, "extend"),
        (Nfs3Constants.ACCESS3_DELETE, "delete"),
        (Nfs3Constants.ACCESS3_EXECUTE, "execute"),
    ];

    private void Handle(NfsFh3 handle, string prefix = "")
    {
        Say($"FH={FileHandle.Hash(handle.Data.Span)}");
        Handle(Found, $"{prefix}file-handle", handle);
    }

    private static void Handle(FieldList fields, string name, NfsFh3 handle) => fields.Add(name, Hex(handle.Data), $"[{FileHandle.Hash(handle.Data.Span)}] {Hex(handle.Data)}");

    private void Directory(Diropargs3 entry, string prefix = "")
    {
        Handle(entry.Dir, prefix);
        Found.Add($"{prefix}file-name", entry.Name.ToString());
    }

    private void Entry(Diropargs3 entry, string prefix = "")
    {
        Directory(entry, prefix);
        Say(entry.Name.ToString());
    }

    private void Access(uint access)
    {
        string names = string.Join(',', Accesses.Where(one => (access & one.Bit) != 0).Select(one => one.Name));
        Say($"({names})");
        Found.AddAs("access-bits", access, $"0x{access:x8} ({names})");
    }

    private void Stable(string name, StableHow how)
    {
        Say(how switch { StableHow.UNSTABLE => "(ASYNC)", StableHow.DATA_SYNC => "(DSYNC)", _ => "(FSYNC)" });
        Found.Add(name, how.ToString());
    }

    private void Attributes(string name, PostOpAttr attributes)
    {
        if (attributes.AttributesFollow)
        {
            Found.Add(name, Attributes(attributes.Attributes));
        }
    }

    private static FieldList Attributes(Fattr3 attributes)
    {
        FieldList fields = [];
        fields.Add("file-type", attributes.Type.ToString(), $"{(int)attributes.Type} ({TypeName(attributes.Type)})");
        fields.AddAs("mode", attributes.Mode, $"0{Convert.ToString(attributes.Mode, 8)}");
        fields.Add("links", (ulong)attributes.Nlink);
        fields.Add("uid", (ulong)attributes.Uid);
        fields.Add("gid", (ulong)attributes.Gid);
        fields.Add("size", attributes.Size, "bytes");
        fields.Add("used", attributes.Used, "bytes");
        fields.Add("special-major", (ulong)attributes.Rdev.Specdata1);
        fields.Add("special-minor", (ulong)attributes.Rdev.Specdata2);
        fields.AddAs("file-system-id", attributes.Fsid, $"0x{attributes.Fsid:x}");
        fields.Add("file-id", attributes.Fileid);
        fields.Add("access-time", Time(attributes.Atime));
        fields.Add("modification-time", Time(attributes.Mtime));
        fields.Add("attribute-change-time", Time(attributes.Ctime));
        return fields;
    }

    private void Attributes(string name, Sattr3 attributes)
    {
        FieldList fields = [];
        if (attributes.Mode.SetIt)
        {
            fields.AddAs("mode", attributes.Mode.Mode, $"0{Convert.ToString(attributes.Mode.Mode, 8)}");
        }

        if (attributes.Uid.SetIt)
        {
            fields.Add("uid", (ulong)attributes.Uid.Uid);
        }

        if (attributes.Gid.SetIt)
        {
            fields.Add("gid", (ulong)attributes.Gid.Gid);
        }

        if (attributes.Size.SetIt)
        {
            fields.Add("size", attributes.Size.Size, "bytes");
        }

        if (attributes.Atime.SetIt != TimeHow.DONT_CHANGE)
        {
            fields.Add("access-time", attributes.Atime.SetIt == TimeHow.SET_TO_CLIENT_TIME ? Time(attributes.Atime.Atime) : "server");
        }

        if (attributes.Mtime.SetIt != TimeHow.DONT_CHANGE)
        {
            fields.Add("modification-time", attributes.Mtime.SetIt == TimeHow.SET_TO_CLIENT_TIME ? Time(attributes.Mtime.Mtime) : "server");
        }

        Found.Add(name, fields);
    }

    // "Weak cache consistency": some attributes from before, and all from after.
    private void Change(string prefix, WccData change)
    {
        if (change.Before.AttributesFollow)
        {
            FieldList fields = [];
            fields.Add("size", change.Before.Attributes.Size, "bytes");
            fields.Add("modification-time", Time(change.Before.Attributes.Mtime));
            fields.Add("attribute-change-time", Time(change.Before.Attributes.Ctime));
            Found.Add($"{prefix}attributes-before", fields);
        }

        Attributes($"{prefix}attributes-after", change.After);
    }

    private static string TypeName(Ftype3 type) => type switch
    {
        Ftype3.NF3REG => "Regular File",
        Ftype3.NF3DIR => "Directory",
        Ftype3.NF3BLK => "Block special",
        Ftype3.NF3CHR => "Character special",
        Ftype3.NF3LNK => "Symbolic Link",
        Ftype3.NF3SOCK => "Socket",
        _ => "Named pipe",
    };

    private static string Time(Nfstime3 time) => $"{time.Seconds}.{time.Nseconds:000000000}";
}
