using System.Runtime.CompilerServices;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Reads STATE/log/NAME.log, the standard output and error of a zone's init.</summary>
internal static class LogReader
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Where the log of a zone is.</summary>
    public static string PathOf(string stateDirectory, string zone) => Path.Combine(stateDirectory, "log", zone + ".log");

    /// <summary>Its lines as they are when this begins; with follow until cancelled or the zone is gone, through truncations. The last so many are found by counting all first:
    /// how many they are is the caller's to say and how long they are the zone's, so they are never held in memory.</summary>
    /// <param name="path">The log.</param>
    /// <param name="options">Which lines.</param>
    /// <param name="isThere">Whether there is the zone, and no other of its name: what is read is its own only then.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<string> ReadAsync(string path, LogOptions options, Func<bool> isThere, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long length = File.Exists(path) ? new FileInfo(path).Length : 0;
        long passed = options.Tail is { } most ? await CountAsync(new(path, length), withRest: !options.Follow, cancellationToken).ConfigureAwait(false) - most : 0;
        LogCursor log = new(path, options.Follow ? null : length);
        while (true)
        {
            List<string>? lines = await log.NextAsync(cancellationToken).ConfigureAwait(false);
            bool caughtUp = lines is null;
            if (!isThere())
            {
                yield break;
            }

            foreach (string line in lines ?? (!options.Follow && log.Rest is { Length: > 0 } rest ? [rest] : []))
            {
                if (passed > 0)
                {
                    passed--;
                }
                else
                {
                    yield return line;
                }
            }

            if (caughtUp && !options.Follow)
            {
                yield break;
            }

            if (caughtUp)
            {
                passed = 0; // it was cut meanwhile
                await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
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

    private static async Task<long> CountAsync(LogCursor log, bool withRest, CancellationToken cancellationToken)
    {
        long count = 0;
        while (await log.NextAsync(cancellationToken).ConfigureAwait(false) is { } lines)
        {
            count += lines.Count;
        }

        return count + (withRest && log.Rest.Length > 0 ? 1 : 0);
    }
}
