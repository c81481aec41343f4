using System.Text;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Tests.Storage;

/// <summary>The procedures that change something, on a read-write export.</summary>
public sealed class ChangeTests : IAsyncLifetime
{
    private readonly ServedDirectory _served = ServedDirectory.ReadWrite();
    private NfsFh3 _top;

    private Nfs3Client Nfs => _served.Nfs;

    private string Inside => _served.Files.Inside;

    public async ValueTask InitializeAsync() => _top = await _served.HandleAsync();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task What_is_written_is_there_for_the_host_and_for_clients_with_data_before_and_after()
    {
        NfsFh3 file = await CreateAsync("file");
        Write3Resok first = (await Nfs.WriteAsync(new Write3Args(file, 0, 5, StableHow.UNSTABLE, "hello"u8.ToArray()))).Resok;
        Assert.Equal((0ul, 5ul), (first.FileWcc.Before.Attributes.Size, first.FileWcc.After.Attributes.Size));
        Write3Resok second = (await Nfs.WriteAsync(new Write3Args(file, 5, 6, StableHow.FILE_SYNC, " world"u8.ToArray()))).Resok;
        Assert.Equal(first.FileWcc.After.Attributes.Ctime, second.FileWcc.Before.Attributes.Ctime);
        Assert.Equal(StableHow.FILE_SYNC, second.Committed);
        Assert.Equal(StableHow.DATA_SYNC, (await Nfs.WriteAsync(new Write3Args(file, 11, 1, StableHow.DATA_SYNC, "!"u8.ToArray()))).Resok.Committed);
        Commit3Resok committed = (await Nfs.CommitAsync(new Commit3Args(file, 0, 0))).Resok;
        Assert.Equal(first.Verf, second.Verf);
        Assert.Equal(first.Verf, committed.Verf);
        Assert.Equal("hello world!", File.ReadAllText(Path.Combine(Inside, "file")));
        Assert.Equal("hello world!", await _served.ReadAsync(file));
    }

    [Fact]
    public async Task The_write_verifier_is_another_after_a_restart_and_handles_are_not()
    {
        NfsFh3 file = await CreateAsync("file");
        XdrOpaque before = (await Nfs.WriteAsync(new Write3Args(file, 0, 1, StableHow.UNSTABLE, new byte[1]))).Resok.Verf;
        await _served.RestartAsync();
        Assert.NotEqual(before, (await Nfs.CommitAsync(new Commit3Args(file, 0, 0))).Resok.Verf);
    }

    [Fact]
    public async Task Wrong_writes_are_refused()
    {
        NfsFh3 file = await CreateAsync("file");
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.WriteAsync(new Write3Args(file, 0, 2, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_FBIG, (await Nfs.WriteAsync(new Write3Args(file, long.MaxValue, 1, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_FBIG, (await Nfs.WriteAsync(new Write3Args(file, ulong.MaxValue, 1, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ISDIR, (await Nfs.WriteAsync(new Write3Args(_top, 0, 1, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.Equal(0, new FileInfo(Path.Combine(Inside, "file")).Length);
    }

    [Fact]
    public async Task An_unchecked_create_takes_what_is_there_and_a_guarded_one_does_not()
    {
        NfsFh3 file = await CreateAsync("file");
        await Nfs.WriteAsync(new Write3Args(file, 0, 3, StableHow.UNSTABLE, "abc"u8.ToArray()));
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await Nfs.CreateAsync(new Create3Args(new(_top, "file"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)))).Status);
        Sattr3 keep = default;
        Assert.Equal(file, (await Nfs.CreateAsync(new Create3Args(new(_top, "file"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, keep)))).Resok.Obj.Handle);
        Assert.Equal("abc", await _served.ReadAsync(file));
        await Nfs.MkdirAsync(new Mkdir3Args(new(_top, "dir"), default));
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await Nfs.CreateAsync(new Create3Args(new(_top, "dir"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, keep)))).Status);
    }

    [Fact]
    public async Task An_unchecked_create_with_size_0_empties_what_is_there()
    {
        NfsFh3 file = await CreateAsync("file");
        await Nfs.WriteAsync(new Write3Args(file, 0, 3, StableHow.UNSTABLE, "abc"u8.ToArray()));
        Sattr3 empty = new(default, default, default, SetSize3.WithSize(0), default, default);
        Create3Resok made = (await Nfs.CreateAsync(new Create3Args(new(_top, "file"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, empty)))).Resok;
        Assert.Equal(0ul, made.ObjAttributes.Attributes.Size);
        Assert.Equal("", await _served.ReadAsync(file));
    }

    /// <summary>As knfsd has it: whoever may write a file need not own it.</summary>
    [Fact]
    public async Task An_unchecked_create_leaves_mode_and_times_of_what_is_there()
    {
        await CreateAsync("file");
        string file = Path.Combine(Inside, "file");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        DateTime written = File.GetLastWriteTimeUtc(file);
        Sattr3 other = new(SetMode3.WithMode(0x1ff), default, default, default, default, SetMtime.WithMtime(new(1, 0)));
        Assert.Equal(Nfsstat3.NFS3_OK, (await Nfs.CreateAsync(new Create3Args(new(_top, "file"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, other)))).Status);
        Assert.Equal((UnixFileMode.UserRead | UnixFileMode.UserWrite, written), (File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file)));
    }

    [Fact]
    public async Task An_exclusive_create_that_is_sent_again_succeeds_and_another_ones_does_not()
    {
        byte[] verifier = [0xff, 2, 3, 4, 0x85, 6, 7, 8];
        Create3Args create = new(new(_top, "file"), Createhow3.WithVerf(verifier));
        Create3Resok first = (await Nfs.CreateAsync(create)).Resok;
        await _served.RestartAsync();
        Create3Res again = await Nfs.CreateAsync(create);
        Assert.Equal(Nfsstat3.NFS3_OK, again.Status);
        Assert.Equal(first.Obj.Handle, again.Resok.Obj.Handle);
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await Nfs.CreateAsync(create with { How = Createhow3.WithVerf(new byte[8]) })).Status);
    }

    [Fact]
    public async Task Modes_are_what_the_client_says_whatever_the_hosts_umask_is()
    {
        Sattr3 wanted = Mode(0b110_110_110);
        await Nfs.CreateAsync(new Create3Args(new(_top, "file"), Createhow3.WithObjAttributes(Createmode3.GUARDED, wanted)));
        await Nfs.MkdirAsync(new Mkdir3Args(new(_top, "dir"), Mode(0b1_111_111_111)));
        Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(Path.Combine(Inside, "file")));
        Assert.Equal((UnixFileMode)0b1_111_111_111, File.GetUnixFileMode(Path.Combine(Inside, "dir")));
    }

    [Fact]
    public async Task Symbolic_links_are_made_as_they_are_given()
    {
        Symlink3Res made = await Nfs.SymlinkAsync(new Symlink3Args(new(_top, "link"), new Symlinkdata3(Mode(0b111), "../../etc/passwd")));
        Assert.Equal(Nfsstat3.NFS3_OK, made.Status);
        Assert.Equal("../../etc/passwd", new FileInfo(Path.Combine(Inside, "link")).LinkTarget);
        Assert.Equal(Nfsstat3.NFS3ERR_NAMETOOLONG, (await Nfs.SymlinkAsync(new Symlink3Args(new(_top, "long"), new Symlinkdata3(default, new string('x', 4096))))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.SymlinkAsync(new Symlink3Args(new(_top, "nul"), new Symlinkdata3(default, "a\0b")))).Status);
    }

    [Fact]
    public async Task Special_files_are_made_and_what_is_none_is_not()
    {
        Specdata3 zero = new(1, 5);
        Fattr3 device = (await Nfs.MknodAsync(new Mknod3Args(new(_top, "zero"), Mknoddata3.WithDevice(Ftype3.NF3CHR, new Devicedata3(Mode(0b110), zero))))).Resok.ObjAttributes.Attributes;
        Assert.Equal((Ftype3.NF3CHR, zero, 0b110u), (device.Type, device.Rdev, device.Mode));
        Assert.Equal(Ftype3.NF3FIFO, (await Nfs.MknodAsync(new Mknod3Args(new(_top, "fifo"), Mknoddata3.WithPipeAttributes(Ftype3.NF3FIFO, default)))).Resok.ObjAttributes.Attributes.Type);
        Assert.Equal(Ftype3.NF3SOCK, (await Nfs.MknodAsync(new Mknod3Args(new(_top, "sock"), Mknoddata3.WithPipeAttributes(Ftype3.NF3SOCK, default)))).Resok.ObjAttributes.Attributes.Type);
        Assert.Equal(Nfsstat3.NFS3ERR_BADTYPE, (await Nfs.MknodAsync(new Mknod3Args(new(_top, "no"), Mknoddata3.Without(Ftype3.NF3REG)))).Status);

        // A read of a fifo without a writer must not hang the server.
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("fifo"), 0, 1))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.ReadAsync(new Read3Args(await _served.HandleAsync("zero"), 0, 1))).Status);
    }

    [Fact]
    public async Task Setattr_sets_each_attribute_alone_and_all_together()
    {
        NfsFh3 file = await CreateAsync("file");
        Sattr3 all = new(
            SetMode3.WithMode(0b100_000_100_000_000), SetUid3.WithUid(5), SetGid3.WithGid(6), SetSize3.WithSize(10),
            SetAtime.WithAtime(new Nfstime3(1000, 1)), SetMtime.WithMtime(new Nfstime3(2000, 2)));
        Fattr3 now = (await Nfs.SetattrAsync(new Setattr3Args(file, all, default))).Resok.ObjWcc.After.Attributes;
        Assert.Equal((0b100_000_100_000_000u & 0xfff, 5u, 6u, 10ul), (now.Mode, now.Uid, now.Gid, now.Size));
        Assert.Equal((new Nfstime3(1000, 1), new Nfstime3(2000, 2)), (now.Atime, now.Mtime));

        Fattr3 touched = (await Nfs.SetattrAsync(new Setattr3Args(file, new Sattr3 { Mtime = SetMtime.Without(TimeHow.SET_TO_SERVER_TIME) }, default))).Resok.ObjWcc.After.Attributes;
        Assert.Equal(new Nfstime3(1000, 1), touched.Atime);
        Assert.True(touched.Mtime.Seconds > 2000);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.SetattrAsync(new Setattr3Args(file, new Sattr3 { Mtime = SetMtime.WithMtime(new Nfstime3(1, uint.MaxValue)) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_ISDIR, (await Nfs.SetattrAsync(new Setattr3Args(_top, new Sattr3 { Size = SetSize3.WithSize(0) }, default))).Status);
    }

    [Fact]
    public async Task A_guard_that_is_out_of_date_stops_a_setattr()
    {
        NfsFh3 file = await CreateAsync("file");
        Nfstime3 changed = (await Nfs.GetattrAsync(new Getattr3Args(file))).Resok.ObjAttributes.Ctime;
        Assert.Equal(Nfsstat3.NFS3ERR_NOT_SYNC, (await Nfs.SetattrAsync(new Setattr3Args(file, Mode(0), Sattrguard3.WithObjCtime(changed with { Nseconds = changed.Nseconds ^ 1 })))).Status);
        Assert.Equal(Nfsstat3.NFS3_OK, (await Nfs.SetattrAsync(new Setattr3Args(file, Mode(0), Sattrguard3.WithObjCtime(changed)))).Status);
    }

    [Fact]
    public async Task Remove_and_rmdir_remove_each_its_own_kind()
    {
        NfsFh3 file = await CreateAsync("file");
        await Nfs.MkdirAsync(new Mkdir3Args(new(_top, "dir"), Mode(0b111_000_000)));
        NfsFh3 dir = await _served.HandleAsync("dir");
        await Nfs.SymlinkAsync(new Symlink3Args(new(dir, "inside"), new Symlinkdata3(default, "x")));
        Assert.Equal(Nfsstat3.NFS3ERR_ISDIR, await Remove("dir"));
        Assert.Equal(Nfsstat3.NFS3ERR_NOTDIR, await Rmdir("file"));
        Assert.Equal(Nfsstat3.NFS3ERR_NOTEMPTY, await Rmdir("dir"));
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, await Rmdir("."));
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, await Rmdir(".."));
        Assert.Equal(Nfsstat3.NFS3ERR_NOENT, await Remove("none"));
        Assert.Equal(Nfsstat3.NFS3_OK, await Remove("file"));
        Assert.Equal(Nfsstat3.NFS3_OK, (await Nfs.RemoveAsync(new Remove3Args(new(dir, "inside")))).Status);
        Assert.Equal(Nfsstat3.NFS3_OK, await Rmdir("dir"));
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await Nfs.GetattrAsync(new Getattr3Args(file))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await Nfs.ReadAsync(new Read3Args(file, 0, 1))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await Nfs.GetattrAsync(new Getattr3Args(dir))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await Nfs.MkdirAsync(new Mkdir3Args(new(dir, "x"), default))).Status);

        async Task<Nfsstat3> Remove(string name) => (await Nfs.RemoveAsync(new Remove3Args(new(_top, name)))).Status;
        async Task<Nfsstat3> Rmdir(string name) => (await Nfs.RmdirAsync(new Rmdir3Args(new(_top, name)))).Status;
    }

    [Fact]
    public async Task Rename_replaces_at_once_and_handles_go_with_their_files()
    {
        NfsFh3 a = await CreateAsync("a");
        NfsFh3 b = await CreateAsync("b");
        await Nfs.MkdirAsync(new Mkdir3Args(new(_top, "dir"), Mode(0b111_000_000)));
        NfsFh3 dir = await _served.HandleAsync("dir");
        Rename3Res renamed = await Nfs.RenameAsync(new Rename3Args(new(_top, "a"), new(_top, "b")));
        Assert.Equal(Nfsstat3.NFS3_OK, renamed.Status);
        Assert.Equal(renamed.Resok.FromdirWcc, renamed.Resok.TodirWcc);
        Assert.Equal(a, await _served.HandleAsync("b"));
        Assert.Equal(Nfsstat3.NFS3ERR_STALE, (await Nfs.GetattrAsync(new Getattr3Args(b))).Status);

        Assert.Equal(Nfsstat3.NFS3_OK, (await Nfs.RenameAsync(new Rename3Args(new(_top, "b"), new(dir, "c")))).Status);
        Assert.Equal(a, await _served.HandleAsync("dir/c"));
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.RenameAsync(new Rename3Args(new(_top, "dir"), new(dir, "below")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.RenameAsync(new Rename3Args(new(_top, ".."), new(dir, "x")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_NOENT, (await Nfs.RenameAsync(new Rename3Args(new(_top, "none"), new(dir, "x")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_NOTDIR, (await Nfs.RenameAsync(new Rename3Args(new(_top, "dir"), new(a, "x")))).Status);
    }

    [Fact]
    public async Task A_hard_link_is_the_same_file_with_the_same_handle()
    {
        NfsFh3 file = await CreateAsync("file");
        Link3Res linked = await Nfs.LinkAsync(new Link3Args(file, new(_top, "other")));
        Assert.Equal(2u, linked.Resok.FileAttributes.Attributes.Nlink);
        Assert.Equal(file, await _served.HandleAsync("other"));
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await Nfs.LinkAsync(new Link3Args(file, new(_top, "other")))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await Nfs.LinkAsync(new Link3Args(_top, new(_top, "top")))).Status);
        await Nfs.RemoveAsync(new Remove3Args(new(_top, "file")));
        Assert.Equal(1u, (await Nfs.GetattrAsync(new Getattr3Args(file))).Resok.ObjAttributes.Nlink);
    }

    [Fact]
    public async Task A_file_that_was_made_or_removed_on_the_host_is_seen_at_once()
    {
        await CreateAsync("file");
        Assert.Contains(await Listing.PlusAsync(Nfs, _top), entry => entry.Name == "file");
        File.Delete(Path.Combine(Inside, "file"));
        _served.Files.Write("new", "");
        List<Entryplus3> listed = await Listing.PlusAsync(Nfs, _top);
        Assert.DoesNotContain(listed, entry => entry.Name == "file");
        Assert.Contains(listed, entry => entry.Name == "new");
        Assert.Equal(Nfsstat3.NFS3ERR_NOENT, (await Nfs.LookupAsync(new Lookup3Args(new(_top, "file")))).Status);
    }

    [Fact]
    public async Task What_a_client_writes_is_in_its_next_listing()
    {
        NfsFh3 file = await CreateAsync("file");
        for (uint size = 1; size < 20; size++)
        {
            await Nfs.WriteAsync(new Write3Args(file, 0, size, StableHow.UNSTABLE, new byte[size]));
            Assert.Equal(size, (await Listing.PlusAsync(Nfs, _top)).Single(entry => entry.Name == "file").NameAttributes.Attributes.Size);
        }
    }

    [Fact]
    public async Task A_file_that_the_server_has_open_for_writing_a_moment_ago_can_be_executed_on_the_host()
    {
        NfsFh3 file = await CreateAsync("program");
        byte[] script = Encoding.UTF8.GetBytes("#!/bin/sh\nexit 7\n");
        await Nfs.WriteAsync(new Write3Args(file, 0, (uint)script.Length, StableHow.FILE_SYNC, script));
        await Nfs.SetattrAsync(new Setattr3Args(file, Mode(0b111_101_101), default));
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(Path.Combine(Inside, "program"));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, process.ExitCode);
    }

    private static Sattr3 Mode(uint mode) => new() { Mode = SetMode3.WithMode(mode) };

    private async Task<NfsFh3> CreateAsync(string name)
    {
        Create3Res made = await Nfs.CreateAsync(new Create3Args(new(_top, name), Createhow3.WithObjAttributes(Createmode3.GUARDED, Mode(0b110_000_000))));
        Assert.Equal(Nfsstat3.NFS3_OK, made.Status);
        return made.Resok.Obj.Handle;
    }
}
