using System.Globalization;
using System.Text;

namespace Zones.Domains.Build;

/// <summary>Writes a cpio archive in the format that Linux takes for an initial root: "newc", initramfs-buffer-format.rst in the kernel's
/// documentation. Everything is root's, and of the beginning of time: the same content gives the same archive.</summary>
/// <param name="output">Where it goes; stays open.</param>
internal sealed class CpioWriter(Stream output)
{
    private const int Alignment = 4;
    private const int Directory = 0x4000, CharacterDevice = 0x2000, Regular = 0x8000;

    private long _written;
    private int _inode;

    /// <summary>A directory; its parents come before it.</summary>
    /// <param name="path">Without a leading slash.</param>
    /// <param name="mode">Its permissions.</param>
    public void AddDirectory(string path, int mode = 0x1ED /* 0755 */) => Add(path, Directory | mode, [], 2);

    /// <summary>A regular file.</summary>
    public void AddFile(string path, ReadOnlySpan<byte> content, int mode = 0x1A4 /* 0644 */) => Add(path, Regular | mode, content, 1);

    /// <summary>A character device.</summary>
    public void AddDevice(string path, int mode, int major, int minor) => Add(path, CharacterDevice | mode, [], 1, major, minor);

    /// <summary>Ends the archive.</summary>
    public void Finish() => Add("TRAILER!!!", 0, [], 1);

    private void Add(string path, int mode, ReadOnlySpan<byte> content, int links, int major = 0, int minor = 0)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        bool trailer = mode == 0;
        int[] fields =
        [
            trailer ? 0 : _inode++, mode, 0 /* user */, 0 /* group */, links, 0 /* time */, content.Length,
            0, 0 /* device of the file system */, major, minor, name.Length, 0 /* checksum */,
        ];
        StringBuilder header = new("070701");
        foreach (int field in fields)
        {
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        }

        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Write(name);
        Pad();
        Write(content);
        Pad();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _written += bytes.Length;
    }

    private void Pad()
    {
        while (_written % Alignment != 0)
        {
            Write([0]);
        }
    }
}
