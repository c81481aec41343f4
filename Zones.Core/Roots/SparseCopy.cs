using Zones.Wire;

namespace Zones.Roots;

/// <summary>Copies the contents of a file, holes as holes. They are shared until one side writes, where the file system can do that (FICLONE).</summary>
internal static unsafe class SparseCopy
{
    private const long CloneFile = 0x40049409; // FICLONE
    private const int SeekData = 3, SeekHole = 4;
    private const int ChunkBytes = 128 << 10;
    private const long MostAtOnce = 64 << 20; // between two looks at the token

    /// <summary>Copies.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for writing, empty.</param>
    /// <param name="length">How much, whatever the file has grown to meanwhile; of one that has shrunk the rest is a hole.</param>
    /// <param name="check">Throws where a call failed: what was tried, and its result.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>Bytes that are no holes.</returns>
    public static long Run(int from, int to, long length, Action<string, long> check, CancellationToken cancel)
    {
        if (length == 0 || Kernel.Call(Linux.Ioctl, to, CloneFile, from) == 0)
        {
            return length;
        }

        long copied = 0;
        check("copy", Kernel.Call(Linux.Ftruncate, to, length));
        for (long at = 0; at < length;)
        {
            long data = Kernel.Call(Linux.Lseek, from, at, SeekData);
            if (data == -Linux.ENXIO)
            {
                break; // a hole to the end
            }

            check("read", data);
            long hole = Kernel.Call(Linux.Lseek, from, data, SeekHole);
            check("read", hole);
            long end = Math.Min(hole, length);
            copied += Math.Max(0, end - data);
            Range(from, to, data, end, check, cancel);
            at = hole;
        }

        return copied;
    }

    private static void Range(int from, int to, long at, long end, Action<string, long> check, CancellationToken cancel)
    {
        while (at < end)
        {
            cancel.ThrowIfCancellationRequested();
            long input = at, output = at;
            long copied = Kernel.Call(Linux.CopyFileRange, from, (long)&input, to, (long)&output, Math.Min(end - at, MostAtOnce));
            if (copied is -Linux.EXDEV or -Linux.EINVAL or -Linux.EOPNOTSUPP or -Linux.ENOSYS or -Linux.EBADF)
            {
                copied = Chunk(from, to, at, end);
            }

            check("copy", copied);
            if (copied == 0)
            {
                return;
            }

            at += copied;
        }
    }

    private static long Chunk(int from, int to, long at, long end)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkBytes);
        fixed (byte* start = buffer)
        {
            long read = Kernel.Call(Linux.Pread64, from, (long)start, Math.Min(ChunkBytes, end - at), at);
            long written = read <= 0 ? read : Kernel.Call(Linux.Pwrite64, to, (long)start, read, at);
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            return written;
        }
    }
}
