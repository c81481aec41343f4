using Zones.Rpc.Protocols;
using Zones.Tests.Storage;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>Calls of every procedure of MOUNT and NFS to our own server over TCP, recorded by tcpdump.</summary>
public sealed class NfsTraffic : IAsyncLifetime
{
    private Recording? _recording;

    /// <summary>The file.</summary>
    public string Path => _recording!.Path;

    /// <summary>The server's port.</summary>
    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        ServedDirectory served = ServedDirectory.ReadWrite();
        await using (served)
        {
            Port = served.Server.EndPoint.Port;
            _recording = await Recording.StartAsync("lo", $"tcp port {Port}");
            await MountAsync(new Mount3Client(served.Nfs.Rpc));
            await CallAsync(served, await served.HandleAsync());
            await _recording.StopAsync(packets => packets.Any(packet => packet.Messages.Any(message => message is { IsReply: true, Call.ProcedureName: "COMMIT" })));
        }
    }

    public ValueTask DisposeAsync()
    {
        _recording?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task MountAsync(Mount3Client mount)
    {
        await mount.NullAsync();
        await mount.MntAsync("/nowhere");
        await mount.DumpAsync();
        await mount.ExportAsync();
        await mount.UmntAsync("/export");
        await mount.UmntallAsync();
    }

    private static async Task CallAsync(ServedDirectory served, NfsFh3 top)
    {
        Nfs3Client nfs = served.Nfs;
        await nfs.NullAsync();
        await nfs.FsinfoAsync(new Fsinfo3Args(top));
        await nfs.FsstatAsync(new Fsstat3Args(top));
        await nfs.PathconfAsync(new Pathconf3Args(top));
        await nfs.GetattrAsync(new Getattr3Args(top));
        NfsFh3 file = (await nfs.CreateAsync(new Create3Args(new Diropargs3(top, "file"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, new Sattr3 { Mode = SetMode3.WithMode(0x1A4) })))).Resok.Obj.Handle;
        await nfs.CreateAsync(new Create3Args(new Diropargs3(top, "file"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)));
        await nfs.SetattrAsync(new Setattr3Args(file, new Sattr3 { Mode = SetMode3.WithMode(0x180), Uid = SetUid3.WithUid(7) }, default));
        await nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, "file")));
        await nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, "no\x1b[31m\nsuch")));
        await nfs.AccessAsync(new Access3Args(file, 0x3f));
        await nfs.WriteAsync(new Write3Args(file, 0, 5, StableHow.UNSTABLE, "hello"u8.ToArray()));
        await nfs.WriteAsync(new Write3Args(file, 5, 200_000, StableHow.FILE_SYNC, new byte[200_000]));
        await nfs.ReadAsync(new Read3Args(file, 0, 4096));
        await nfs.ReadAsync(new Read3Args(file, 5, 1 << 20));
        await nfs.SymlinkAsync(new Symlink3Args(new Diropargs3(top, "link"), new Symlinkdata3(default, "file")));
        NfsFh3 link = (await nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, "link")))).Resok.Object;
        await nfs.ReadlinkAsync(new Readlink3Args(link));
        await nfs.MkdirAsync(new Mkdir3Args(new Diropargs3(top, "dir"), new Sattr3 { Mode = SetMode3.WithMode(0x1ED) }));
        NfsFh3 dir = (await nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, "dir")))).Resok.Object;
        await nfs.MknodAsync(new Mknod3Args(new Diropargs3(dir, "pipe"), Mknoddata3.WithPipeAttributes(Ftype3.NF3FIFO, default)));
        await nfs.LinkAsync(new Link3Args(file, new Diropargs3(dir, "hard")));
        await nfs.RenameAsync(new Rename3Args(new Diropargs3(dir, "hard"), new Diropargs3(top, "moved")));
        await nfs.ReaddirAsync(new Readdir3Args(top, 0, new byte[8], 4096));
        await nfs.ReaddirplusAsync(new Readdirplus3Args(top, 0, new byte[8], 4096, 32768));
        await nfs.RemoveAsync(new Remove3Args(new Diropargs3(dir, "pipe")));
        await nfs.RmdirAsync(new Rmdir3Args(new Diropargs3(top, "dir")));
        await nfs.CommitAsync(new Commit3Args(file, 0, 0));
    }
}
