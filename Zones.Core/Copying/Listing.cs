using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Reads the names of an open directory.</summary>
internal static unsafe class Listing
{
    /// <summary>The names, each with its NUL, a few hundred at a time: whoever has filled the directory does not fill this process's memory.</summary>
    /// <param name="directory">Open for reading.</param>
    /// <param name="failure">What is thrown when it cannot be read.</param>
    public static IEnumerable<byte[]> Of(SafeFd directory, Func<int, Exception> failure)
    {
        byte[] buffer = new byte[32 * 1024];
        while (Some(directory, buffer, out int errno) is { } names)
        {
            if (errno != 0)
            {
                throw failure(errno);
            }

            foreach (byte[] name in names)
            {
                yield return name;
            }
        }
    }

    /// <summary>Null at the end.</summary>
    private static List<byte[]>? Some(SafeFd directory, byte[] buffer, out int errno)
    {
        List<byte[]> names = [];
        fixed (byte* start = buffer)
        {
            long length = Kernel.Call(Linux.Getdents64, directory.Number, (long)start, buffer.Length);
            errno = length < 0 ? (int)-length : 0;
            if (length == 0)
            {
                return null;
            }

            for (DirectoryEntries entries = new(buffer.AsSpan(0, (int)Math.Max(0, length))); entries.MoveNext();)
            {
                if (!entries.IsDotOrDotDot && !entries.Name.Contains((byte)'/'))
                {
                    names.Add(entries.TerminatedName.ToArray());
                }
            }
        }

        return names;
    }
}
