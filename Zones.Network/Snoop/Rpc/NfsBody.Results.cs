using Zones.Network.Snoop.Layers;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The longer of the results.</summary>
internal sealed partial class NfsBody
{
    private void Made(PostOpFh3 handle, PostOpAttr attributes, WccData directory)
    {
        if (handle.HandleFollows)
        {
            Handle(handle.Handle);
        }

        Attributes("attributes", attributes);
        Change("directory-", directory);
    }

    private void Listing(List<FieldList> entries, bool isEnd)
    {
        Say($"{entries.Count} entries ({(isEnd ? "No more" : "incomplete")})");
        Found.Add("entries", entries);
        Found.Add("end-of-directory", isEnd);
    }

    private static FieldList Entry(Entry3 entry)
    {
        FieldList fields = [];
        fields.Add("name", entry.Name.ToString());
        fields.Add("fileid", entry.Fileid);
        fields.Add("cookie", entry.Cookie);
        return fields;
    }

    private static FieldList Entry(Entryplus3 entry)
    {
        FieldList fields = [];
        fields.Add("name", entry.Name.ToString());
        fields.Add("fileid", entry.Fileid);
        fields.Add("cookie", entry.Cookie);
        if (entry.NameHandle.HandleFollows)
        {
            Handle(fields, "file-handle", entry.NameHandle.Handle);
        }

        if (entry.NameAttributes.AttributesFollow)
        {
            fields.Add("attributes", Attributes(entry.NameAttributes.Attributes));
        }

        return fields;
    }

    private void FileSystemState(Fsstat3Resok state)
    {
        Found.Add("total-space", state.Tbytes, "bytes");
        Found.Add("free-space", state.Fbytes, "bytes");
        Found.Add("available-space", state.Abytes, "bytes");
        Found.Add("total-file-slots", state.Tfiles);
        Found.Add("free-file-slots", state.Ffiles);
        Found.Add("available-file-slots", state.Afiles);
        Found.Add("invariant-time", state.Invarsec, "sec");
        Attributes("attributes", state.ObjAttributes);
    }

    private void FileSystemBounds(Fsinfo3Resok info)
    {
        Found.Add("read-transfer-maximum", info.Rtmax, "bytes");
        Found.Add("read-transfer-preferred", info.Rtpref, "bytes");
        Found.Add("read-transfer-multiple", info.Rtmult, "bytes");
        Found.Add("write-transfer-maximum", info.Wtmax, "bytes");
        Found.Add("write-transfer-preferred", info.Wtpref, "bytes");
        Found.Add("write-transfer-multiple", info.Wtmult, "bytes");
        Found.Add("directory-transfer-preferred", info.Dtpref, "bytes");
        Found.Add("maximum-file-size", info.Maxfilesize, "bytes");
        Found.Add("server-time-resolution", Time(info.TimeDelta), $"{Time(info.TimeDelta)} sec");
        Found.AddAs("properties", info.Properties, $"0x{info.Properties:x2}");
        Attributes("attributes", info.ObjAttributes);
    }

    private void PathBounds(Pathconf3Resok path)
    {
        Found.Add("link-max", (ulong)path.Linkmax);
        Found.Add("name-max", (ulong)path.NameMax);
        Found.Add("no-trunc", path.NoTrunc);
        Found.Add("chown-restricted", path.ChownRestricted);
        Found.Add("case-insensitive", path.CaseInsensitive);
        Found.Add("case-preserving", path.CasePreserving);
        Attributes("attributes", path.ObjAttributes);
    }
}
