using System.Security.Cryptography;
using System.Text;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Tests.Storage;

namespace Zones.Tests.Rpc.Nfs;

/// <summary>The NFSv3 client, each of its procedures, against nfs-ganesha.</summary>
public sealed class NfsClientGaneshaTests
{
    private static readonly Sattr3 Private = default(Sattr3) with { Mode = SetMode3.WithMode(0x1c0) };

    [Fact]
    public async Task Every_procedure_does_what_it_says()
    {
        await using Ganesha export = await Ganesha.StartAsync(null);

        // Both ports come from rpcbind.
        NfsClientOptions options = new() { Host = export.Address, Export = "/export", Port = 0 };
        Assert.Contains((await NfsClient.ExportsAsync(options)).AsEnumerable(), one => one.ExDir == "/export");
        await using NfsClient nfs = await NfsClient.MountAsync(options);
        await nfs.NullAsync();
        Assert.Equal(Ftype3.NF3DIR, (await nfs.GetattrAsync(nfs.Root)).Type);
        Assert.True((await nfs.FsstatAsync()).Tbytes > 0);
        Assert.True((await nfs.FsinfoAsync()).Rtmax > 0);
        Assert.True((await nfs.PathconfAsync(nfs.Root)).NameMax >= 255);

        await ContentsAsync(nfs, export);
        await NamesAsync(nfs, export);
        await DirectoriesAsync(nfs, export);
        await NfsClient.UnmountAsync(options);
    }

    [Fact]
    public async Task What_the_server_refuses_has_its_status()
    {
        await using Ganesha export = await Ganesha.StartAsync(null);
        NfsClientOptions options = new() { Host = export.Address, Export = "/export", MountPort = 20048 };
        await using NfsClient nfs = await NfsClient.MountAsync(options);
        File.WriteAllText(Path.Combine(export.Files, "file"), "x");

        await RefusedAsync(Nfsstat3.NFS3ERR_NOENT, "lookup 'none': NFS3ERR_NOENT: no such file or directory", async () => await nfs.LookupAsync(nfs.Root, "none"));
        await RefusedAsync(Nfsstat3.NFS3ERR_NOENT, "lookup 'a/b/c': NFS3ERR_NOENT: no such file or directory", async () => await nfs.LookupPathAsync("a/b/c"));
        NfsFile file = await nfs.LookupPathAsync("/file");
        await RefusedAsync(Nfsstat3.NFS3ERR_NOTDIR, "lookup 'below': NFS3ERR_NOTDIR: not a directory", async () => await nfs.LookupAsync(file.Handle, "below"));
        await RefusedAsync(Nfsstat3.NFS3ERR_EXIST, null, async () => await nfs.CreateAsync(nfs.Root, "file", Createhow3.WithObjAttributes(Createmode3.GUARDED, Private)));
        NfsMountException mount = await Assert.ThrowsAsync<NfsMountException>(
            () => NfsClient.MountAsync(new NfsClientOptions { Host = export.Address, Export = "/nowhere", MountPort = 20048 }));
        Assert.StartsWith("cannot mount '/nowhere': MNT3ERR_", mount.Message);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(
            () => Rpcbind.GetPortAsync(new RpcClientOptions { EndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Parse(export.Address), 111) }, 7654321, 1));
        Assert.Contains("knows no port of program 7654321 version 1", unknown.Message);

        // The handle of a file that is gone.
        await nfs.RemoveAsync(nfs.Root, "file");
        await RefusedAsync(Nfsstat3.NFS3ERR_STALE, null, async () => await nfs.ReadAsync(file.Handle, 0, new byte[10]));

        static async Task RefusedAsync(Nfsstat3 status, string? message, Func<Task> call)
        {
            NfsException error = await Assert.ThrowsAsync<NfsException>(call);
            Assert.Equal(status, error.Status);
            Assert.True(message is null || error.Message == message, error.Message);
        }
    }

    private static async Task ContentsAsync(NfsClient nfs, Ganesha export)
    {
        byte[] data = RandomNumberGenerator.GetBytes(3_000_001);
        NfsFile file = await nfs.CreateAsync(nfs.Root, "data", Createhow3.WithVerf(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
        XdrOpaque verifier = default;
        for (int at = 0; at < data.Length;)
        {
            NfsWrite written = await nfs.WriteAsync(file.Handle, (ulong)at, data.AsMemory(at));
            verifier = written.Verifier;
            at += written.Count;
        }

        Assert.Equal(verifier, await nfs.CommitAsync(file.Handle));
        Assert.Equal(data, File.ReadAllBytes(Path.Combine(export.Files, "data")));

        // All parts at once, into their places.
        byte[] back = new byte[data.Length];
        const int part = 64 * 1024;
        await Task.WhenAll(Enumerable.Range(0, (data.Length + part - 1) / part).Select(async i =>
        {
            NfsRead read = await nfs.ReadAsync(file.Handle, (ulong)(i * part), back.AsMemory(i * part, Math.Min(part, back.Length - (i * part))));
            Assert.Equal((i + 1) * part >= back.Length, read.IsEnd);
        }));
        Assert.Equal(data, back);
        Assert.Equal(0, (await nfs.ReadAsync(file.Handle, 5_000_000, new byte[10])).Count);

        Fattr3 before = await nfs.GetattrAsync(file.Handle);
        await nfs.SetattrAsync(file.Handle, default(Sattr3) with { Size = SetSize3.WithSize(10), Mode = SetMode3.WithMode(0x180) }, before.Ctime);
        Assert.Equal(10, new FileInfo(Path.Combine(export.Files, "data")).Length);
        Assert.Equal(Nfs3Constants.ACCESS3_READ, (int)await nfs.AccessAsync(file.Handle, Nfs3Constants.ACCESS3_READ));
    }

    private static async Task NamesAsync(NfsClient nfs, Ganesha export)
    {
        NfsFile directory = await nfs.MkdirAsync(nfs.Root, "dir", Private);
        await nfs.SymlinkAsync(directory.Handle, "link", "../data");
        Assert.Equal("../data", (await nfs.ReadlinkAsync((await nfs.LookupPathAsync("dir/link")).Handle)).ToString());
        await nfs.MknodAsync(directory.Handle, "fifo", Mknoddata3.WithPipeAttributes(Ftype3.NF3FIFO, Private));
        Assert.Equal(Ftype3.NF3FIFO, (await nfs.LookupPathAsync("dir/fifo")).Attributes!.Value.Type);
        NfsFile data = await nfs.LookupAsync(nfs.Root, "data");
        await nfs.LinkAsync(data.Handle, directory.Handle, "data2");
        Assert.Equal(2u, (await nfs.GetattrAsync(data.Handle)).Nlink);
        await nfs.RenameAsync(directory.Handle, "data2", nfs.Root, "data3");
        Assert.True(File.Exists(Path.Combine(export.Files, "data3")));

        // A name that is no UTF-8.
        XdrString latin = Encoding.Latin1.GetBytes("naïve");
        NfsFile named = await nfs.CreateAsync(directory.Handle, latin, Createhow3.WithObjAttributes(Createmode3.UNCHECKED, Private));
        Assert.Equal(named.Handle, (await nfs.LookupAsync(directory.Handle, latin)).Handle);
        List<Entry3> entries = [];
        await foreach (Entry3 entry in nfs.ReaddirAsync(directory.Handle))
        {
            entries.Add(entry);
        }

        Assert.Contains(entries, entry => entry.Name == latin);
        foreach (Entry3 entry in entries.Where(entry => entry.Name.ToString() is not ("." or "..")))
        {
            await nfs.RemoveAsync(directory.Handle, entry.Name);
        }

        await nfs.RmdirAsync(nfs.Root, "dir");
        Assert.False(Directory.Exists(Path.Combine(export.Files, "dir")));
    }

    private static async Task DirectoriesAsync(NfsClient nfs, Ganesha export)
    {
        // Long names, so that few files, which are slow to make on a busy disk, fill several replies.
        const int count = 300;
        string many = Directory.CreateDirectory(Path.Combine(export.Files, "many")).FullName;
        for (int i = 0; i < count; i++)
        {
            File.WriteAllText(Path.Combine(many, $"file{i:D5}-{new string('x', 200)}"), "");
        }

        NfsFile directory = await nfs.LookupAsync(nfs.Root, "many");
        HashSet<string> plain = [];
        await foreach (Entry3 entry in nfs.ReaddirAsync(directory.Handle))
        {
            Assert.True(plain.Add(entry.Name.ToString()));
        }

        HashSet<string> plus = [];
        await foreach (Entryplus3 entry in nfs.ReaddirplusAsync(directory.Handle))
        {
            Assert.True(plus.Add(entry.Name.ToString()));
            Assert.True(entry.NameAttributes.AttributesFollow);
        }

        Assert.Equal(count, plain.Count(name => name.StartsWith("file", StringComparison.Ordinal)));
        Assert.Equal(plain, plus);
    }
}
