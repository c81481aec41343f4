using Zones.Interop;
using Zones.Wire;

namespace Zones.Tests.Support;

/// <summary>A tmpfs of the test's own, that can be filled and made read-only, and is taken away at the end; needs root.</summary>
internal sealed unsafe class TemporaryMount : IDisposable
{
    private readonly bool _isOwn;

    /// <summary>A small one on a directory of its own.</summary>
    public TemporaryMount(string size = "4m")
        : this(Directory.CreateTempSubdirectory("zones-mount-").FullName, $"size={size}") => _isOwn = true;

    private TemporaryMount(string path, string? options)
    {
        Path = path;
        Mount(path, 0, options);
    }

    public string Path { get; }

    /// <summary>One on a directory that is there.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="shared">As systemd makes all mounts of a host: copies of it get what is mounted below (mount_namespaces(7)).</param>
    public static TemporaryMount On(string directory, bool shared = false)
    {
        const int makeShared = 1 << 20; // MS_SHARED
        TemporaryMount mount = new(directory, null);
        if (shared)
        {
            Mount(directory, makeShared, null);
        }

        return mount;
    }

    public void MakeReadOnly() => Mount(Path, Linux.MS_REMOUNT | Linux.MS_RDONLY, null);

    public void MakeWritable() => Mount(Path, Linux.MS_REMOUNT, null);

    /// <summary>Takes all the room there is; deleting the file gives it back.</summary>
    /// <returns>The file.</returns>
    public string Fill()
    {
        string file = System.IO.Path.Combine(Path, "ballast");
        byte[] page = new byte[4096];
        using FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                stream.Write(page);
            }
        }
        catch (IOException)
        {
            return file;
        }
    }

    public void Dispose()
    {
        fixed (byte* path = Bytes(Path))
        {
            Kernel.Call(Linux.Umount2, (long)path, Linux.MNT_DETACH);
        }

        if (_isOwn)
        {
            Directory.Delete(Path);
        }
    }

    private static void Mount(string path, int flags, string? options)
    {
        fixed (byte* target = Bytes(path), type = "tmpfs\0"u8, data = Bytes(options ?? ""))
        {
            long result = Kernel.Call(Linux.Mount, (long)type, (long)target, (long)type, flags, (long)data);
            if (result < 0)
            {
                throw new InvalidOperationException($"{path}: cannot mount a tmpfs: {KernelError.Describe((int)-result)}");
            }
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text + "\0");
}
