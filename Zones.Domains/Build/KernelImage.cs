using System.Buffers.Binary;
using System.Text;

namespace Zones.Domains.Build;

/// <summary>A kernel that can be booted without a BIOS on this architecture: a bzImage with a 64-bit entry (the kernel's
/// Documentation/arch/x86/boot.rst), or a vmlinux (ELF).</summary>
/// <param name="Path">The file.</param>
/// <param name="Release">As <c>uname -r</c> says; null for a vmlinux, which does not tell.</param>
internal sealed record KernelImage(string Path, string? Release)
{
    private const int BootFlagAt = 0x1FE, MagicAt = 0x202, VersionAt = 0x20E, LoadFlagsAt = 0x236;
    private const int HeaderLength = 0x268;
    private const int ElfMachineAt = 18, ElfX64 = 62;

    /// <summary>Looks at a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ZoneResourceException">It cannot be read, is no kernel, or is one of another architecture.</exception>
    public static KernelImage Read(string path)
    {
        byte[] head = new byte[64 * 1024];
        int length;
        try
        {
            using FileStream file = File.OpenRead(path);
            length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {e.Message.ToLowerInvariant()}");
        }

        Span<byte> header = head.AsSpan(0, length);
        if (length >= HeaderLength && header[MagicAt..].StartsWith("HdrS"u8) && BinaryPrimitives.ReadUInt16LittleEndian(header[BootFlagAt..]) == 0xAA55)
        {
            const int has64BitEntry = 1; // XLF_KERNEL_64
            return (BinaryPrimitives.ReadUInt16LittleEndian(header[LoadFlagsAt..]) & has64BitEntry) != 0
                ? new(path, ReleaseOf(header))
                : throw Failure(path, "is a kernel for 32-bit x86; a domain here needs one for x86_64");
        }

        if (header.StartsWith("\u007fELF"u8) && length > ElfMachineAt + 2)
        {
            int machine = BinaryPrimitives.ReadUInt16LittleEndian(header[ElfMachineAt..]);
            return machine == ElfX64 ? new(path, null) : throw Failure(path, $"is a program for another architecture (ELF machine {machine}); a domain here needs a kernel for x86_64");
        }

        if (length > 0x40 && header[0x38..].StartsWith("ARM\x64"u8))
        {
            throw Failure(path, "is a kernel for arm64; a domain here needs one for x86_64");
        }

        throw Failure(path, header.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
            ? "is compressed as a whole; unpack it with gunzip"
            : "is no kernel: neither a bzImage nor a vmlinux; Debian's are /boot/vmlinuz-VERSION");
    }

    private static string? ReleaseOf(ReadOnlySpan<byte> header)
    {
        int at = BinaryPrimitives.ReadUInt16LittleEndian(header[VersionAt..]);
        if (at == 0 || at + 0x200 >= header.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> text = header[(at + 0x200)..];
        int end = text.IndexOfAny((byte)0, (byte)' ');
        return end > 0 ? Encoding.ASCII.GetString(text[..end]) : null;
    }

    private static ZoneResourceException Failure(string path, string reason) => new($"domain.kernel: {path}: {reason}", "domain") { Path = path };
}
