namespace Zones.Wire;

/// <summary>Files of another process below /proc, named without allocating.</summary>
internal static unsafe class ProcFiles
{
    private const int PathBytes = 64;

    /// <summary>Opens /proc/PID/NAME; -errno on failure.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">NUL-terminated, at most 32 bytes.</param>
    /// <param name="flags">Of open(2); close-on-exec is added.</param>
    public static int Open(int pid, byte* name, int flags)
    {
        byte* path = stackalloc byte[PathBytes];
        byte* end = Append(path, "/proc/"u8);
        end = AppendNumber(end, pid);
        *end++ = (byte)'/';
        for (int i = 0; i < 32 && name[i] != 0; i++)
        {
            *end++ = name[i];
        }

        *end = 0;
        return (int)Kernel.Call(Linux.Openat, Linux.AT_FDCWD, (long)path, flags | Linux.O_CLOEXEC);
    }

    /// <summary>Writes a whole file below /proc/PID in one call; -errno on failure.</summary>
    public static int Write(int pid, byte* name, byte* data, int length)
    {
        int fd = Open(pid, name, Linux.O_WRONLY);
        if (fd < 0)
        {
            return fd;
        }

        long written = Kernel.Call(Linux.Write, fd, (long)data, length);
        Kernel.Close(fd);
        return written < 0 ? (int)written : 0;
    }

    /// <summary>Start time of a process in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)); 0 when it is gone.</summary>
    public static long StartTicks(int pid)
    {
        fixed (byte* name = "stat\0"u8)
        {
            int fd = Open(pid, name, Linux.O_RDONLY);
            if (fd < 0)
            {
                return 0;
            }

            byte* text = stackalloc byte[1024];
            long length = Kernel.Call(Linux.Read, fd, (long)text, 1024);
            Kernel.Close(fd);
            return length <= 0 ? 0 : Field22(new ReadOnlySpan<byte>(text, (int)length));
        }
    }

    private static long Field22(ReadOnlySpan<byte> stat)
    {
        // The command in field 2 may hold spaces and parentheses: fields are counted after its last one.
        int position = stat.LastIndexOf((byte)')') + 2;
        for (int field = 3; field < 22; field++)
        {
            int space = stat[position..].IndexOf((byte)' ');
            if (space < 0)
            {
                return 0;
            }

            position += space + 1;
        }

        long value = 0;
        while (position < stat.Length && stat[position] is >= (byte)'0' and <= (byte)'9')
        {
            value = (value * 10) + stat[position++] - '0';
        }

        return value;
    }

    private static byte* Append(byte* to, ReadOnlySpan<byte> text)
    {
        foreach (byte character in text)
        {
            *to++ = character;
        }

        return to;
    }

    private static byte* AppendNumber(byte* to, int number)
    {
        byte* digits = stackalloc byte[10];
        int count = 0;
        do
        {
            digits[count++] = (byte)('0' + (number % 10));
            number /= 10;
        }
        while (number > 0);

        while (count > 0)
        {
            *to++ = digits[--count];
        }

        return to;
    }
}
