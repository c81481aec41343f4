using System.Formats.Tar;
using System.Text;
using Zones.Copying;

namespace Zones.Tests.Copying;

/// <summary>Archives of somebody who means ill, unpacked into the private files of a zone: they reach nothing else, and what is left out is told.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private const string Secret = "secret of the host";

    private readonly TemporaryDirectory _host = new();
    private readonly string _secret;

    public HostileArchiveTests()
    {
        _host.Make("root/srv");
        _secret = _host.File("secret", Secret);
    }

    private string Target => _host.Path + "/root/srv";

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("/secret", "has an absolute name; pack it without -P")]
    [InlineData("//secret", "has an absolute name; pack it without -P")]
    [InlineData("../secret", "has .. in its name, which leads elsewhere")]
    [InlineData("../../secret", "has .. in its name, which leads elsewhere")]
    [InlineData("a/../../../secret", "has .. in its name, which leads elsewhere")]
    [InlineData("a/..", "has .. in its name, which leads elsewhere")]
    [InlineData("..", "has .. in its name, which leads elsewhere")]
    [InlineData(".", "is no name of a file")]
    [InlineData("./", "is no name of a file")]
    public async Task A_name_that_leads_elsewhere_is_left_out(string name, string why)
    {
        await AssertRefusedAsync($"{name}: {why}", File(name, "overwritten"));
        foreach (TarEntryType type in (TarEntryType[])[TarEntryType.SymbolicLink, TarEntryType.HardLink])
        {
            await AssertRefusedAsync($"{name}: {why}", new PaxTarEntry(type, name) { LinkName = "fine" });
        }

        if (why[0] == 'h')
        {
            await AssertRefusedAsync($"{name}: {why}", new PaxTarEntry(TarEntryType.Directory, name));
        }
    }

    [Fact]
    public async Task Links_are_made_and_none_is_followed()
    {
        foreach (string target in (string[])[_host.Path, "../..", "/", "."])
        {
            CopyReport report = await UnpackAsync(
                new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = target },
                File("out/secret", "overwritten"),
                new PaxTarEntry(TarEntryType.Directory, "out/made"),
                new PaxTarEntry(TarEntryType.SymbolicLink, "out/link") { LinkName = "x" },
                new PaxTarEntry(TarEntryType.HardLink, "out/copy") { LinkName = "fine" },
                new PaxTarEntry(TarEntryType.Directory, "out"),
                File("fine", "fine"));
            Assert.Equal((1L, 1L, 0L, 5L), (report.Files, report.Links, report.Directories, report.RefusedCount));
            Assert.All(report.Refused.Take(3), line => Assert.Matches("^z1:/srv/out: cannot open the directory: (ENOTDIR|ELOOP)", line));
            Assert.Equal([Target + "/fine", Target + "/out"], FileTree.Of(Target));
            Assert.Equal(target, new FileInfo(Target + "/out").LinkTarget);
        }

        // One that a file takes the place of is gone, and not written through.
        System.IO.File.Delete(Target + "/out");
        System.IO.File.CreateSymbolicLink(Target + "/out", _secret);
        await UnpackAsync(File("out", "mine"));
        Assert.Equal((null, "mine"), (new FileInfo(Target + "/out").LinkTarget, System.IO.File.ReadAllText(Target + "/out")));
    }

    [Fact]
    public async Task A_hard_link_is_a_copy_of_a_file_below_and_of_nothing_else()
    {
        System.IO.File.CreateSymbolicLink(Target + "/link", _secret);
        System.IO.File.CreateSymbolicLink(Target + "/above", "../..");
        foreach (string target in (string[])[_secret, "../../secret", "a/../../../secret", "link", "above/secret", "nowhere", "a", "a/.."])
        {
            await AssertRefusedAsync(
                $"copy: is another name of {target}, which is no file below the directory",
                new PaxTarEntry(TarEntryType.Directory, "a"),
                new PaxTarEntry(TarEntryType.HardLink, "copy") { LinkName = target });
            Assert.False(Path.Exists(Target + "/copy"));
        }

        CopyReport report = await UnpackAsync(File("a/file", "once"), new PaxTarEntry(TarEntryType.HardLink, "b/copy") { LinkName = "a/file" });
        Assert.Equal((2L, 0L), (report.Files, report.RefusedCount));
        Assert.Equal(("once", 1UL), (System.IO.File.ReadAllText(Target + "/b/copy"), FileStat.Links(Target + "/b/copy")));
    }

    [Fact]
    public async Task Devices_and_pipes_are_left_out()
    {
        await AssertRefusedAsync("null: is a device, which is not copied", new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 });
        await AssertRefusedAsync("disk: is a device, which is not copied", new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 8 });
        await AssertRefusedAsync("pipe: is a pipe (FIFO), which is not copied", new PaxTarEntry(TarEntryType.Fifo, "pipe"));
        Assert.Empty(FileTree.Of(Target));
    }

    [Fact]
    public async Task Rights_come_along_as_far_as_a_copy_has_them()
    {
        await UnpackAsync(
            new PaxTarEntry(TarEntryType.RegularFile, "file") { Mode = (UnixFileMode)0xFFF },
            new PaxTarEntry(TarEntryType.Directory, "directory") { Mode = (UnixFileMode)0xFFF },
            File("directory/below", "x"));
        Assert.Equal((0x83FFu, 0x43FFu), (FileStat.Mode(Target + "/file"), FileStat.Mode(Target + "/directory")));
    }

    [Fact]
    public async Task What_is_in_the_way_is_told_and_the_rest_goes_on()
    {
        _host.File("root/srv/directory/own", "own");
        _host.File("root/srv/file", "own");
        CopyReport report = await UnpackAsync(File("directory", "x"), File("file/below", "x"), new PaxTarEntry(TarEntryType.Directory, "file"), new PaxTarEntry(TarEntryType.SymbolicLink, "directory") { LinkName = "x" }, File("fine", "x"));
        Assert.Equal((1L, 4L), (report.Files, report.RefusedCount));
        Assert.Equal("own", System.IO.File.ReadAllText(Target + "/directory/own"));
        Assert.Equal([Target + "/directory", Target + "/directory/own", Target + "/file", Target + "/fine"], FileTree.Of(Target));
    }

    [Fact]
    public async Task A_size_that_lies_leaves_no_file()
    {
        byte[] packed = Pack(File("first", "1"), File("second", new string('x', 5000)), File("third", "3"));
        int second = Find(packed, "second");
        foreach (string size in (string[])["77777777777", "00000100000", "-0000000001", "garbage    ", "\u0080\0\0\0\u007f\u007f\u007f\u007f\u007f\u007f\u007f"])
        {
            byte[] lying = [.. packed];
            Encoding.Latin1.GetBytes(size).CopyTo(lying, second + 124);
            Seal(lying, second);
            ZoneException broken = await AssertBrokenAsync(lying);
            Assert.EndsWith("; what came before it is in place: 1 files, 0 new directories, 0 links", broken.Message);
            Assert.Equal([Target + "/first"], FileTree.Of(Target));
            System.IO.File.Delete(Target + "/first");
        }

        // Less than there is: what follows is taken for a header, and is none.
        byte[] shorter = [.. packed];
        Encoding.Latin1.GetBytes("00000001000").CopyTo(shorter, second + 124);
        Seal(shorter, second);
        await AssertBrokenAsync(shorter);
        Assert.Equal(512, new FileInfo(Target + "/second").Length);
    }

    [Theory]
    [InlineData("17777777777\0")]
    [InlineData("\u0080\0\0\0\0\0\0\00000")]
    public async Task A_header_that_asks_for_all_memory_does_not_get_it(string size)
    {
        foreach (char type in "xgLK")
        {
            byte[] header = new byte[2048];
            Encoding.Latin1.GetBytes("name").CopyTo(header, 0);
            Encoding.Latin1.GetBytes("0000644\0" + "0000000\0" + "0000000\0" + size + "00000000000\0").CopyTo(header, 100);
            header[156] = (byte)type;
            Encoding.Latin1.GetBytes("ustar\00000").CopyTo(header, 257);
            Seal(header, 0);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            ZoneException broken = await AssertBrokenAsync(header);
            Assert.Contains("a header has more than 1 MiB", broken.Message);
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 << 20);
        }
    }

    [Fact]
    public async Task What_is_no_archive_and_what_has_no_end_are_told_apart()
    {
        Assert.StartsWith("the archive ends without the mark of its end", (await AssertBrokenAsync([])).Message);
        Assert.StartsWith("the archive ends in the middle", (await AssertBrokenAsync(new byte[100])).Message);
        Assert.StartsWith("the archive is none of tar's, or is damaged: it is compressed (gzip); unpack it first, as gzip -dc does", (await AssertBrokenAsync([0x1f, 0x8b, 8, 0, .. new byte[1000]])).Message);
        Assert.StartsWith("the archive is none of tar's, or is damaged: ", (await AssertBrokenAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("no archive at all\n", 100))))).Message);
        byte[] packed = Pack(File("first", "1"), File("second", new string('x', 5000)));
        int end = packed.Length - 1024;
        Assert.StartsWith("the archive ends without the mark of its end; what made it has broken off; what came before it is in place: 2 files", (await AssertBrokenAsync(packed[..end])).Message);
        Assert.StartsWith("the archive ends in the middle; what came before it is in place: 1 files", (await AssertBrokenAsync(packed[..(end - 1000)])).Message);
        Assert.Equal(2, (await UnpackAsync([.. packed, .. new byte[10_000]])).Files);
    }

    [Fact]
    public async Task Depth_has_a_floor_and_odd_names_are_told()
    {
        await AssertRefusedAsync("is more than 250 directories deep", File(string.Join('/', Enumerable.Repeat("d", 300)), "x"));
        await AssertRefusedAsync("has a name that is not UTF-8", File("b\uFFFDd", "x"));
        await UnpackAsync(File(string.Join('/', Enumerable.Repeat("d", 240)), "x"));
        ZoneException tooLong = await Assert.ThrowsAsync<ZoneException>(() => UnpackAsync(File(new string('n', 300), "x")));
        Assert.Equal(36, tooLong.Errno);
    }

    [Fact]
    public async Task Sparse_files_of_gnu_tar_are_left_out_rather_than_made_wrong()
    {
        using TemporaryDirectory here = new();
        using (FileStream holes = System.IO.File.Create(here.Path + "/holes"))
        {
            holes.SetLength(1 << 20);
            holes.Position = 500_000;
            holes.WriteByte(1);
        }

        here.File("zz", "after");
        CopyReport report = await UnpackAsync(await ArchiveTests.TarAsync(["-c", "-S", "--format=pax", "-C", here.Path, "holes", "zz"]));
        Assert.Equal(1, report.RefusedCount);
        Assert.EndsWith("is a sparse file as GNU tar packs it; pack it without -S", Assert.Single(report.Refused));
        Assert.Equal([Target + "/zz"], FileTree.Of(Target));
        await AssertBrokenOrRefusedAsync(await ArchiveTests.TarAsync(["-c", "-S", "--format=gnu", "-C", here.Path, "holes"]));
        Assert.False(System.IO.File.Exists(Target + "/holes"));
    }

    /// <summary>Whatever is made of an archive, it is unpacked or a <see cref="ZoneException"/>, and reaches nothing outside.</summary>
    [Fact]
    public async Task Damaged_archives_do_no_damage()
    {
        byte[] packed = Pack(
            File("a/file", "content"), new PaxTarEntry(TarEntryType.SymbolicLink, "a/link") { LinkName = "../../.." }, File("a/link/secret", "overwritten"),
            new PaxTarEntry(TarEntryType.HardLink, "a/hard") { LinkName = "a/file" }, new GnuTarEntry(TarEntryType.RegularFile, new string('l', 200)), new UstarTarEntry(TarEntryType.Directory, "b/"), File("b/" + new string('x', 120), new string('y', 2000)));
        Random random = new(20261126);
        for (int i = 0; i < 1500; i++)
        {
            byte[] damaged = [.. packed];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            if (i % 2 == 0)
            {
                // With its checksums put right, so that more of it is believed.
                for (int at = 0; at < damaged.Length; at += 512)
                {
                    if (damaged.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
                    {
                        Seal(damaged, at);
                    }
                }
            }

            await AssertBrokenOrRefusedAsync(i % 7 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            Directory.Delete(Target, recursive: true);
            _host.Make("root/srv");
        }
    }

    private static PaxTarEntry File(string name, string content) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static byte[] Pack(params TarEntry[] entries)
    {
        MemoryStream packed = new();
        using (TarWriter writer = new(packed, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    /// <summary>The header of a file.</summary>
    private static int Find(byte[] packed, string name)
    {
        for (int at = 0; ; at += 512)
        {
            if (packed[at + 156] == '0' && packed.AsSpan(at).StartsWith(Encoding.UTF8.GetBytes(name)))
            {
                return at;
            }
        }
    }

    /// <summary>Puts a header's checksum right (tar(5)).</summary>
    private static void Seal(byte[] packed, int at)
    {
        Span<byte> sum = packed.AsSpan(at + 148, 8);
        sum.Fill((byte)' ');
        int all = packed.AsSpan(at, 512).ToArray().Sum(octet => octet);
        Encoding.ASCII.GetBytes(Convert.ToString(all, 8).PadLeft(6, '0') + "\0 ").CopyTo(sum);
    }

    private Task<CopyReport> UnpackAsync(params TarEntry[] entries) => UnpackAsync(Pack(entries));

    private async Task<CopyReport> UnpackAsync(byte[] packed)
    {
        using LocalHand zone = LocalHand.OfZone("z1", _host.Path + "/root", 0, []);
        try
        {
            return await new ArchiveReader(zone, new(), CancellationToken.None).RunAsync(new MemoryStream(packed), "/srv");
        }
        finally
        {
            Assert.Equal([_host.Path + "/root", _host.Path + "/root/srv", _secret], Directory.GetFileSystemEntries(_host.Path).Concat(Directory.GetFileSystemEntries(_host.Path + "/root")).Order());
            Assert.Equal(Secret, System.IO.File.ReadAllText(_secret));
            Assert.DoesNotContain(FileTree.Of(Target), path => path.Contains(".zone-cp-", StringComparison.Ordinal));
        }
    }

    private async Task AssertRefusedAsync(string why, params TarEntry[] entries)
    {
        CopyReport report = await UnpackAsync([.. entries, File("fine", "fine")]);
        Assert.Contains(why, Assert.Single(report.Refused));
        Assert.Equal((1L, 1L), (report.Files, report.RefusedCount));
        System.IO.File.Delete(Target + "/fine");
    }

    private Task<ZoneException> AssertBrokenAsync(byte[] packed) => Assert.ThrowsAsync<ZoneException>(() => UnpackAsync(packed));

    private async Task AssertBrokenOrRefusedAsync(byte[] packed)
    {
        Exception? error = await Record.ExceptionAsync(() => UnpackAsync(packed));
        Assert.True(error is null or ZoneException, error?.ToString());
    }
}
