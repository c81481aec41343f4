using System.Globalization;
using Zones.Wire;

namespace Zones.Init;

/// <summary>A process that reads a zone's console into the zone's log, so that init never waits for anybody. It has the terminal's other end, the
/// terminal and the log; the keeper has them too, and starts another when this one ends. It ends when it is killed.</summary>
internal static unsafe class ConsolePump
{
    /// <summary>Names of such servers begin so.</summary>
    public const string Prefix = "console-";

    private const int BufferBytes = 16 << 10;
    private const int Pause = 50; // ms

    /// <summary>Serves for ever.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="descriptors">Their numbers, with commas between.</param>
    public static int Serve(string state, string name, string descriptors)
    {
        int[] numbers = [.. descriptors.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        Kernel.Name("zoned-console\0"u8);
        try
        {
            ServerFile.Write(Path.Combine(state, "run"), name, numbers);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The console works; only a keeper's death would be the end of it.
        }

        (int master, int log) = (numbers[0], numbers[2]);
        byte* buffer = stackalloc byte[BufferBytes];
        while (true)
        {
            PollEntry entry = new() { Fd = master, Events = PollEntry.In };
            Kernel.Call(Linux.Poll, &entry, 1, -1);
            long length = Kernel.Call(Linux.Read, master, (long)buffer, BufferBytes);
            if (length > 0)
            {
                Write(log, buffer, length);
            }
            else
            {
                Kernel.Call(Linux.Poll, 0, 0, Pause);
            }
        }
    }

    /// <summary>What a full disk does not take is lost: init must not wait for it.</summary>
    private static void Write(int log, byte* start, long length)
    {
        for (long done = 0, written; done < length; done += written)
        {
            written = Kernel.Call(Linux.Write, log, (long)(start + done), length - done);
            if (written <= 0)
            {
                return;
            }
        }
    }
}
