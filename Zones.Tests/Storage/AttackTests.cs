using System.Text;
using Zones.Rpc.Protocols;

namespace Zones.Tests.Storage;

/// <summary>Clients and programs on the host that want out of the export.</summary>
public sealed class AttackTests
{
    private static readonly TimeSpan Race = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Whatever_is_swapped_while_clients_walk_nobody_reads_what_is_outside()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        string inside = served.Files.Inside;
        served.Files.Write("dir/secret", "inside");
        Directory.CreateDirectory(Path.Combine(served.Files.Outside, "dir"));
        File.WriteAllText(Path.Combine(served.Files.Outside, "dir/secret"), "outside");
        File.WriteAllText(Path.Combine(served.Files.Outside, "secret"), "outside");
        File.CreateSymbolicLink(Path.Combine(inside, "link"), "../outside/dir");
        string dir = Path.Combine(inside, "dir"), link = Path.Combine(inside, "link"), other = Path.Combine(inside, "other"), away = Path.Combine(served.Files.Outside, "away");
        NfsFh3 top = await served.HandleAsync();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(Race);

        // One thread puts a link in the directory's place and back, and moves the directory out and back in.
        Task swapper = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                foreach ((string from, string to) in (ReadOnlySpan<(string, string)>)[(dir, other), (link, dir), (dir, link), (other, away), (away, dir)])
                {
                    Assert.Equal(0, Mono.Unix.Native.Stdlib.rename(from, to));
                }
            }
        });

        int read = 0;
        Task[] walkers = [.. Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            Nfs3Client client = served.Client();
            while (!over.IsCancellationRequested)
            {
                Lookup3Res found = await client.LookupAsync(new Lookup3Args(new(top, "dir")));
                if (found.Status != Nfsstat3.NFS3_OK)
                {
                    continue;
                }

                NfsFh3 directory = found.Resok.Object;
                if (i == 0)
                {
                    // Up from a directory that may be outside in this moment.
                    Lookup3Res up = await client.LookupAsync(new Lookup3Args(new(directory, "..")));
                    Assert.True(up.Status != Nfsstat3.NFS3_OK || up.Resok.Object == top, "the way up led elsewhere");
                }

                Lookup3Res secret = await client.LookupAsync(new Lookup3Args(new(directory, "secret")));
                if (secret.Status == Nfsstat3.NFS3_OK && await client.ReadAsync(new Read3Args(secret.Resok.Object, 0, 100)) is { Status: Nfsstat3.NFS3_OK } content)
                {
                    Assert.Equal("inside", Encoding.UTF8.GetString(content.Resok.Data.Span));
                    Interlocked.Increment(ref read);
                }

                await client.WriteAsync(new Write3Args(directory, 0, 1, StableHow.UNSTABLE, new byte[1]));
                await client.CreateAsync(new Create3Args(new(directory, "made"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, default)));
            }
        }))];
        await Task.WhenAll([swapper, .. walkers]);
        Assert.True(read > 0, "nobody came as far as reading");
        Assert.Equal("outside", File.ReadAllText(Path.Combine(served.Files.Outside, "dir/secret")));
        Assert.False(File.Exists(Path.Combine(served.Files.Outside, "dir/made")), "something was made outside");
    }

    [Fact]
    public async Task A_name_cannot_lead_out_in_any_procedure_that_takes_one()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        NfsFh3 top = await served.HandleAsync();
        NfsFh3 file = await FileAsync(served, top);
        foreach (string name in (string[])["../outside/x", "/tmp/x", "a/b", "..", ".", "x\0y", ""])
        {
            Diropargs3 where = new(top, name);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.CreateAsync(new Create3Args(where, Createhow3.WithObjAttributes(Createmode3.UNCHECKED, default)))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.CreateAsync(new Create3Args(where, Createhow3.WithVerf(new byte[8])))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.MkdirAsync(new Mkdir3Args(where, default))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.SymlinkAsync(new Symlink3Args(where, new Symlinkdata3(default, "t")))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.MknodAsync(new Mknod3Args(where, Mknoddata3.WithPipeAttributes(Ftype3.NF3FIFO, default)))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.LinkAsync(new Link3Args(file, where))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.RenameAsync(new Rename3Args(new(top, "file"), where))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.RenameAsync(new Rename3Args(where, new(top, "new")))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.RemoveAsync(new Remove3Args(where))).Status);
            Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.RmdirAsync(new Rmdir3Args(where))).Status);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(served.Files.Outside));
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(served.Files.Inside).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_symbolic_link()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        string target = Path.Combine(served.Files.Outside, "target");
        File.WriteAllText(target, "untouched");
        File.CreateSymbolicLink(Path.Combine(served.Files.Inside, "link"), target);
        File.CreateSymbolicLink(Path.Combine(served.Files.Inside, "dangling"), Path.Combine(served.Files.Outside, "new"));
        NfsFh3 top = await served.HandleAsync();
        NfsFh3 link = await served.HandleAsync("link");
        Sattr3 empty = new() { Size = SetSize3.WithSize(0), Mode = SetMode3.WithMode(0b111_111_111) };
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await served.Nfs.CreateAsync(new Create3Args(new(top, "link"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, empty)))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_EXIST, (await served.Nfs.CreateAsync(new Create3Args(new(top, "dangling"), Createhow3.WithObjAttributes(Createmode3.UNCHECKED, empty)))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_INVAL, (await served.Nfs.WriteAsync(new Write3Args(link, 0, 1, StableHow.UNSTABLE, new byte[1]))).Status);
        Assert.NotEqual(Nfsstat3.NFS3_OK, (await served.Nfs.SetattrAsync(new Setattr3Args(link, new Sattr3 { Mode = SetMode3.WithMode(0b111_111_111) }, default))).Status);
        Assert.Equal(Nfsstat3.NFS3_OK, (await served.Nfs.SetattrAsync(new Setattr3Args(link, new Sattr3 { Uid = SetUid3.WithUid(5) }, default))).Status);
        Mono.Unix.Native.Syscall.lstat(target, out Mono.Unix.Native.Stat status);
        Assert.Equal(0u, status.st_uid);
        Assert.NotEqual(0b111_111_111, (int)status.st_mode & 0b111_111_111);
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.False(Path.Exists(Path.Combine(served.Files.Outside, "new")));
    }

    [Fact]
    public async Task What_is_mounted_below_an_export_is_not_part_of_it()
    {
        await using ServedDirectory served = new();
        string below = Directory.CreateDirectory(Path.Combine(served.Files.Inside, "below")).FullName;
        File.WriteAllText(Path.Combine(served.Files.Outside, "secret"), "x");
        Assert.Equal(0, Mono.Unix.Native.Syscall.system($"mount --bind {served.Files.Outside} {below}"));
        try
        {
            Lookup3Res found = await served.Nfs.LookupAsync(new Lookup3Args(new(await served.HandleAsync("below"), "secret")));
            Assert.Equal(Nfsstat3.NFS3ERR_NOENT, found.Status);
        }
        finally
        {
            Assert.Equal(0, Mono.Unix.Native.Syscall.system($"umount {below}"));
        }
    }

    private static async Task<NfsFh3> FileAsync(ServedDirectory served, NfsFh3 top) =>
        (await served.Nfs.CreateAsync(new Create3Args(new(top, "file"), Createhow3.WithObjAttributes(Createmode3.GUARDED, default)))).Resok.Obj.Handle;
}
