using Zones.Domains.Build;
using Zones.Hosting;
using Zones.Interop;

namespace Zones.Domains.Brand;

/// <summary>Waits for a domain to say that its init runs. One that has ended, or has been silent for too long, is reported with the last that
/// its console showed; so is one that goes on printing and never gets there.</summary>
/// <param name="zone">For errors.</param>
/// <param name="machine">What runs it: process 1's program of the carrier.</param>
/// <param name="status">What process 1 has said by now.</param>
/// <param name="console">What it has printed.</param>
/// <param name="patience">Nothing new for so long, neither on the console nor from process 1, means that it hangs.</param>
internal sealed class BootWatch(string zone, string machine, Func<string[]> status, string console, TimeSpan patience)
{
    private const int LinesShown = 12;

    /// <summary>So many times the patience, whatever it prints.</summary>
    private const int WholeBoot = 5;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when init runs.</summary>
    /// <param name="process">Process 1 of the carrier.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ZoneException">It will not.</exception>
    public void Await(ProcessIdentity process, CancellationToken cancellationToken)
    {
        using SafeFd? running = process.Open();
        long begun = Length(), seen = begun, start = Environment.TickCount64, since = start;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool ended = running is null || Polling.Readable(running, Slice);
            string[] said = status();
            if (Array.Find(said, line => line.StartsWith(GuestSettings.Failed, StringComparison.Ordinal)) is { } failed)
            {
                throw Failure($"the domain cannot boot: {failed[GuestSettings.Failed.Length..]}", begun);
            }

            if (said.Contains(GuestSettings.Running))
            {
                return;
            }

            if (ended)
            {
                throw Failure(Length() == begun ? $"{machine} has ended before the kernel printed anything" : "the domain's kernel has ended before init ran", begun);
            }

            if (Length() != seen)
            {
                (seen, since) = (Length(), Environment.TickCount64);
            }
            else if (Environment.TickCount64 - since > patience.TotalMilliseconds)
            {
                throw Failure(seen == begun
                    ? $"the domain's kernel has printed nothing for {patience.TotalSeconds} s; it hangs, or is no kernel for this machine"
                    : $"the domain has said nothing for {patience.TotalSeconds} s and init does not run", begun);
            }

            if (Environment.TickCount64 - start > WholeBoot * patience.TotalMilliseconds)
            {
                throw Failure($"init does not run after {WholeBoot * patience.TotalSeconds} s", begun);
            }
        }
    }

    private long Length() => new FileInfo(console) is { Exists: true } file ? file.Length : 0;

    private ZoneResourceException Failure(string reason, long from)
    {
        List<string> lines = [];
        if (File.Exists(console))
        {
            using FileStream file = new(console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = Math.Min(from, file.Length);
            using StreamReader reader = new(file);
            while (reader.ReadLine() is { } line)
            {
                lines.Add(line.TrimEnd('\r'));
            }
        }

        // After a panic come the processor's registers, which say less.
        int panic = lines.FindLastIndex(line => line.Contains("Kernel panic", StringComparison.Ordinal));
        string shown = string.Concat((panic < 0 ? lines.TakeLast(LinesShown) : lines.Skip(panic).Take(LinesShown)).Select(line => "\n  " + line));
        return new($"{zone}: {reason}{(shown.Length == 0 ? "; its console is empty" : "; its console ends:" + shown)}", DomainKind.Name) { Zone = zone, Operation = "boot" };
    }
}
