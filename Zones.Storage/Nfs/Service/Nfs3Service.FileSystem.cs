using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <content>FSSTAT, FSINFO, PATHCONF.</content>
internal sealed partial class Nfs3Service
{
    private const uint PreferredDirectoryRead = 64 << 10;

    /// <summary>The most hard links that a file may have on ext4; file systems that allow more will do so.</summary>
    private const uint MostLinks = 65_000;

    /// <inheritdoc/>
    public ValueTask<Fsstat3Res> FsstatAsync(Fsstat3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Fsroot.Data, call, changes: false, out Subject file);
        using (file)
        {
            FileSystemStatus system = default;
            if (errno == 0)
            {
                errno = Calls.FileSystemStatus(file.Node.Path, out system);
            }

            ulong unit = (ulong)system.FragmentSize;
            return new(errno == 0
                ? Fsstat3Res.WithResok(new Fsstat3Resok(
                    file.Attributes, system.Blocks * unit, system.BlocksFree * unit, system.BlocksAvailable * unit, system.Files, system.FilesFree, system.FilesFree, 0))
                : Fsstat3Res.WithResfail(NfsStatus.Of(errno), new Fsstat3Resfail(Attributes(file))));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Fsinfo3Res> FsinfoAsync(Fsinfo3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Fsroot.Data, call, changes: false, out Subject file);
        using (file)
        {
            const uint properties = Nfs3Constants.FSF3_LINK | Nfs3Constants.FSF3_SYMLINK | Nfs3Constants.FSF3_HOMOGENEOUS | Nfs3Constants.FSF3_CANSETTIME;
            return new(errno == 0
                ? Fsinfo3Res.WithResok(new Fsinfo3Resok(
                    file.Attributes, MaxTransfer, MaxTransfer, 1, MaxTransfer, MaxTransfer, 1, PreferredDirectoryRead, long.MaxValue, new Nfstime3(0, 1), properties))
                : Fsinfo3Res.WithResfail(NfsStatus.Of(errno), default));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Pathconf3Res> PathconfAsync(Pathconf3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Object.Data, call, changes: false, out Subject file);
        using (file)
        {
            return new(errno == 0
                ? Pathconf3Res.WithResok(new Pathconf3Resok(
                    file.Attributes, MostLinks, FileName.MaxLength, NoTrunc: true, ChownRestricted: true, CaseInsensitive: false, CasePreserving: true))
                : Pathconf3Res.WithResfail(NfsStatus.Of(errno), default));
        }
    }
}
