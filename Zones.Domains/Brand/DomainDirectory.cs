using System.Net.Sockets;
using System.Text;
using Zones.Domains.Microvm;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Domains.Brand;

/// <summary>What a domain boots from and answers at: a directory in the private root of its carrier. QEMU writes there, so what is in it is
/// opened through no link that it may have put there.</summary>
/// <param name="zonepath">The zone's.</param>
internal sealed class DomainDirectory(string zonepath)
{
    private const int MostStatus = 4096;

    /// <summary>Where it is in the carrier.</summary>
    public const string Inside = "/domain";

    /// <summary>Its path on the host.</summary>
    public string Path { get; } = zonepath + "/root" + Inside;

    /// <summary>Makes it, owned by the carrier's root.</summary>
    public void Make(uint owner)
    {
        const int fifo = 0x1180, file = 0x8180; // S_IFIFO, S_IFREG; 0600
        Remove();
        Directory.CreateDirectory(Path);
        Own(Path, owner);
        Add(MachineEvents.Commands, fifo, owner);
        Add(MachineEvents.Log, file, owner);
    }

    /// <summary>Removes it, with everything that is there.</summary>
    public void Remove() => Roots.TreeRemover.Remove(Path);

    /// <summary>Removes a file, if it is there.</summary>
    public unsafe void Delete(string name)
    {
        using SafeFd? directory = Open();
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            if (directory is not null)
            {
                Kernel.Call(Linux.Unlinkat, directory.Number, (long)text, 0);
            }
        }
    }

    /// <summary>The lines that process 1 has written; empty when there are none yet.</summary>
    public unsafe string[] Status()
    {
        using SafeFd? file = Open("status", Linux.O_RDONLY | Linux.O_NONBLOCK);
        if (file is null)
        {
            return [];
        }

        byte* buffer = stackalloc byte[MostStatus];
        long length = Kernel.Call(Linux.Read, file.Number, (long)buffer, MostStatus);
        return length > 0 ? Encoding.UTF8.GetString(buffer, (int)length).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>The last lines of a file that QEMU writes; empty when there are none.</summary>
    public unsafe string[] Tail(string name)
    {
        const int mostRead = 16 << 10, end = 2;
        using SafeFd? file = Open(name, Linux.O_RDONLY | Linux.O_NONBLOCK);
        if (file is null)
        {
            return [];
        }

        byte[] buffer = new byte[mostRead];
        long length = Kernel.Call(Linux.Lseek, file.Number, 0, end);
        fixed (byte* start = buffer)
        {
            length = Kernel.Call(Linux.Pread64, file.Number, (long)start, mostRead, Math.Max(0, length - mostRead));
        }

        return Encoding.UTF8.GetString(buffer.AsSpan(0, (int)Math.Max(0, length))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Connects to a socket of QEMU's; null when nobody listens. By descriptor, since the name may be too long for an address and QEMU
    /// could put a link there.</summary>
    public Socket? Connect(string name)
    {
        using SafeFd? file = Open(name, Linux.O_PATH);
        if (file is null)
        {
            return null;
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{file.Number}"));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Opens a file; null when it is not there.</summary>
    public unsafe SafeFd? Open(string name, int flags)
    {
        using SafeFd? directory = Open();
        if (directory is null)
        {
            return null;
        }

        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            ulong* how = stackalloc ulong[3];
            how[0] = (ulong)flags | Linux.O_CLOEXEC;
            how[1] = 0;
            how[2] = Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH;
            return Kernel.Descriptor(Kernel.Call(Linux.Openat2, directory.Number, (long)text, (long)how, 24), out _);
        }
    }

    /// <summary>While nobody else knows the directory.</summary>
    private unsafe void Add(string name, int mode, uint owner)
    {
        string path = $"{Path}/{name}";
        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Check(Kernel.Call(Linux.Mknodat, Linux.AT_FDCWD, (long)text, mode, 0), "cannot make", path);
        }

        Own(path, owner);
    }

    private static unsafe void Own(string path, uint owner)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Check(Kernel.Call(Linux.Fchownat, Linux.AT_FDCWD, (long)name, owner, owner, Linux.AT_SYMLINK_NOFOLLOW), "cannot give its machine", path);
        }
    }

    private static void Check(long result, string what, string path)
    {
        if (result < 0)
        {
            throw KernelError.On(what, path, (int)-result);
        }
    }

    private SafeFd? Open() => Kernel.Open(Path, Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out _);
}
