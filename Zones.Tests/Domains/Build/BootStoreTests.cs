using System.IO.Compression;
using Zones.Domains.Build;
using Zones.Domains.Microvm;

namespace Zones.Tests.Domains.Build;

/// <summary>The files that domains boot from.</summary>
public sealed class BootStoreTests
{
    /// <summary>Of the store's kernel when fifty domains have it: its own, and two of each.</summary>
    private const ulong Names = 101;

    [Fact]
    public void Of_fifty_domains_the_shared_parts_are_made_once()
    {
        using TemporaryDirectory directory = new();
        KernelFilesTests.MakeKernel(directory.Path, "6.1.0");
        KernelFiles files = KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed);
        string store = Path.Combine(directory.Path, "store");
        for (int i = 0; i < 50; i++)
        {
            Write(directory.Path, files, $"d{i}");
        }

        Assert.Equal(2, Parts(store).Length);
        Assert.Equal(Names, FileStat.Links(Path.Combine(directory.Path, "d7/kernel")));
        Write(directory.Path, files, "d7");
        Assert.Equal(Names, FileStat.Links(Path.Combine(directory.Path, "d7/kernel")));
    }

    [Fact]
    public void An_initial_root_is_the_domains_own_part_and_the_common_one()
    {
        using TemporaryDirectory directory = new();
        KernelFilesTests.MakeKernel(directory.Path, "6.1.0");
        Write(directory.Path, KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed), "d1");
        byte[] initrd = File.ReadAllBytes(Path.Combine(directory.Path, "d1/initrd"));
        int packed = initrd.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]); // there is none in texts
        Assert.Equal(0, packed % 4);

        string common = Directory.CreateDirectory(Path.Combine(directory.Path, "common")).FullName;
        using (GZipStream unpacked = new(new MemoryStream(initrd, packed, initrd.Length - packed), CompressionMode.Decompress))
        {
            using MemoryStream archive = new();
            unpacked.CopyTo(archive);
            CpioWriterTests.Cpio(archive.ToArray(), common, "-id");
        }

        Assert.Equal("program", File.ReadAllText(Path.Combine(common, "init")));
        Assert.Equal("virtio_mmio.ko\nvirtio_net.ko\nvirtio_console.ko\nnfsv3.ko\noverlay.ko\n", File.ReadAllText(Path.Combine(common, "modules/order")));

        string private_ = Directory.CreateDirectory(Path.Combine(directory.Path, "private")).FullName;
        CpioWriterTests.Cpio(initrd[..packed], private_, "-id");
        GuestSettings settings = GuestSettings.Read(File.ReadAllBytes(Path.Combine(private_, "zone")));
        Assert.Equal("d1", settings.Hostname);
        Assert.Equal(["/bin/sh", "-c", "echo a=b\n\n", ""], settings.Init);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(directory.Path, "d1/initrd")));
    }

    [Fact]
    public void What_no_installed_domain_boots_from_goes_when_one_boots_from_something_else()
    {
        using TemporaryDirectory directory = new();
        string store = Path.Combine(directory.Path, "store");
        KernelFiles old = Kernel(directory.Path, "6.1.0"), next = Kernel(directory.Path, "6.2.0");
        Assert.True(Write(directory.Path, old, "d1"));
        Assert.True(Write(directory.Path, old, "d2"));
        Assert.False(Write(directory.Path, old, "d1"));
        string[] before = Parts(store);
        Assert.True(Write(directory.Path, next, "d1"));
        File.WriteAllText(Path.Combine(store, "root-0123.1.2"), "the half of what a process that was killed made");

        // The other one still has it, although its own files have gone with its end.
        Directory.Delete(Path.Combine(directory.Path, "d2"), recursive: true);
        Sweep("d1", "d2");
        Assert.Empty(before.Except(Parts(store)));
        Assert.DoesNotContain("root-0123.1.2", Parts(store));

        // It is uninstalled; and is again.
        Sweep("d1");
        string kept = Assert.Single(Parts(store), part => part.StartsWith("kernel-", StringComparison.Ordinal));
        Assert.DoesNotContain(kept, before);
        Assert.Equal(2, Parts(store).Length);
        Assert.True(Write(directory.Path, old, "d2"));
        Assert.Empty(before.Except(Parts(store)));

        void Sweep(params string[] installed) => new BootStore(store, "program").Sweep(() => installed.ToHashSet());
    }

    [Fact]
    public void A_part_that_there_is_no_room_for_leaves_nothing()
    {
        using TemporaryDirectory directory = new();
        using TemporaryMount small = new("64k");
        KernelFiles files = Kernel(directory.Path, "6.1.0");
        small.Fill();
        Assert.ThrowsAny<IOException>(() => new BootStore(small.Path, "program").Write(files, new(), "d1", directory.Path, 0));
        Assert.Equal("ballast", Assert.Single(Parts(small.Path)));
    }

    private static KernelFiles Kernel(string directory, string release)
    {
        string root = Directory.CreateDirectory(Path.Combine(directory, release)).FullName;
        KernelFilesTests.MakeKernel(root, release);
        return KernelFiles.Find(null, root, MicrovmToolstack.Needed);
    }

    /// <summary>The files themselves, without the names that domains have for them.</summary>
    private static string[] Parts(string store) => [.. Directory.GetFiles(store).Select(file => Path.GetFileName(file)!).Where(name => !name.Contains('+', StringComparison.Ordinal)).Order()];

    private static bool Write(string directory, KernelFiles files, string name)
    {
        string program = Path.Combine(directory, "program");
        File.WriteAllText(program, "program");
        GuestSettings settings = new() { Hostname = name, Server = "192.0.2.1", Port = 2049, Export = "secret" };
        settings.Init.AddRange(["/bin/sh", "-c", "echo a=b\n\n", ""]);
        return new BootStore(Path.Combine(directory, "store"), program).Write(files, settings, name, Directory.CreateDirectory(Path.Combine(directory, name)).FullName, 0);
    }
}
