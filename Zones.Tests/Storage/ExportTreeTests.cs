using System.Text;
using CsCheck;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>Handles and names below the protocol, on the real file system.</summary>
public sealed class ExportTreeTests : IDisposable
{
    private const int NotFound = 2, NotADirectory = 20, Loop = 40, Stale = 116, BadHandle = 521;

    private readonly ExportDirectory _export = new();

    public void Dispose() => _export.Dispose();

    [Fact]
    public void A_handle_is_valid_after_a_restart()
    {
        _export.Write("a/b/file", "x");
        byte[] handle = ExportDirectory.HandleOf(_export.Tree, "a/b/file");
        (int errno, ulong inode) = ExportDirectory.Find(_export.Tree, handle);
        Assert.Equal(0, errno);

        using ExportTree again = _export.Reopened();
        Assert.Equal((0, inode), ExportDirectory.Find(again, handle));
        Assert.True(handle.Length <= 64);
    }

    [Fact]
    public void An_altered_handle_is_a_bad_one_whichever_bit_it_is_and_whether_the_file_is_open_or_not()
    {
        _export.Write("file", "x");
        byte[] handle = ExportDirectory.HandleOf(_export.Tree, "file");
        using ExportTree again = _export.Reopened();
        for (int bit = 0; bit < handle.Length * 8; bit++)
        {
            byte[] altered = [.. handle];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(BadHandle, ExportDirectory.Find(_export.Tree, altered).Errno);
            Assert.Equal(BadHandle, ExportDirectory.Find(again, altered).Errno);
        }
    }

    [Fact]
    public void Random_bytes_are_a_bad_handle() =>
        Gen.Byte.Array[0, 64].Sample(handle => Assert.Equal(BadHandle, ExportDirectory.Find(_export.Tree, handle).Errno), iter: 2000, threads: 1);

    [Fact]
    public void A_removed_file_is_stale_and_so_is_its_handle_when_the_inode_number_is_used_again()
    {
        string path = _export.Write("file", "x");
        byte[] handle = ExportDirectory.HandleOf(_export.Tree, "file");
        File.Delete(path);
        Assert.Equal(Stale, ExportDirectory.Find(_export.Tree, handle).Errno);
        for (int i = 0; i < 50; i++)
        {
            _export.Write($"later{i}", "y");
        }

        using ExportTree again = _export.Reopened();
        Assert.Equal(Stale, ExportDirectory.Find(again, handle).Errno);
    }

    [Fact]
    public void A_file_that_was_moved_out_is_stale_at_once_and_good_again_when_it_is_back()
    {
        string path = _export.Write("a/file", "x");
        byte[] handle = ExportDirectory.HandleOf(_export.Tree, "a/file");
        string away = Path.Combine(_export.Outside, "file");
        File.Move(path, away);
        using ExportTree again = _export.Reopened();
        Assert.Equal(Stale, ExportDirectory.Find(_export.Tree, handle).Errno);
        Assert.Equal(Stale, ExportDirectory.Find(again, handle).Errno);

        File.Move(away, Path.Combine(_export.Inside, "elsewhere"));
        Assert.Equal(0, ExportDirectory.Find(_export.Tree, handle).Errno);
        Assert.Equal(0, ExportDirectory.Find(again, handle).Errno);
    }

    [Fact]
    public async Task What_lies_below_a_directory_that_was_moved_out_is_stale_too()
    {
        _export.Write("a/b/c/file", "x");
        byte[] file = ExportDirectory.HandleOf(_export.Tree, "a/b/c/file");
        byte[] directory = ExportDirectory.HandleOf(_export.Tree, "a/b/c");
        Directory.Move(Path.Combine(_export.Inside, "a"), Path.Combine(_export.Outside, "a"));
        using ExportTree again = _export.Reopened();
        Assert.Equal(Stale, ExportDirectory.Find(again, file).Errno);
        Assert.Equal(Stale, ExportDirectory.Find(again, directory).Errno);

        // One that is open is looked at again after a second at most.
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        Assert.Equal(Stale, ExportDirectory.Find(_export.Tree, file).Errno);
        Assert.Equal(Stale, ExportDirectory.Find(_export.Tree, directory).Errno);
    }

    [Fact]
    public void A_handle_survives_a_move_within_the_export()
    {
        string path = _export.Write("a/file", "x");
        byte[] handle = ExportDirectory.HandleOf(_export.Tree, "a/file");
        Directory.CreateDirectory(Path.Combine(_export.Inside, "b"));
        File.Move(path, Path.Combine(_export.Inside, "b/renamed"));
        using ExportTree again = _export.Reopened();
        Assert.Equal(0, ExportDirectory.Find(_export.Tree, handle).Errno);
        Assert.Equal(0, ExportDirectory.Find(again, handle).Errno);
        Assert.Equal(handle, ExportDirectory.HandleOf(_export.Tree, "b/renamed"));
    }

    [Fact]
    public void Symbolic_links_are_found_but_never_followed()
    {
        File.WriteAllText(Path.Combine(_export.Outside, "secret"), "x");
        File.CreateSymbolicLink(Path.Combine(_export.Inside, "up"), "../outside");
        File.CreateSymbolicLink(Path.Combine(_export.Inside, "absolute"), "/etc");
        foreach (string link in (string[])["up", "absolute"])
        {
            Assert.Equal(0, _export.Tree.Top(out FileNode? top, out _));
            Assert.Equal(0, _export.Tree.Lookup(top!, Encoding.UTF8.GetBytes(link + "\0"), out FileNode? node, out FileStatus status));
            Assert.Equal(0xa000, status.Type);
            int below = _export.Tree.Lookup(node!, "secret\0"u8, out FileNode? secret, out _);
            Assert.True(below is NotADirectory or Loop, $"errno {below}");
            Assert.Null(secret);
            node!.Dispose();
            top!.Dispose();
        }
    }

    [Fact]
    public void Dot_dot_leads_up_to_the_top_and_no_further()
    {
        _export.Write("a/file", "x");
        byte[] top = ExportDirectory.HandleOf(_export.Tree, "");
        Assert.Equal(top, ExportDirectory.HandleOf(_export.Tree, ".."));
        Assert.Equal(top, ExportDirectory.HandleOf(_export.Tree, "a/../../.."));
        Assert.Equal(ExportDirectory.HandleOf(_export.Tree, "a"), ExportDirectory.HandleOf(_export.Tree, "a/."));
    }

    [Fact]
    public void Dot_dot_of_a_directory_that_was_moved_out_leads_nowhere()
    {
        _export.Write("a/file", "x");
        Assert.Equal(0, _export.Tree.Top(out FileNode? top, out _));
        Assert.Equal(0, _export.Tree.Lookup(top!, "a\0"u8, out FileNode? a, out _));
        Directory.Move(Path.Combine(_export.Inside, "a"), Path.Combine(_export.Outside, "a"));
        int errno = _export.Tree.Lookup(a!, "..\0"u8, out FileNode? up, out _);
        Assert.True(errno is NotFound or Stale, $"errno {errno}");
        Assert.Null(up);
        a!.Dispose();
        top!.Dispose();
    }

    [Fact]
    public void A_walk_finds_a_file_that_the_kernel_knows_no_path_for_through_each_of_its_names()
    {
        string path = _export.Write("a/b/file", "x");
        Assert.Equal(0, ExportDirectory.Find(_export.Tree, ExportDirectory.HandleOf(_export.Tree, "a/b/file")).Errno);
        using Interop.SafeFd file = Wire.Kernel.Open(path, Wire.Linux.O_PATH, out _)!;
        Assert.Equal(0, Calls.Status(file, out FileStatus status));

        InodeIndex index = new(_export.Tree.Root);
        using Interop.SafeFd? found = index.Find(status, _ => true);
        Assert.NotNull(found);
        Assert.Equal(0, Calls.Status(found, out FileStatus there));
        Assert.Equal(status.Inode, there.Inode);
        Assert.Null(index.Find(status, _ => false));

        File.Delete(path);
        Assert.Null(index.Find(status, _ => true));
    }

    [Fact]
    public void The_cache_keeps_no_more_open_than_it_may_and_forgets_nothing()
    {
        byte[][] handles = [.. Enumerable.Range(0, 500).Select(i =>
        {
            _export.Write($"f{i}", "x");
            return ExportDirectory.HandleOf(_export.Tree, $"f{i}");
        })];
        int open = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count();
        Assert.True(open < 450, $"{open} descriptors");
        Assert.All(handles, handle => Assert.Equal(0, ExportDirectory.Find(_export.Tree, handle).Errno));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_refused_by_name()
    {
        ZoneException e = Assert.Throws<ZoneException>(() => ExportTree.Open(_export.Inside + "/none", 1, new NodeCache(4), new HandleCodec(new byte[32])));
        Assert.Equal(NotFound, e.Errno);
        Assert.Contains(_export.Inside + "/none: cannot export it: ENOENT", e.Message);
    }
}
