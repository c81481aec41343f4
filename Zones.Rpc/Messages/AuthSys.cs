namespace Zones.Rpc;

/// <summary>AUTH_SYS credentials (RFC 5531 appendix A): who the client says the caller is.</summary>
/// <param name="Stamp">Any number.</param>
/// <param name="MachineName">The client's name, at most 255 bytes.</param>
/// <param name="Uid">The caller's user.</param>
/// <param name="Gid">The caller's group.</param>
/// <param name="Gids">Further groups, at most 16.</param>
public sealed record AuthSys(uint Stamp, XdrString MachineName, uint Uid, uint Gid, XdrArray<uint> Gids) : IXdr<AuthSys>
{
    private const uint MaxMachineName = 255;
    private const uint MaxGids = 16;

    /// <inheritdoc/>
    public static int MinSize => 20;

    /// <inheritdoc/>
    public static AuthSys Decode(ref XdrReader reader)
    {
        uint stamp = reader.ReadUInt32();
        XdrString machine = reader.ReadString(MaxMachineName);
        uint uid = reader.ReadUInt32();
        uint gid = reader.ReadUInt32();
        uint[] gids = new uint[reader.ReadCount(MaxGids, sizeof(uint))];
        for (int i = 0; i < gids.Length; i++)
        {
            gids[i] = reader.ReadUInt32();
        }

        return new AuthSys(stamp, machine, uid, gid, gids);
    }

    /// <inheritdoc/>
    public void Encode(ref XdrWriter writer)
    {
        writer.WriteUInt32(Stamp);
        writer.WriteString(MachineName, MaxMachineName);
        writer.WriteUInt32(Uid);
        writer.WriteUInt32(Gid);
        writer.WriteCount(Gids.Count, MaxGids);
        foreach (uint gid in Gids)
        {
            writer.WriteUInt32(gid);
        }
    }
}
