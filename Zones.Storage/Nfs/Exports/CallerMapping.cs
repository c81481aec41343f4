namespace Zones.Storage.Nfs;

/// <summary>From the credentials of a call (AUTH_SYS, RFC 5531 appendix A) to who it acts as here.</summary>
internal static class CallerMapping
{
    /// <summary>A caller without credentials.</summary>
    public static FsIdentity Anonymous(NfsExport export) => new(export.AnonymousUid, export.AnonymousGid, []);

    /// <summary>A caller that names its ids. Ids outside the export's window count as unknown.</summary>
    public static FsIdentity Map(NfsExport export, uint uid, uint gid, ReadOnlySpan<uint> groups)
    {
        bool squashRoot = export.Squash == NfsSquash.Root;
        if (export.Squash == NfsSquash.All || !export.Ids.TryToDisk(uid, out uint diskUid) || (squashRoot && diskUid == 0))
        {
            return Anonymous(export);
        }

        uint[] diskGroups = new uint[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            diskGroups[i] = Group(groups[i]);
        }

        return new FsIdentity(diskUid, Group(gid), diskGroups);

        uint Group(uint onWire) => export.Ids.TryToDisk(onWire, out uint onDisk) && !(squashRoot && onDisk == 0) ? onDisk : export.AnonymousGid;
    }
}
