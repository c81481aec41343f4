using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>Control files and directories of cgroups, in one system call each where that is possible; errors as numbers, since
/// "not there" is an ordinary answer.</summary>
internal static unsafe class ControlFile
{
    /// <summary>The content; empty when the file is not there.</summary>
    public static string Read(string path)
    {
        using SafeFd? file = Kernel.Open(path, Linux.O_RDONLY, out _);
        if (file is null)
        {
            return "";
        }

        const int most = 64 * 1024;
        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(most);
        fixed (byte* buffer = rented)
        {
            int length = 0;
            while (length < most)
            {
                long read = Kernel.Call(Linux.Read, file.Number, (long)(buffer + length), most - length);
                if (read <= 0)
                {
                    break;
                }

                length += (int)read;
            }

            string text = Encoding.ASCII.GetString(buffer, length);
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
            return text;
        }
    }

    /// <summary>Writes a value in one write(2); 0 or an error number.</summary>
    public static int Write(string path, string value)
    {
        using SafeFd? file = Kernel.Open(path, Linux.O_WRONLY, out int errno);
        if (file is null)
        {
            return errno;
        }

        byte[] bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
        {
            long written = Kernel.Call(Linux.Write, file.Number, (long)start, bytes.Length);
            return written < 0 ? (int)-written : 0;
        }
    }

    /// <summary>mkdir(2); 0 or an error number.</summary>
    public static int MakeDirectory(string path) => OnPath(path, start => Kernel.Call(Linux.Mkdir, start, 0x1ED /* 0755 */));

    /// <summary>rmdir(2); 0 or an error number.</summary>
    public static int RemoveDirectory(string path) => OnPath(path, start => Kernel.Call(Linux.Rmdir, start));

    private static int OnPath(string path, Func<long, long> call)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            long result = call((long)start);
            return result < 0 ? (int)-result : 0;
        }
    }
}
