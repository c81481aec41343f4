using System.Net;
using System.Net.Sockets;
using System.Text;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>The procedures that change nothing, and what they answer to what cannot be.</summary>
public sealed class ProcedureTests : IAsyncLifetime
{
    private readonly ServedDirectory _served = new();

    private Nfs3Client Nfs => _served.Nfs;

    public ValueTask InitializeAsync()
    {
        _served.Files.Write("dir/file", "content");
        File.CreateSymbolicLink(Path.Combine(_served.Files.Inside, "link"), "dir/file");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task Null_answers_nothing() => await Nfs.NullAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Getattr_tells_what_stat_tells()
    {
        string path = Path.Combine(_served.Files.Inside, "dir/file");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_000);
        Mono.Unix.Native.Syscall.lstat(path, out Mono.Unix.Native.Stat expected);
        Fattr3 file = (await Nfs.GetattrAsync(new Getattr3Args(await _served.HandleAsync("dir/file")))).Resok.ObjAttributes;
        Assert.Equal(Ftype3.NF3REG, file.Type);
        Assert.Equal(0b110_100_000u, file.Mode);
        Assert.Equal((7ul, 1u, expected.st_ino), (file.Size, file.Nlink, file.Fileid));
        Assert.Equal(new Nfstime3((uint)expected.st_mtime, (uint)expected.st_mtime_nsec), file.Mtime);
        Assert.Equal((ulong)expected.st_blocks * 512, file.Used);

        Assert.Equal(Ftype3.NF3DIR, (await Nfs.GetattrAsync(new Getattr3Args(await _served.HandleAsync("dir")))).Resok.ObjAttributes.Type);
        Assert.Equal(Ftype3.NF3LNK, (await Nfs.GetattrAsync(new Getattr3Args(await _served.HandleAsync("link")))).Resok.ObjAttributes.Type);
    }

    [Fact]
    public async Task Lookup_gives_the_error_that_belongs_to_the_name()
    {
        NfsFh3 top = await _served.HandleAsync();
        await Expect(Nfsstat3.NFS3ERR_NOENT, top, "none"u8.ToArray());
        await Expect(Nfsstat3.NFS3ERR_NAMETOOLONG, top, new byte[256].Select(_ => (byte)'x').ToArray());
        await Expect(Nfsstat3.NFS3ERR_NOENT, top, new byte[255].Select(_ => (byte)'x').ToArray());
        await Expect(Nfsstat3.NFS3ERR_ACCES, top, "dir/file"u8.ToArray());
        await Expect(Nfsstat3.NFS3ERR_ACCES, top, "dir\0file"u8.ToArray());
        await Expect(Nfsstat3.NFS3ERR_ACCES, top, []);
        await Expect(Nfsstat3.NFS3ERR_NOTDIR, await _served.HandleAsync("dir/file"), "x"u8.ToArray());
        await Expect(Nfsstat3.NFS3ERR_NOTDIR, await _served.HandleAsync("link"), "x"u8.ToArray());
        await Expect(Nfsstat3.NFS3ERR_BADHANDLE, new NfsFh3(new byte[12]), "x"u8.ToArray());
        Assert.Equal(top, (await Nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, ".")))).Resok.Object);
        Assert.Equal(top, (await Nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, "..")))).Resok.Object);
        Assert.Equal(top, (await Nfs.LookupAsync(new Lookup3Args(new Diropargs3(await _served.HandleAsync("dir"), "..")))).Resok.Object);

        async Task Expect(Nfsstat3 status, NfsFh3 directory, byte[] name) =>
            Assert.Equal(status, (await Nfs.LookupAsync(new Lookup3Args(new Diropargs3(directory, name)))).Status);
    }

    [Fact]
    public async Task Names_are_bytes()
    {
        byte[] name = [0xff, 0xfe, (byte)' ', 0x80, (byte)'\n'];
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        NfsFh3 top = await served.HandleAsync();
        Create3Res created = await served.Nfs.CreateAsync(new Create3Args(new Diropargs3(top, name), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)));
        Assert.Equal(Nfsstat3.NFS3_OK, created.Status);
        Assert.Equal(created.Resok.Obj.Handle, (await served.Nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, name)))).Resok.Object);
        Assert.Contains(await Listing.PlusAsync(served.Nfs, top), entry => entry.Name.Span.SequenceEqual(name));
    }

    [Fact]
    public async Task Readlink_gives_the_target_and_refuses_everything_else()
    {
        Assert.Equal("dir/file", (await Nfs.ReadlinkAsync(new Readlink3Args(await _served.HandleAsync("link")))).Resok.Data.ToString());
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.ReadlinkAsync(new Readlink3Args(await _served.HandleAsync("dir/file")))).Status);
    }

    [Theory]
    [InlineData(0, 100, "content", true)]
    [InlineData(0, 3, "con", false)]
    [InlineData(3, 4, "tent", true)]
    [InlineData(7, 10, "", true)]
    [InlineData(1L << 40, 10, "", true)]
    [InlineData(2, 0, "", false)]
    public async Task Read_gives_what_is_there_and_tells_the_end(long offset, uint count, string expected, bool eof)
    {
        Read3Res read = await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("dir/file"), (ulong)offset, count));
        Assert.Equal(Nfsstat3.NFS3_OK, read.Status);
        Assert.Equal(expected, Encoding.UTF8.GetString(read.Resok.Data.Span));
        Assert.Equal(((uint)expected.Length, eof), (read.Resok.Count, read.Resok.Eof));
        Assert.Equal(7ul, read.Resok.FileAttributes.Attributes.Size);
    }

    [Fact]
    public async Task Read_refuses_what_is_no_file()
    {
        Assert.Equal(Nfsstat3.NFS3ERR_ISDIR, (await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("dir"), 0, 1))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("link"), 0, 1))).Status);
        Assert.Equal(Nfsstat3.NFS3_OK, (await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("dir/file"), ulong.MaxValue, uint.MaxValue))).Status);
    }

    [Fact]
    public async Task Fsinfo_fsstat_and_pathconf_tell_what_the_server_and_the_file_system_can()
    {
        NfsFh3 top = await _served.HandleAsync();
        Fsinfo3Resok info = (await Nfs.FsinfoAsync(new Fsinfo3Args(top))).Resok;
        Assert.Equal((1u << 20, 1u << 20, (ulong)long.MaxValue), (info.Rtmax, info.Wtmax, info.Maxfilesize));
        Fsstat3Resok system = (await Nfs.FsstatAsync(new Fsstat3Args(top))).Resok;
        DriveInfo drive = new(_served.Files.Inside);
        Assert.Equal((ulong)drive.TotalSize, system.Tbytes);
        Assert.Equal(255u, (await Nfs.PathconfAsync(new Pathconf3Args(top))).Resok.NameMax);
        Assert.Equal(Nfsstat3.NFS3ERR_BADHANDLE, (await Nfs.FsinfoAsync(new Fsinfo3Args(new NfsFh3(new byte[3])))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_BADHANDLE, (await Nfs.FsstatAsync(new Fsstat3Args(new NfsFh3(new byte[3])))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_BADHANDLE, (await Nfs.PathconfAsync(new Pathconf3Args(new NfsFh3(new byte[64])))).Status);
    }

    [Fact]
    public async Task A_read_only_export_answers_every_change_with_rofs()
    {
        NfsFh3 top = await _served.HandleAsync();
        NfsFh3 file = await _served.HandleAsync("dir/file");
        Diropargs3 name = new(top, "new");
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.SetattrAsync(new Setattr3Args(file, default, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.WriteAsync(new Write3Args(file, 0, 1, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.CommitAsync(new Commit3Args(file, 0, 0))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.CreateAsync(new Create3Args(name, Createhow3.WithVerf(new byte[8])))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.MkdirAsync(new Mkdir3Args(name, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.SymlinkAsync(new Symlink3Args(name, new Symlinkdata3(default, "x")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.MknodAsync(new Mknod3Args(name, Mknoddata3.WithPipeAttributes(Ftype3.NF3FIFO, default)))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.RemoveAsync(new Remove3Args(new Diropargs3(top, "link")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.RmdirAsync(new Rmdir3Args(new Diropargs3(top, "dir")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.RenameAsync(new Rename3Args(new Diropargs3(top, "link"), name))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await Nfs.LinkAsync(new Link3Args(file, name))).Status);
        const uint all = 0x3f, readLookupExecute = 3;
        Assert.Equal(readLookupExecute, (await Nfs.AccessAsync(new Access3Args(top, all))).Resok.Access);
    }

    [Fact]
    public async Task Another_program_or_version_or_procedure_gets_the_protocols_own_error()
    {
        const uint nfsAcl = 100227;
        await Expect(nfsAcl, 3, 0, RpcAcceptStatus.PROG_UNAVAIL);
        await Expect(Nfs3Client.Program, 4, 0, RpcAcceptStatus.PROG_MISMATCH);
        await Expect(Nfs3Client.Program, 3, 22, RpcAcceptStatus.PROC_UNAVAIL);
        await Expect(Nfs3Client.Program, 3, (uint)Nfs3Procedure.READ, RpcAcceptStatus.GARBAGE_ARGS);
        await Expect(Nfs3Client.Program, 3, (uint)Nfs3Procedure.LOOKUP, RpcAcceptStatus.GARBAGE_ARGS);
        await Expect(Nfs3Client.Program, 3, (uint)Nfs3Procedure.REMOVE, RpcAcceptStatus.GARBAGE_ARGS);

        async Task Expect(uint program, uint version, uint procedure, RpcAcceptStatus status) =>
            Assert.Equal(status, (await Assert.ThrowsAsync<RpcCallException>(async () => await Nfs.Rpc.CallAsync<XdrVoid, XdrVoid>(program, version, procedure, default))).AcceptStatus);
    }

    [Fact]
    public async Task Mount_gives_a_directory_or_says_why_not()
    {
        Mount3Client mount = new(Nfs.Rpc);
        Assert.Equal(Mountstat3.MNT3ERR_NOENT, (await mount.MntAsync("/none")).FhsStatus);
        Assert.Equal(Mountstat3.MNT3ERR_NOENT, (await mount.MntAsync("/export/none")).FhsStatus);
        Assert.Equal(Mountstat3.MNT3ERR_NOENT, (await mount.MntAsync("/exported")).FhsStatus);
        Assert.Equal(Mountstat3.MNT3ERR_NOTDIR, (await mount.MntAsync("/export/dir/file")).FhsStatus);
        Assert.Equal(Mountstat3.MNT3ERR_NOTDIR, (await mount.MntAsync("/export/link")).FhsStatus);
        Mountres3Ok below = (await mount.MntAsync("/export//dir/")).Mountinfo;
        Assert.Equal((await _served.HandleAsync("dir")).Data, below.Fhandle);
        Assert.Contains(1, below.AuthFlavors);
        Assert.Equal((await _served.HandleAsync()).Data, (await mount.MntAsync("/export/../..")).Mountinfo.Fhandle);
    }

    [Fact]
    public async Task Mounts_are_listed_until_they_are_unmounted()
    {
        Mount3Client mount = new(Nfs.Rpc);
        await mount.MntAsync("/export");
        await mount.MntAsync("/export/dir");
        Assert.Equal(["/export", "/export/dir"], (await mount.DumpAsync()).Select(entry => entry.MlDirectory.ToString()));
        await mount.UmntAsync("/export");
        Assert.Equal("/export/dir", Assert.Single(await mount.DumpAsync()).MlDirectory.ToString());
        await mount.UmntallAsync();
        Assert.Empty(await mount.DumpAsync());
        Exportnode export = Assert.Single(await mount.ExportAsync());
        Assert.Equal("/export", export.ExDir.ToString());
    }

    [Fact]
    public async Task Rpcbind_tells_ports_when_asked_to()
    {
        await using ServedDirectory served = new(configure: options => options.RpcbindPort = 0);
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = served.Server.RpcbindEndPoint! });
        Pmap2Client rpcbind = new(rpc);
        const uint tcp = 6, udp = 17;
        uint port = (uint)served.Server.EndPoint.Port;
        Assert.Equal(port, await rpcbind.GetportAsync(new Mapping(Nfs3Client.Program, 3, tcp, 0)));
        Assert.Equal(port, await rpcbind.GetportAsync(new Mapping(Mount3Client.Program, 3, tcp, 0)));
        Assert.Equal(0u, await rpcbind.GetportAsync(new Mapping(Nfs3Client.Program, 3, udp, 0)));
        Assert.Equal(0u, await rpcbind.GetportAsync(new Mapping(100227, 3, tcp, 0)));
        Assert.Equal(2, (await rpcbind.DumpAsync()).Count);
        Assert.False(await rpcbind.SetAsync(new Mapping(1, 1, tcp, 1)));
    }

    [Fact]
    public void A_port_of_rpcbind_that_is_taken_is_named()
    {
        using ExportDirectory files = new();
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        NfsServerOptions options = new() { Exports = [new NfsExport("export", files.Inside)], EndPoint = new(IPAddress.Loopback, 0), KeyFile = Path.Combine(files.State, "key"), RpcbindPort = port };
        ZoneException e = Assert.Throws<ZoneException>(() => NfsServer.Start(options));
        Assert.Equal($"127.0.0.1:{port}: cannot listen there: EADDRINUSE (address already in use); answer as rpcbind only where none runs", e.Message);
    }
}
