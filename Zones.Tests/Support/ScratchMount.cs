using System.Text;

namespace Zones.Tests.Support;

/// <summary>A tmpfs of the test's own on the host, taken away at the end.</summary>
internal sealed unsafe class ScratchMount : IDisposable
{
    private const int Mount = 165, Unmount = 166, MakeShared = 1 << 20, Detach = 2;
    private readonly string _directory;

    private ScratchMount(string directory) => _directory = directory;

    /// <summary>Mounts an empty tmpfs.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="shared">As systemd makes all mounts of a host: copies of it get what is mounted below (mount_namespaces(7)).</param>
    public static ScratchMount Tmpfs(string directory, bool shared = false)
    {
        fixed (byte* type = "tmpfs\0"u8, place = Encoding.UTF8.GetBytes(directory + "\0"))
        {
            Assert.Equal(0, Wire.Kernel.Call(Mount, type, (long)place, (long)type));
            if (shared)
            {
                Assert.Equal(0, Wire.Kernel.Call(Mount, 0, (long)place, 0, MakeShared));
            }
        }

        return new(directory);
    }

    public void Dispose()
    {
        fixed (byte* place = Encoding.UTF8.GetBytes(_directory + "\0"))
        {
            Wire.Kernel.Call(Unmount, place, Detach);
        }
    }
}
