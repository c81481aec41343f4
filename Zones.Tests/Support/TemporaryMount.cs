using Zones.Interop;
using Zones.Wire;

namespace Zones.Tests.Support;

/// <summary>A small tmpfs of the test's own, that can be filled and made read-only; needs root.</summary>
internal sealed unsafe class TemporaryMount : IDisposable
{
    public TemporaryMount(string size = "4m")
    {
        Path = Directory.CreateTempSubdirectory("zones-mount-").FullName;
        Mount(Path, 0, $"size={size}");
    }

    public string Path { get; }

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

        Directory.Delete(Path);
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
