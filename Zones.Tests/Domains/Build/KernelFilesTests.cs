using Zones.Domains.Build;
using Zones.Domains.Microvm;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains.Build;

/// <summary>Kernels and modules, as they are found and as they are refused.</summary>
public sealed class KernelFilesTests
{
    private static readonly string[] Essential = ["virtio_mmio", "virtio_net", "virtio_console", "nfsv3", "overlay"];

    [Theory]
    [InlineData("", "is no kernel")]
    [InlineData("#!/bin/sh\n", "is no kernel")]
    [InlineData("\u001f\u008b", "is compressed as a whole")]
    public void What_is_no_kernel_is_said_to_be_none(string content, string problem)
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "vmlinuz");
        File.WriteAllBytes(path, [.. content.Select(letter => (byte)letter)]);
        AssertRefused(path, problem);
    }

    [Fact]
    public void A_kernel_of_another_architecture_is_refused_by_name()
    {
        using TemporaryDirectory directory = new();
        string elf = Path.Combine(directory.Path, "vmlinux-1"), arm = Path.Combine(directory.Path, "Image"), old = Path.Combine(directory.Path, "vmlinuz-32");
        byte[] head = new byte[0x1000];
        "\u007fELF"u8.CopyTo(head);
        head[18] = 183; // EM_AARCH64
        File.WriteAllBytes(elf, head);
        head = new byte[0x1000];
        "ARM\u0064"u8.CopyTo(head.AsSpan(0x38));
        File.WriteAllBytes(arm, head);
        File.WriteAllBytes(old, BzImage("1", is64Bit: false));
        AssertRefused(elf, "ELF machine 183");
        AssertRefused(arm, "arm64");
        AssertRefused(old, "32-bit");
        AssertRefused(Path.Combine(directory.Path, "none"), "does not exist");
    }

    [Fact]
    public void A_bzImage_says_its_release()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.Path, "vmlinuz");
        File.WriteAllBytes(path, BzImage("6.1.0-1-cloud-amd64"));
        Assert.Equal("6.1.0-1-cloud-amd64", KernelImage.Read(path).Release);
    }

    [Fact]
    public void Of_several_kernels_in_a_root_the_newest_is_taken_with_its_own_modules()
    {
        using TemporaryDirectory directory = new();
        MakeKernel(directory.Path, "6.9.0");
        MakeKernel(directory.Path, "6.10.0");
        KernelFiles found = KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed);
        Assert.Equal("6.10.0", found.Image.Release);
        Assert.All(found.Modules, module => Assert.Contains("/lib/modules/6.10.0/", module));
        Assert.Equal(Essential, found.Modules.Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void A_root_without_a_kernel_says_what_to_do()
    {
        using TemporaryDirectory directory = new();
        ZoneResourceException refused = Assert.Throws<ZoneResourceException>(() => KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed));
        Assert.Contains("there is no kernel (boot/vmlinuz-VERSION)", refused.Message);
    }

    [Fact]
    public void A_module_that_is_missing_is_named_with_who_needs_it()
    {
        using TemporaryDirectory directory = new();
        MakeKernel(directory.Path, "6.1.0");
        File.Delete(Path.Combine(directory.Path, "lib/modules/6.1.0/kernel/nfsv3.ko"));
        Assert.Contains("the module nfsv3 is missing", Assert.Throws<ZoneResourceException>(() => KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed)).Message);
        WriteModule(directory.Path, "6.1.0", "nfsv3", "gone");
        Assert.Contains("the module gone is missing, which nfsv3 needs", Assert.Throws<ZoneResourceException>(() => KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed)).Message);
    }

    [Fact]
    public void What_a_module_needs_is_loaded_before_it_and_once()
    {
        using TemporaryDirectory directory = new();
        MakeKernel(directory.Path, "6.1.0");
        WriteModule(directory.Path, "6.1.0", "nfsv3", "nfs,sun-rpc");
        WriteModule(directory.Path, "6.1.0", "nfs", "sun_rpc");
        WriteModule(directory.Path, "6.1.0", "sun-rpc", "");
        IReadOnlyList<string> expected = ["sun-rpc.ko", "nfs.ko", "nfsv3.ko"];
        Assert.Equal(expected, Modules(directory.Path, "nfsv3"));

        // As depmod would have written it, and it would be believed.
        File.WriteAllText(Path.Combine(directory.Path, "lib/modules/6.1.0/modules.dep"), "kernel/nfsv3.ko: kernel/nfs.ko kernel/sun-rpc.ko\nkernel/nfs.ko:\nkernel/sun-rpc.ko:\n");
        Assert.Equal(["nfs.ko", "sun-rpc.ko", "nfsv3.ko"], Modules(directory.Path, "nfsv3"));
        File.WriteAllText(Path.Combine(directory.Path, "lib/modules/6.1.0/modules.builtin"), "kernel/fs/nfs.ko\n");
        Assert.Equal(["sun-rpc.ko", "nfsv3.ko"], Modules(directory.Path, "nfsv3"));
    }

    [Theory]
    [InlineData("gzip", ".gz")]
    [InlineData("xz --check=crc32 --lzma2=dict=1MiB", ".xz")]
    [InlineData("zstd -q --rm -19", ".zst")]
    public void A_module_that_is_compressed_is_unpacked(string command, string suffix)
    {
        using TemporaryDirectory directory = new();
        MakeKernel(directory.Path, "6.1.0");
        WriteModule(directory.Path, "6.1.0", "nfsv3", "nfs");
        WriteModule(directory.Path, "6.1.0", "nfs", "", new string('x', 3_000_000));
        string modules = Path.Combine(directory.Path, "lib/modules/6.1.0/kernel");
        byte[] plain = File.ReadAllBytes(Path.Combine(modules, "nfs.ko"));
        GuestImage.Output("sh", "-c", $"{command} {modules}/*.ko");
        Assert.Equal(["nfs.ko" + suffix, "nfsv3.ko" + suffix], Modules(directory.Path, "nfsv3"));
        string packed = Path.Combine(modules, "nfs.ko" + suffix);
        Assert.Equal(plain, ModuleFile.Read(packed));
        Assert.Equal("nfs.ko", ModuleFile.NameOf(packed));

        File.WriteAllBytes(packed, File.ReadAllBytes(packed)[..^20]);
        Assert.StartsWith($"domain.kernel: {packed}: ", Assert.Throws<ZoneResourceException>(() => ModuleFile.Read(packed)).Message);
    }

    [Fact]
    public void A_kernel_with_all_of_it_built_in_needs_no_module()
    {
        using TemporaryDirectory directory = new();
        MakeKernel(directory.Path, "6.1.0");
        string modules = Path.Combine(directory.Path, "lib/modules/6.1.0");
        Directory.Delete(Path.Combine(modules, "kernel"), recursive: true);
        File.WriteAllLines(Path.Combine(modules, "modules.builtin"), Essential.Select(name => $"kernel/{name}.ko"));
        Assert.Empty(KernelFiles.Find(null, directory.Path, MicrovmToolstack.Needed).Modules);
    }

    private static IEnumerable<string> Modules(string root, string name) =>
        ModuleTree.Open(Path.Combine(root, "lib/modules/6.1.0")).Resolve([name], []).Select(path => Path.GetFileName(path));

    private static void AssertRefused(string path, string problem)
    {
        ZoneResourceException refused = Assert.Throws<ZoneResourceException>(() => KernelImage.Read(path));
        Assert.StartsWith($"domain.kernel: {path}: ", refused.Message);
        Assert.Contains(problem, refused.Message);
    }

    /// <summary>A kernel that looks like one, and modules that do.</summary>
    /// <param name="root">Where.</param>
    /// <param name="release">Of the kernel.</param>
    /// <param name="hangs">Whether its first instruction is a jump to itself.</param>
    internal static void MakeKernel(string root, string release, bool hangs = false)
    {
        Directory.CreateDirectory(Path.Combine(root, "boot"));
        byte[] image = BzImage(release);
        if (hangs)
        {
            // Of a version that takes an initial root, loaded high, anywhere below 2 GiB.
            (image[0x1F1], image[0x206], image[0x207], image[0x211]) = (4, 0x0F, 0x02, 1);
            BitConverter.GetBytes(0x7FFFFFFF).CopyTo(image, 0x22C);
            (image[0x200], image[0x201]) = (0xEB, 0xFE);
        }

        File.WriteAllBytes(Path.Combine(root, "boot/vmlinuz-" + release), image);
        foreach (string module in Essential)
        {
            WriteModule(root, release, module, "");
        }
    }

    private static void WriteModule(string root, string release, string name, string needs, string content = "")
    {
        string directory = Directory.CreateDirectory(Path.Combine(root, "lib/modules", release, "kernel")).FullName;
        File.WriteAllText(Path.Combine(directory, name + ".ko"), $"module {name}\0depends={needs}\0{content}");
    }

    private static byte[] BzImage(string release, bool is64Bit = true)
    {
        const int versionAt = 0x400;
        byte[] image = new byte[0x2000];
        (image[0x1FE], image[0x1FF]) = (0x55, 0xAA);
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BitConverter.GetBytes((ushort)(versionAt - 0x200)).CopyTo(image, 0x20E);
        System.Text.Encoding.ASCII.GetBytes(release + " (somebody)").CopyTo(image, versionAt);
        image[0x236] = is64Bit ? (byte)1 : (byte)0;
        return image;
    }
}
