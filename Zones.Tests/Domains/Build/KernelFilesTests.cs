using Zones.Domains.Build;
using Zones.Domains.Microvm;

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

    private static IEnumerable<string> Modules(string root, string name) =>
        ModuleTree.Open(Path.Combine(root, "lib/modules/6.1.0")).Resolve([name]).Select(path => Path.GetFileName(path));

    private static void AssertRefused(string path, string problem)
    {
        ZoneResourceException refused = Assert.Throws<ZoneResourceException>(() => KernelImage.Read(path));
        Assert.StartsWith($"domain.kernel: {path}: ", refused.Message);
        Assert.Contains(problem, refused.Message);
    }

    /// <summary>A kernel that looks like one, and modules that do.</summary>
    internal static void MakeKernel(string root, string release)
    {
        Directory.CreateDirectory(Path.Combine(root, "boot"));
        File.WriteAllBytes(Path.Combine(root, "boot/vmlinuz-" + release), BzImage(release));
        foreach (string module in Essential)
        {
            WriteModule(root, release, module, "");
        }
    }

    private static void WriteModule(string root, string release, string name, string needs)
    {
        string directory = Directory.CreateDirectory(Path.Combine(root, "lib/modules", release, "kernel")).FullName;
        File.WriteAllText(Path.Combine(directory, name + ".ko"), $"module {name}\0depends={needs}\0");
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
