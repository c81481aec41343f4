using System.Buffers.Binary;
using System.Diagnostics;
using Zones.Wire;

namespace Zones.Guest.Work;

/// <summary>What a program asks of its kernel all the time.</summary>
internal static unsafe class CallWork
{
    /// <summary>getppid(2), which the kernel answers at once and the C library does not keep: the way in and out, with the filter that is on it.</summary>
    /// <returns>Seconds a call.</returns>
    public static double SystemCall(TimeSpan time)
    {
        const int batch = 1000;
        long calls = 0, start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            for (int i = 0; i < batch; i++)
            {
                Kernel.Syscall(Linux.Getppid);
            }

            calls += batch;
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < time);
        return passed.TotalSeconds / calls;
    }

    /// <summary>fork(2), execve(2) of the smallest program there is, its end, wait(2).</summary>
    /// <returns>Seconds for all of that; null where memory may not be executed.</returns>
    public static double? ForkExec(TimeSpan time)
    {
        int program;
        fixed (byte* name = "nothing\0"u8)
        {
            program = (int)Kernel.Call(Linux.MemfdCreate, name, 1 /* MFD_CLOEXEC */);
        }

        Call.Write(program, Nothing());
        byte** none = stackalloc byte*[1];
        none[0] = null;
        int status = 0, runs = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        fixed (byte* empty = "\0"u8)
        {
            do
            {
                long child = Kernel.Call(Linux.Clone, Linux.SIGCHLD);
                if (child == 0)
                {
                    Kernel.Syscall(Linux.Execveat, program, (long)empty, (long)none, (long)none, Linux.AT_EMPTY_PATH);
                    Kernel.Exit(1);
                }

                if (child < 0 || Kernel.Call(Linux.Wait4, child, (long)&status, 0) != child || status != 0)
                {
                    Kernel.Close(program);
                    return null;
                }

                runs++;
                passed = Stopwatch.GetElapsedTime(start);
            }
            while (passed < time);
        }

        Kernel.Close(program);
        return passed.TotalSeconds / runs;
    }

    /// <summary>An ELF header, one segment, and exit(0); see elf(5).</summary>
    private static byte[] Nothing()
    {
        const int header = 64, segment = 56;
        const ulong address = 0x400000;
        byte[] code = [0xB8, 60, 0, 0, 0, 0x31, 0xFF, 0x0F, 0x05]; // mov eax, 60; xor edi, edi; syscall
        byte[] file = new byte[header + segment + code.Length];
        Span<byte> at = file;
        ((byte[])[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(at[18..], 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(at[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], address + header + segment);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], header);
        BinaryPrimitives.WriteUInt16LittleEndian(at[52..], header);
        BinaryPrimitives.WriteUInt16LittleEndian(at[54..], segment);
        BinaryPrimitives.WriteUInt16LittleEndian(at[56..], 1);
        at = at[header..];
        BinaryPrimitives.WriteUInt32LittleEndian(at, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], 5); // readable, executable
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], 0x1000);
        code.CopyTo(file, header + segment);
        return file;
    }
}
