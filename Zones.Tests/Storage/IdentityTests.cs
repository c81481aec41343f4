using System.Net;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>Who may what, and as whom it is done.</summary>
public sealed class IdentityTests
{
    [Fact]
    public async Task Files_belong_to_who_makes_them_and_permissions_are_the_kernels()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        File.SetUnixFileMode(served.Files.Inside, (UnixFileMode)0b111_111_111);
        NfsFh3 top = await served.HandleAsync();
        Nfs3Client alice = served.Client(1000, 1001, 1002);
        Nfs3Client bob = served.Client(2000, 2000);
        Create3Resok made = (await alice.CreateAsync(new Create3Args(new(top, "alice"), Createhow3.WithObjAttributes(Createmode3.GUARDED, Mode(0b110_000_000))))).Resok;
        Assert.Equal((1000u, 1001u), (made.ObjAttributes.Attributes.Uid, made.ObjAttributes.Attributes.Gid));
        NfsFh3 file = made.Obj.Handle;
        Assert.Equal(Nfsstat3.NFS3_OK, (await alice.WriteAsync(new Write3Args(file, 0, 1, StableHow.UNSTABLE, "x"u8.ToArray()))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await bob.ReadAsync(new Read3Args(file, 0, 1))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await bob.WriteAsync(new Write3Args(file, 0, 1, StableHow.UNSTABLE, "y"u8.ToArray()))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_PERM, (await bob.SetattrAsync(new Setattr3Args(file, Mode(0b111_111_111), default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await bob.SetattrAsync(new Setattr3Args(file, new Sattr3 { Size = SetSize3.WithSize(0) }, default))).Status);
        Assert.Equal(0u, (await bob.AccessAsync(new Access3Args(file, 0x3f))).Resok.Access);
        Assert.Equal(1u | 4 | 8, (await alice.AccessAsync(new Access3Args(file, 0x3f))).Resok.Access);
        Assert.Equal("x", await served.ReadAsync(file, alice));
        Assert.Equal("x", await served.ReadAsync(file));

        // Further groups count; so does giving a file away, which only root can.
        Assert.Equal(Nfsstat3.NFS3_OK, (await alice.SetattrAsync(new Setattr3Args(file, new Sattr3 { Gid = SetGid3.WithGid(1002) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_PERM, (await alice.SetattrAsync(new Setattr3Args(file, new Sattr3 { Gid = SetGid3.WithGid(1003) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_PERM, (await alice.SetattrAsync(new Setattr3Args(file, new Sattr3 { Uid = SetUid3.WithUid(2000) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_PERM, (await alice.MknodAsync(new Mknod3Args(new(top, "zero"), Mknoddata3.WithDevice(Ftype3.NF3CHR, new Devicedata3(default, new(1, 5)))))).Status);
    }

    [Fact]
    public async Task The_owner_may_go_on_with_a_file_that_was_closed_to_it_and_who_may_execute_may_read()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        string path = served.Files.Write("file", "content");
        Mono.Unix.Native.Syscall.chown(path, 1000, 1000);
        NfsFh3 file = await served.HandleAsync("file");
        Nfs3Client owner = served.Client(1000, 1000);
        Nfs3Client other = served.Client(2000, 2000);
        File.SetUnixFileMode(path, 0);
        Assert.Equal("content", await served.ReadAsync(file, owner));
        Assert.Equal(Nfsstat3.NFS3_OK, (await owner.WriteAsync(new Write3Args(file, 0, 1, StableHow.UNSTABLE, "C"u8.ToArray()))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await other.ReadAsync(new Read3Args(file, 0, 1))).Status);
        File.SetUnixFileMode(path, (UnixFileMode)1);
        Assert.Equal("Content", await served.ReadAsync(file, other));
    }

    [Theory]
    [InlineData(NfsSquash.None, 0, 0u)]
    [InlineData(NfsSquash.None, 1000, 1000u)]
    [InlineData(NfsSquash.Root, 0, 777u)]
    [InlineData(NfsSquash.Root, 1000, 1000u)]
    [InlineData(NfsSquash.All, 0, 777u)]
    [InlineData(NfsSquash.All, 1000, 777u)]
    [InlineData(NfsSquash.None, -1, 777u)] // without credentials
    public async Task Squash_decides_as_whom_a_caller_acts(NfsSquash squash, int uid, uint expected)
    {
        await using ServedDirectory served = new(export => export with { ReadWrite = true, Squash = squash, AnonymousUid = 777, AnonymousGid = 778 });
        File.SetUnixFileMode(served.Files.Inside, (UnixFileMode)0b111_111_111);
        Nfs3Client client = uid < 0 ? new(served.Rpc()) : served.Client((uint)uid, (uint)uid);
        Create3Res made = await client.CreateAsync(new Create3Args(new(await served.HandleAsync(), "file"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)));
        Assert.Equal(expected, made.Resok.ObjAttributes.Attributes.Uid);
        Assert.Equal(expected == 777 ? 778 : expected, made.Resok.ObjAttributes.Attributes.Gid);
    }

    [Fact]
    public void Root_is_squashed_as_a_group_and_among_the_groups_too()
    {
        FsIdentity mapped = CallerMapping.Map(new NfsExport("x", "/x"), 5, 0, [0, 7]);
        Assert.Equal(new FsIdentity(5, 65534, [65534, 7]), mapped);
    }

    [Fact]
    public async Task Shifted_ids_are_the_windows_on_the_wire_and_their_own_on_disk()
    {
        await using ServedDirectory served = new(export => export with { ReadWrite = true, Squash = NfsSquash.None, Ids = new IdShift(100_000, 65536) });
        string path = served.Files.Write("file", "");
        Mono.Unix.Native.Syscall.chown(path, 33, 200_000);
        NfsFh3 top = await served.HandleAsync();
        Fattr3 file = (await served.Nfs.GetattrAsync(new Getattr3Args(await served.HandleAsync("file")))).Resok.ObjAttributes;
        Assert.Equal((100_033u, 165_534u), (file.Uid, file.Gid));

        Nfs3Client zoneRoot = served.Client(100_000, 100_000);
        Create3Resok made = (await zoneRoot.CreateAsync(new Create3Args(new(top, "made"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)))).Resok;
        Assert.Equal((100_000u, 100_000u), (made.ObjAttributes.Attributes.Uid, made.ObjAttributes.Attributes.Gid));
        Mono.Unix.Native.Syscall.lstat(Path.Combine(served.Files.Inside, "made"), out Mono.Unix.Native.Stat status);
        Assert.Equal(0u, status.st_uid);
        Assert.Equal(Nfsstat3.NFS3_OK, (await zoneRoot.SetattrAsync(new Setattr3Args(made.Obj.Handle, new Sattr3 { Uid = SetUid3.WithUid(100_007) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await zoneRoot.SetattrAsync(new Setattr3Args(made.Obj.Handle, new Sattr3 { Uid = SetUid3.WithUid(7) }, default))).Status);

        // The host's own root is nobody to this export.
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await served.Nfs.CreateAsync(new Create3Args(new(top, "no"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)))).Status);
    }

    [Fact]
    public async Task A_client_that_is_not_on_the_list_is_refused_at_the_mount_and_with_a_handle_that_it_has()
    {
        await using ServedDirectory served = new();
        served.Files.Write("file", "");
        NfsFh3 file = await served.HandleAsync("file");
        served.Server.Reload([served.Export with { Clients = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")] }]);
        Assert.Equal(Mountstat3.MNT3ERR_ACCES, (await new Mount3Client(served.Nfs.Rpc).MntAsync("/export")).FhsStatus);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await served.Nfs.GetattrAsync(new Getattr3Args(file))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ACCES, (await served.Nfs.ReadAsync(new Read3Args(file, 0, 1))).Status);
        served.Server.Reload([served.Export with { Clients = [IPNetwork.Parse("127.0.0.0/8")] }]);
        Assert.Equal(Nfsstat3.NFS3_OK, (await served.Nfs.GetattrAsync(new Getattr3Args(file))).Status);
    }

    [Theory]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.2", "127.0.0.1", false)]
    [InlineData("10.1.2.3", "10.0.0.0/8+fd00::/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8+fd00::/8", false)]
    [InlineData("::ffff:10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("fd12::1", "10.0.0.0/8+fd00::/8", true)]
    [InlineData("fe80::1", "fd00::/8", false)]
    public void Clients_are_known_by_address_and_prefix_of_both_kinds(string client, string allowed, bool admitted)
    {
        NfsExport export = ExportText.Parse("x=/x" + (allowed.Length > 0 ? ",clients=" + allowed : ""));
        Assert.Equal(admitted, export.Admits(new IPEndPoint(IPAddress.Parse(client), 40000)));
    }

    [Fact]
    public async Task A_privileged_port_is_asked_for_where_the_export_says_so()
    {
        await using ServedDirectory served = new(export => export with { PrivilegedPort = true });
        Assert.Equal(Mountstat3.MNT3ERR_ACCES, (await new Mount3Client(served.Nfs.Rpc).MntAsync("/export")).FhsStatus);
        await using RpcClient privileged = new(new RpcClientOptions { EndPoint = served.Server.EndPoint, UsePrivilegedPort = true });
        Assert.Equal(Mountstat3.MNT3_OK, (await new Mount3Client(privileged).MntAsync("/export")).FhsStatus);
    }

    [Fact]
    public async Task A_reload_is_of_all_or_nothing_and_handles_stay_good()
    {
        await using ServedDirectory served = new();
        served.Files.Write("file", "content");
        NfsFh3 file = await served.HandleAsync("file");
        Assert.Throws<ZoneException>(() => served.Server.Reload([served.Export with { ReadWrite = true }, new NfsExport("other", "/nonexistent")]));
        Assert.Equal(Nfsstat3.NFS3ERR_ROFS, (await served.Nfs.SetattrAsync(new Setattr3Args(file, default, default))).Status);

        served.Server.Reload([served.Export with { ReadWrite = true, Squash = NfsSquash.None }, new NfsExport("other", served.Files.Outside)]);
        Assert.Equal(Nfsstat3.NFS3_OK, (await served.Nfs.SetattrAsync(new Setattr3Args(file, default, default))).Status);
        Assert.Equal("content", await served.ReadAsync(file));

        served.Server.Reload([new NfsExport("other", served.Files.Outside)]);
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await served.Nfs.GetattrAsync(new Getattr3Args(file))).Status);
        served.Server.Reload([served.Export]);
        Assert.Equal("content", await served.ReadAsync(file));
    }

    [Theory]
    [InlineData("x", "'x' is no export")]
    [InlineData("x=y", "'y' is not an absolute path")]
    [InlineData("x=/y,what", "'what' is no option")]
    [InlineData("x=/y,squash=some", "allowed are none, root and all")]
    [InlineData("x=/y,anonuid=-1", "'-1' is not a number")]
    [InlineData("x=/y,shift=4294967295", "shift=4294967295: the window must have more than 65534 ids and end below")]
    [InlineData("x=/y,shift=65536+100", "shift=65536+100: the window must have more than 65534 ids")]
    [InlineData("x=/y,clients=10.0.0.0/99", "'10.0.0.0/99' is neither an address nor a prefix")]
    public void A_wrong_export_says_what_is_wrong(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ExportText.Parse(text)).Message);

    [Fact]
    public void A_key_that_cannot_be_had_is_said_with_its_path()
    {
        string path = "/proc/self/nowhere/key";
        Assert.StartsWith($"{path}: cannot read or make the key", Assert.Throws<ZoneException>(() => HandleKey.LoadOrCreate(path)).Message);
    }

    private static Sattr3 Mode(uint mode) => new() { Mode = SetMode3.WithMode(mode) };
}
