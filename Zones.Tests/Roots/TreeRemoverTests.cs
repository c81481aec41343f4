using System.Diagnostics;
using System.Text;
using Zones.Interop;
using Zones.Roots;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Roots;

/// <summary>What a zone may have left behind for the host's root to remove.</summary>
public sealed unsafe class TreeRemoverTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _tree;

    public TreeRemoverTests() => _tree = _directory.Make("tree");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_is_not_there_is_gone()
    {
        TreeRemover.Remove(Path.Combine(_directory.Path, "none"));
        TreeRemover.Remove(Path.Combine(_directory.Path, "none/of/that"));
    }

    [Fact]
    public void Links_are_removed_and_never_followed()
    {
        string file = _directory.File("outside/file", "precious");
        _directory.Link("tree/dir", Path.GetDirectoryName(file)!);
        _directory.Link("tree/file", file);
        _directory.Link("tree/up", "..");
        _directory.Link("tree/root", "/");
        _directory.Link("tree/self", "self");
        _directory.Link("link", Path.GetDirectoryName(file)!);
        Gone(_tree);
        TreeRemover.Remove(Path.Combine(_directory.Path, "link"));
        Assert.Equal(["outside"], Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName));
        Assert.Equal("precious", File.ReadAllText(file));
    }

    [Fact]
    public void A_file_in_the_place_of_the_tree_is_removed() => Gone(_directory.File("file", "x"));

    [Fact]
    public void A_tree_deeper_than_any_path_is_removed()
    {
        // 4,000 levels of 200 characters: 800 kB of path, and far more levels than descriptors are allowed.
        Nest(4000, new string('d', 200));
        Gone(_tree);
    }

    [Fact]
    public void Deep_trees_side_by_side_are_removed()
    {
        Nest(200, "x");
        Nest(300, "y");
        Nest(65, ".z");
        Gone(_tree);
    }

    [Fact]
    public void A_wide_directory_is_removed()
    {
        for (int i = 0; i < 5000; i++)
        {
            _directory.File($"tree/{i}-{new string('n', 40)}");
        }

        Gone(_tree);
    }

    [Fact]
    public void Names_may_be_any_bytes()
    {
        using SafeFd tree = Open(_tree);
        foreach (byte[] name in (byte[][])[[0xff, 0xfe, 0], "a\nb\0"u8.ToArray(), "-rf\0"u8.ToArray(), " \0"u8.ToArray(), "...\0"u8.ToArray(), "\x1b[2J\0"u8.ToArray(), Encoding.ASCII.GetBytes(new string('n', 255) + "\0")])
        {
            fixed (byte* start = name)
            {
                Assert.Equal(0, Kernel.Call(Linux.Mkdirat, tree.Number, (long)start, 0x1ED));
                using SafeFd child = new((int)Kernel.Call(Linux.Openat, tree.Number, (long)start, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_CLOEXEC));
                Assert.Equal(0, Kernel.Call(Linux.Mkdirat, child.Number, (long)start, 0));
            }
        }

        Gone(_tree);
    }

    [Fact]
    public void Pipes_devices_and_closed_directories_are_removed()
    {
        using SafeFd tree = Open(_tree);
        fixed (byte* pipe = "pipe\0"u8, device = "null\0"u8, closed = "closed\0"u8)
        {
            Assert.Equal(0, Kernel.Call(Linux.Mknodat, tree.Number, (long)pipe, 0x1000 | 0x1B6));
            Assert.Equal(0, Kernel.Call(Linux.Mknodat, tree.Number, (long)device, 0x2000 | 0x1B6, (1 << 8) | 3));
            Assert.Equal(0, Kernel.Call(Linux.Mkdirat, tree.Number, (long)closed, 0));
        }

        _directory.File("tree/closed/file", "x", UnixFileMode.None);
        Gone(_tree);
    }

    [Fact]
    public void What_was_made_immutable_is_removed()
    {
        _directory.File("tree/a/b/file", "x");

        // Not every file system knows the attribute; where it does not there is nothing to undo either.
        using (Process chattr = Process.Start(new ProcessStartInfo("chattr", ["-R", "+i", _tree]) { RedirectStandardError = true })!)
        {
            chattr.WaitForExit();
        }

        Gone(_tree);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mount_in_the_tree_is_refused_and_what_it_holds_is_whole(bool bind)
    {
        string precious = _directory.File("precious/file", "x");
        string point = _directory.Make("tree/a/point");
        Mount(bind ? Path.GetDirectoryName(precious)! : "tmpfs", point, bind);
        try
        {
            File.WriteAllText(Path.Combine(point, "mine"), "y");
            ZoneResourceException error = Assert.Throws<ZoneResourceException>(() => TreeRemover.Remove(_tree));
            Assert.EndsWith("/point: something is mounted there; unmount it and uninstall again", error.Message, StringComparison.Ordinal);
            Assert.Equal((Linux.EBUSY, "root"), (error.Errno, error.ResourceKind));
            Assert.Equal("y", File.ReadAllText(Path.Combine(point, "mine")));
            Assert.Equal("x", File.ReadAllText(precious));
        }
        finally
        {
            Unmount(point);
        }

        Gone(_tree);
    }

    [Fact]
    public void A_file_that_is_mounted_over_is_refused()
    {
        string file = _directory.File("tree/file", "under");
        Mount(_directory.File("other", "over"), file, bind: true);
        try
        {
            Assert.Contains("something is mounted there", Assert.Throws<ZoneResourceException>(() => TreeRemover.Remove(_tree)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Unmount(file);
        }

        Assert.Equal("under", File.ReadAllText(file));
        Gone(_tree);
    }

    [Fact]
    public void A_file_system_that_is_mounted_on_the_path_is_emptied_and_stays()
    {
        using TemporaryMount mount = new();
        Directory.CreateDirectory(Path.Combine(mount.Path, "root/etc"));
        TreeRemover.Remove(mount.Path);
        Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
    }

    [Fact]
    public void A_read_only_file_system_is_told()
    {
        using TemporaryMount mount = new();
        string tree = Directory.CreateDirectory(Path.Combine(mount.Path, "tree/a")).Parent!.FullName;
        mount.MakeReadOnly();
        ZoneResourceException error = Assert.Throws<ZoneResourceException>(() => TreeRemover.Remove(tree));
        Assert.Equal(Linux.EROFS, error.Errno);
        Assert.Contains("EROFS (read-only file system)", error.Message, StringComparison.Ordinal);
    }

    private static void Gone(string path)
    {
        TreeRemover.Remove(path);
        Assert.False(Path.Exists(path));
    }

    private void Nest(int levels, string name)
    {
        SafeFd at = Open(_tree);
        fixed (byte* start = Encoding.ASCII.GetBytes(name + "\0"))
        {
            for (int i = 0; i < levels; i++)
            {
                Assert.Equal(0, Kernel.Call(Linux.Mkdirat, at.Number, (long)start, 0x1ED));
                SafeFd below = new((int)Kernel.Call(Linux.Openat, at.Number, (long)start, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_CLOEXEC));
                at.Dispose();
                at = below;
            }
        }

        at.Dispose();
    }

    private static SafeFd Open(string path) => Kernel.Open(path, Linux.O_RDONLY | Linux.O_DIRECTORY, out _)!;

    private static void Mount(string source, string target, bool bind)
    {
        fixed (byte* from = Encoding.UTF8.GetBytes(source + "\0"), to = Encoding.UTF8.GetBytes(target + "\0"), type = "tmpfs\0"u8)
        {
            Assert.Equal(0, Kernel.Call(Linux.Mount, (long)from, (long)to, (long)type, bind ? Linux.MS_BIND : 0));
        }
    }

    private static void Unmount(string path)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Assert.Equal(0, Kernel.Call(Linux.Umount2, (long)start, Linux.MNT_DETACH));
        }
    }
}
