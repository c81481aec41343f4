using System.Diagnostics;
using Zones.Roots;
using Zones.Tests.Support;

namespace Zones.Tests.Roots;

/// <summary>A copy has everything that the original has; what cp -a says is held against it.</summary>
public sealed class TreeCopierTests : IDisposable
{
    private const uint Old = 1_048_576, New = 2_097_152;

    private readonly TemporaryDirectory _directory = new();

    private string Source => Path.Combine(_directory.Path, "source");

    private string Target => Path.Combine(_directory.Path, "target");

    public void Dispose()
    {
        // Names that are no text are nothing that .NET can delete.
        foreach (string tree in Directory.GetDirectories(_directory.Path))
        {
            TreeRemover.Remove(tree);
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task A_copy_is_what_cp_makes()
    {
        await MakeAsync();
        TreeCopier.Copy(Source, Target, IdMove.None, CancellationToken.None);
        await ShellAsync("cp -a source oracle");
        Assert.Equal(await ListingAsync("oracle"), await ListingAsync("target"));
        Assert.Equal(await ListingAsync("source"), await ListingAsync("target"));
        await ShellAsync("diff -r --no-dereference -x pipe -x pipe2 -x socket -x null source target");
    }

    [Fact]
    public async Task Holes_stay_holes()
    {
        await ShellAsync("mkdir source; truncate -s 64M source/sparse; printf x | dd of=source/sparse bs=1 seek=33554432 conv=notrunc status=none; truncate -s 1M source/empty");
        TreeCopier.Copy(Source, Target, IdMove.None, CancellationToken.None);
        await ShellAsync("cmp source/sparse target/sparse; cmp source/empty target/empty");
        Assert.InRange(int.Parse(await ShellAsync("du -k target/sparse | cut -f1"), System.Globalization.CultureInfo.InvariantCulture), 0, 1024);
    }

    [Fact]
    public async Task The_ids_of_a_zone_are_moved_wherever_they_stand()
    {
        await ShellAsync($"""
            mkdir -p source/dir
            echo a >source/file; echo b >source/setuid; echo c >source/host; echo d >source/capable; ln -s file source/link
            chown -h {Old + 33}:{Old + 65_535} source/file source/link; chown {Old}:{Old} source source/dir source/setuid source/capable
            chown 5:{Old - 1} source/host; chmod 6755 source/setuid
            """);
        SetCapability(Path.Combine(Source, "capable"), Old);
        SetAcl(Path.Combine(Source, "dir"), Old + 7);
        TreeCopier.Copy(Source, Target, new(Old, New), CancellationToken.None);
        Assert.Equal(
            $"target {New} {New}\ntarget/capable {New} {New}\ntarget/dir {New} {New}\ntarget/file {New + 33} {New + 65_535}\ntarget/host 5 {Old - 1}\ntarget/link {New + 33} {New + 65_535}\ntarget/setuid {New} {New}\n",
            await ShellAsync("find target -printf '%p %U %G\\n' | sort"));
        Assert.Equal("6755\n", await ShellAsync("stat -c %a target/setuid"));
        Assert.Equal(New, BitConverter.ToUInt32(Attribute(Path.Combine(Target, "capable"), "security.capability"), 20));
        Assert.Equal(New + 7, BitConverter.ToUInt32(Attribute(Path.Combine(Target, "dir"), "system.posix_acl_access"), 4 + 8 + 4));
    }

    [Fact]
    public async Task What_cannot_be_copied_is_named()
    {
        await ShellAsync("mkdir -p source/a/b; touch source/a/b/c");
        using TemporaryMount mount = TemporaryMount.On(Path.Combine(Source, "a/b"));
        ZoneResourceException error = Assert.Throws<ZoneResourceException>(() => TreeCopier.Copy(Source, Target, IdMove.None, CancellationToken.None));
        Assert.Equal(Path.Combine(Source, "a/b"), error.Path);
        Assert.Contains("something is mounted there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_without_end_is_refused_and_not_followed()
    {
        await ShellAsync("mkdir source; cd source; perl -e 'for (1..1500) { mkdir \"d\" or die; chdir \"d\" or die }'");
        ZoneResourceException error = Assert.Throws<ZoneResourceException>(() => TreeCopier.Copy(Source, Target, IdMove.None, CancellationToken.None));
        Assert.Contains("more than 1000 directories deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_copy_stops()
    {
        await ShellAsync("mkdir source; touch source/a");
        Assert.ThrowsAny<OperationCanceledException>(() => TreeCopier.Copy(Source, Target, IdMove.None, new CancellationToken(canceled: true)));
    }

    private Task MakeAsync() => ShellAsync("""
        mkdir -p source/etc/empty source/var/tmp source/"a b"
        echo root >source/etc/passwd; head -c 300000 /dev/urandom >source/var/data; : >source/nothing
        ln source/etc/passwd source/var/second; ln source/etc/passwd source/"a b"/third
        ln -s ../etc/passwd source/var/link; ln -s /etc/shadow source/out; ln -s none source/dangling; ln -sf loop source/loop
        mkfifo source/pipe; mknod source/null c 1 3; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "source/socket", Listen => 1) or die'
        printf '\377' | xargs -0 -I{} touch source/{}
        ln source/pipe source/pipe2
        chmod 4711 source/var/data; chmod 1777 source/var/tmp; chmod 0 source/nothing; chmod 2750 source/etc; chown 33:44 source/var/data; chown -h 7:8 source/out
        find source -exec touch -h -d '2001-02-03 04:05:06.123456789' {} +
        """);

    private Task<string> ListingAsync(string tree) => ShellAsync($"cd {tree}; find . -printf '%P %y %m %U %G %s %n %l %T@\\n' | LC_ALL=C sort");

    private static void SetCapability(string path, uint root)
    {
        // struct vfs_ns_cap_data: revision 3 with the effective bit, cap_net_bind_service, the root's id.
        byte[] value = [1, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(root)];
        Set(path, "security.capability", value);
    }

    private static void SetAcl(string path, uint user)
    {
        static byte[] Entry(ushort tag, ushort rights, uint id) => [.. BitConverter.GetBytes(tag), .. BitConverter.GetBytes(rights), .. BitConverter.GetBytes(id)];
        Set(path, "system.posix_acl_access", [2, 0, 0, 0, .. Entry(1, 7, uint.MaxValue), .. Entry(2, 5, user), .. Entry(4, 5, uint.MaxValue), .. Entry(16, 5, uint.MaxValue), .. Entry(32, 5, uint.MaxValue)]);
    }

    private static unsafe void Set(string path, string name, byte[] value)
    {
        const long setxattr = 188;
        fixed (byte* file = System.Text.Encoding.UTF8.GetBytes(path + "\0"), attribute = System.Text.Encoding.UTF8.GetBytes(name + "\0"), content = value)
        {
            Assert.Equal(0, Wire.Kernel.Call(setxattr, (long)file, (long)attribute, (long)content, value.Length));
        }
    }

    private static unsafe byte[] Attribute(string path, string name)
    {
        const long getxattr = 191;
        byte[] value = new byte[256];
        fixed (byte* file = System.Text.Encoding.UTF8.GetBytes(path + "\0"), attribute = System.Text.Encoding.UTF8.GetBytes(name + "\0"), content = value)
        {
            long length = Wire.Kernel.Call(getxattr, (long)file, (long)attribute, (long)content, value.Length);
            Assert.InRange(length, 1, value.Length);
            return value[..(int)length];
        }
    }

    private async Task<string> ShellAsync(string script)
    {
        ProcessStartInfo start = new("/bin/bash", ["-ec", script]) { WorkingDirectory = _directory.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{script}: {output}{await error}");
        return output;
    }
}
