using System.Runtime.CompilerServices;
using System.Text;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Reads STATE/log/NAME.log, the standard output and error of a zone's init.</summary>
internal static class LogReader
{
    private const int LongestLine = 1 << 20; // characters; what a zone prints without a line end is cut there, and not held in memory

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Where the log of a zone is.</summary>
    public static string PathOf(string stateDirectory, string zone) => Path.Combine(stateDirectory, "log", zone + ".log");

    /// <summary>Its lines; with follow until cancelled, through truncations.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(string path, LogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Queue<string> tail = new();
        StringBuilder partial = new();
        byte[] buffer = new byte[64 * 1024];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(buffer.Length)];
        long position = 0;
        bool caughtUp = false;
        while (true)
        {
            List<string> lines = [];
            int read = 0;
            if (File.Exists(path))
            {
                await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                position = file.Length < position ? 0 : NextData(file, position);
                file.Seek(position, SeekOrigin.Begin);
                read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                position += read;
                int count = decoder.GetChars(buffer, 0, read, characters, 0);
                Split(characters.AsSpan(0, count), partial, lines);
            }

            if (read == 0 && !caughtUp)
            {
                caughtUp = true;
                if (!options.Follow && partial.Length > 0)
                {
                    lines.Add(partial.ToString());
                }
            }

            foreach (string line in lines)
            {
                if (options.Tail is not { } most || (caughtUp && tail.Count == 0 && options.Follow && read > 0))
                {
                    yield return line;
                    continue;
                }

                tail.Enqueue(line);
                if (tail.Count > most)
                {
                    tail.Dequeue();
                }
            }

            if (caughtUp)
            {
                while (tail.TryDequeue(out string? line))
                {
                    yield return line;
                }

                if (!options.Follow)
                {
                    yield break;
                }

                if (read == 0)
                {
                    await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Where there is something to read from a position on: a zone may have made its log long without writing anything.</summary>
    public static long NextData(FileStream file, long position)
    {
        const long seekData = 3;
        long data = Kernel.Call(Linux.Lseek, (long)file.SafeFileHandle.DangerousGetHandle(), position, seekData);
        return data == -Linux.ENXIO ? file.Length : Math.Max(position, data);
    }

    private static void Split(ReadOnlySpan<char> text, StringBuilder partial, List<string> lines)
    {
        while (text.IndexOf('\n') is int end and >= 0)
        {
            partial.Append(text[..end]);
            lines.Add(partial.ToString().TrimEnd('\0', '\r'));
            partial.Clear();
            text = text[(end + 1)..];
        }

        partial.Append(text);
        if (partial.Length >= LongestLine)
        {
            lines.Add(partial.ToString().TrimEnd('\0', '\r'));
            partial.Clear();
        }
    }
}
