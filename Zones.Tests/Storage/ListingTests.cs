using Zones.Rpc.Protocols;

namespace Zones.Tests.Storage;

/// <summary>READDIR and READDIRPLUS.</summary>
public sealed class ListingTests
{
    private const int Many = 100_000;

    [Fact]
    public async Task A_hundred_thousand_entries_are_each_listed_once_with_what_lookup_says()
    {
        await using ServedDirectory served = new();
        Fill(served.Files.Inside, Many);
        NfsFh3 top = await served.HandleAsync();
        List<Entryplus3> plus = await Listing.PlusAsync(served.Nfs, top, 256 << 10);
        string[] names = [.. plus.Select(entry => entry.Name.ToString())];
        Assert.Equal(Many + 2, names.Length);
        Assert.Equal(Many + 2, names.Distinct().Count());
        Assert.All(plus, entry => Assert.True(entry.NameAttributes.AttributesFollow || entry.Name == ".."));
        Assert.All(plus.Where(entry => entry.NameAttributes.AttributesFollow), entry => Assert.Equal(entry.Fileid, entry.NameAttributes.Attributes.Fileid));

        List<Entry3> plain = await Listing.PlainAsync(served.Nfs, top, 65536);
        Assert.Equal(names.Order(), plain.Select(entry => entry.Name.ToString()).Order());
        foreach (Entryplus3 entry in plus.Where((_, i) => i % 9973 == 0 && i > 0))
        {
            Assert.Equal((await served.Nfs.LookupAsync(new Lookup3Args(new Diropargs3(top, entry.Name)))).Resok.Object, entry.NameHandle.Handle);
        }
    }

    [Fact]
    public async Task What_stays_is_listed_once_while_others_come_and_go()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        Fill(served.Files.Inside, 3000);
        NfsFh3 top = await served.HandleAsync();
        List<Entryplus3> listed = await Listing.PlusAsync(served.Nfs, top, 4096, async part =>
        {
            File.Delete(Path.Combine(served.Files.Inside, $"entry-{part * 7:000000}"));
            await served.Nfs.RemoveAsync(new Remove3Args(new Diropargs3(top, $"entry-{(part * 7) + 1:000000}")));
            served.Files.Write($"new-{part}", "");
        });
        HashSet<string> changed = [.. Enumerable.Range(0, 3000).SelectMany(part => (int[])[part * 7, (part * 7) + 1]).Select(i => $"entry-{i:000000}")];
        string[] names = [.. listed.Select(entry => entry.Name.ToString())];
        Assert.Equal(names.Length, names.Distinct().Count());
        foreach (string name in Enumerable.Range(0, 3000).Select(i => $"entry-{i:000000}").Except(changed))
        {
            Assert.Contains(name, names);
        }
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(32768)]
    public async Task No_reply_is_longer_than_the_client_allows(uint count)
    {
        await using ServedDirectory served = new();
        Fill(served.Files.Inside, 300);
        served.Files.Write(new string('n', 255), "");
        NfsFh3 top = await served.HandleAsync();
        for (ulong cookie = 0; ;)
        {
            Readdir3Res listed = await served.Nfs.ReaddirAsync(new Readdir3Args(top, cookie, new byte[8], count));
            Assert.Equal(Nfsstat3.NFS3_OK, listed.Status);
            Assert.InRange(SizeOf(listed.Resok), 0, (int)count);
            if (listed.Resok.Reply.Eof)
            {
                break;
            }

            cookie = listed.Resok.Reply.Entries.Span[^1].Cookie;
        }

        for (ulong cookie = 0; ;)
        {
            Readdirplus3Res listed = await served.Nfs.ReaddirplusAsync(new Readdirplus3Args(top, cookie, new byte[8], count / 2, count));
            Assert.Equal(Nfsstat3.NFS3_OK, listed.Status);
            Assert.InRange(SizeOf(listed.Resok), 0, (int)count);
            if (listed.Resok.Reply.Eof)
            {
                break;
            }

            cookie = listed.Resok.Reply.Entries.Span[^1].Cookie;
        }
    }

    [Fact]
    public async Task A_limit_too_small_for_one_entry_and_a_cookie_that_was_never_given_are_errors()
    {
        await using ServedDirectory served = new();
        served.Files.Write(new string('n', 255), "");
        NfsFh3 top = await served.HandleAsync();
        Assert.Equal(Nfsstat3.NFS3ERR_TOOSMALL, (await served.Nfs.ReaddirAsync(new Readdir3Args(top, 0, new byte[8], 100))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_TOOSMALL, (await served.Nfs.ReaddirplusAsync(new Readdirplus3Args(top, 0, new byte[8], 8192, 120))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_BAD_COOKIE, (await served.Nfs.ReaddirAsync(new Readdir3Args(top, ulong.MaxValue, new byte[8], 8192))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_BAD_COOKIE, (await served.Nfs.ReaddirAsync(new Readdir3Args(top, 5, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 8192))).Status);
        Assert.Equal(Nfsstat3.NFS3ERR_NOTDIR, (await served.Nfs.ReaddirAsync(new Readdir3Args(await served.HandleAsync(new string('n', 255)), 0, new byte[8], 8192))).Status);
    }

    [Fact]
    public async Task The_way_up_from_the_top_shows_nothing_of_what_is_above()
    {
        await using ServedDirectory served = new();
        NfsFh3 top = await served.HandleAsync();
        ulong own = (await served.Nfs.GetattrAsync(new Getattr3Args(top))).Resok.ObjAttributes.Fileid;
        Assert.All((await Listing.PlusAsync(served.Nfs, top)).Where(entry => entry.Name.ToString() is "." or ".."), entry =>
        {
            Assert.Equal(own, entry.Fileid);
            Assert.Equal(top, entry.NameHandle.Handle);
        });
        Assert.All((await Listing.PlainAsync(served.Nfs, top)).Where(entry => entry.Name.ToString() is "." or ".."), entry => Assert.Equal(own, entry.Fileid));
    }

    [Fact]
    public async Task Who_may_list_but_not_search_gets_names_alone()
    {
        await using ServedDirectory served = new();
        served.Files.Write("dir/file", "");
        File.SetUnixFileMode(Path.Combine(served.Files.Inside, "dir"), (UnixFileMode)0b111_000_100);
        NfsFh3 dir = await served.HandleAsync("dir");
        Nfs3Client stranger = served.Client(1234, 1234);

        // Whatever others were told before.
        await served.Nfs.ReaddirplusAsync(new Readdirplus3Args(dir, 0, new byte[8], 8192, 8192));
        Entryplus3 file = (await Listing.PlusAsync(stranger, dir)).Single(entry => entry.Name == "file");
        Assert.False(file.NameAttributes.AttributesFollow);
        Assert.False(file.NameHandle.HandleFollows);
    }

    private static void Fill(string directory, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using (File.OpenHandle(Path.Combine(directory, $"entry-{i:000000}"), FileMode.CreateNew, FileAccess.Write))
            {
            }
        }
    }

    /// <summary>What a result takes on the wire.</summary>
    private static int SizeOf<T>(T value)
        where T : Zones.Rpc.IXdr<T>
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        Zones.Rpc.XdrWriter writer = new(output);
        value.Encode(ref writer);
        writer.Flush();
        return output.WrittenCount;
    }
}
