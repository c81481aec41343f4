using System.Net;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Tests.Rpc.Nfs;

/// <summary>The NFSv3 client against servers that do what is allowed but rare, or what is not.</summary>
public sealed class NfsClientTests
{
    private static readonly NfsFh3 Root = new(new byte[] { 1, 2, 3, 4 });
    private static readonly NfsFh3 Other = new(new byte[] { 5, 6, 7, 8 });

    [Fact]
    public async Task One_port_serves_both_programs_and_a_wrong_export_has_its_status()
    {
        await using RpcServer server = Serve();
        await using NfsClient nfs = await MountAsync(server);
        Assert.Equal(Root, nfs.Root);
        NfsMountException error = await Assert.ThrowsAsync<NfsMountException>(() => NfsClient.MountAsync(Options(server, "/other")));
        Assert.Equal("cannot mount '/other': MNT3ERR_NOENT: is it exported, and to this host?", error.Message);
    }

    [Fact]
    public async Task A_server_that_tells_no_handle_of_what_it_made_is_asked_for_it()
    {
        await using RpcServer server = Serve(
            ("MkdirAsync", _ => new ValueTask<Mkdir3Res>(Mkdir3Res.WithResok(default))),
            ("LookupAsync", _ => new ValueTask<Lookup3Res>(Lookup3Res.WithResok(new(Other, default, default)))));
        await using NfsClient nfs = await MountAsync(server);
        Assert.Equal(Other, (await nfs.MkdirAsync(nfs.Root, "new", default)).Handle);
    }

    [Theory]
    [InlineData(4u, 5)]
    [InlineData(11u, 11)]
    public async Task A_read_that_counts_wrong_or_gives_too_much_is_an_error(uint count, int length)
    {
        await using RpcServer server = Serve(("ReadAsync", _ => new ValueTask<Read3Res>(Read3Res.WithResok(new(default, count, false, new byte[length])))));
        await using NfsClient nfs = await MountAsync(server);
        byte[] memory = new byte[10];
        await Assert.ThrowsAsync<XdrException>(async () => await nfs.ReadAsync(nfs.Root, 0, memory));
        Assert.All(memory, one => Assert.Equal(0, one));
    }

    [Fact]
    public async Task No_read_or_write_asks_for_more_than_the_server_takes()
    {
        await using RpcServer server = Serve(
            ("ReadAsync", arguments => new ValueTask<Read3Res>(Read3Res.WithResok(new(default, ((Read3Args)arguments[0]!).Count, false, new byte[((Read3Args)arguments[0]!).Count])))),
            ("WriteAsync", arguments => new ValueTask<Write3Res>(Write3Res.WithResok(new(default, ((Write3Args)arguments[0]!).Count, StableHow.FILE_SYNC, new byte[8])))));
        await using NfsClient nfs = await MountAsync(server);
        Assert.Equal(4096, (await nfs.ReadAsync(nfs.Root, 0, new byte[10_000])).Count);
        Assert.Equal(8192, (await nfs.WriteAsync(nfs.Root, 0, new byte[10_000])).Count);
    }

    [Fact]
    public async Task A_directory_that_neither_goes_on_nor_ends_is_an_error()
    {
        await using RpcServer server = Serve(
            ("ReaddirAsync", _ => new ValueTask<Readdir3Res>(Readdir3Res.WithResok(new(default, new byte[8], default)))),
            ("ReaddirplusAsync", _ => new ValueTask<Readdirplus3Res>(Readdirplus3Res.WithResok(new(default, new byte[8], default)))));
        await using NfsClient nfs = await MountAsync(server);
        await Assert.ThrowsAsync<RpcException>(() => nfs.ReaddirAsync(nfs.Root).ToListAsync().AsTask());
        await Assert.ThrowsAsync<RpcException>(() => nfs.ReaddirplusAsync(nfs.Root).ToListAsync().AsTask());
    }

    [Fact]
    public async Task A_known_root_needs_no_mount_and_a_stale_one_is_told_at_once()
    {
        await using RpcServer server = Serve();
        await using (NfsClient nfs = await NfsClient.OpenAsync(Options(server), Root))
        {
            await nfs.NullAsync();
        }

        NfsException error = await Assert.ThrowsAsync<NfsException>(() => NfsClient.OpenAsync(Options(server), Other));
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, error.Status);
    }

    private static RpcServer Serve(params (string Name, Func<object?[], object> Method)[] methods)
    {
        INfs3Server nfs = Scripted.Of<INfs3Server>(
        [
            .. methods,
            ("NullAsync", _ => ValueTask.CompletedTask),
            ("FsinfoAsync", arguments => new ValueTask<Fsinfo3Res>(((Fsinfo3Args)arguments[0]!).Fsroot == Root
                ? Fsinfo3Res.WithResok(default(Fsinfo3Resok) with { Rtmax = 4096, Wtmax = 8192 })
                : Fsinfo3Res.WithResfail(Nfsstat3.NFS3ERR_STALE, default))),
        ]);
        IMount3Server mount = Scripted.Of<IMount3Server>(("MntAsync", arguments => new ValueTask<Mountres3>((XdrString)arguments[0]! == "/export"
            ? Mountres3.WithMountinfo(new Mountres3Ok(Root.Data, [1]))
            : Mountres3.Without(Mountstat3.MNT3ERR_NOENT))));
        RpcServer server = new(new RpcServerOptions(), new Nfs3Program(nfs), new Mount3Program(mount));
        server.Start();
        return server;
    }

    private static NfsClientOptions Options(RpcServer server, string export = "/export") => new() { Host = IPAddress.Loopback.ToString(), Export = export, Port = server.EndPoint.Port };

    private static Task<NfsClient> MountAsync(RpcServer server) => NfsClient.MountAsync(Options(server));
}
