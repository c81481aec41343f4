using System.IO.Compression;
using Zones.Domains.Build;
using Zones.Domains.Microvm;

namespace Zones.Tests.Domains.Build;

/// <summary>The files that domains boot from.</summary>
public sealed class BootStoreTests
{
    /// <summary>Of the store's kernel when fifty domains have it.</summary>
    private const ulong Names = 51;

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

        Assert.Equal(2, Directory.GetFiles(store).Length);
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

    private static void Write(string directory, KernelFiles files, string name)
    {
        string program = Path.Combine(directory, "program");
        File.WriteAllText(program, "program");
        GuestSettings settings = new() { Hostname = name, Server = "192.0.2.1", Port = 2049, Export = "secret" };
        settings.Init.AddRange(["/bin/sh", "-c", "echo a=b\n\n", ""]);
        new BootStore(Path.Combine(directory, "store"), program).Write(files, settings, Directory.CreateDirectory(Path.Combine(directory, name)).FullName, 0);
    }
}
