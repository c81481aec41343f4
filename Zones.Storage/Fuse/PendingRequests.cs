using Zones.Wire;

namespace Zones.Storage.Fuse;

/// <summary>Requests that are not answered yet. The kernel says once that a waiting thread got a signal, and not which: a thread
/// that is being killed must have its answer at once, or it stays for ever; one that merely handles a signal waits on, as
/// on any hard mount, and is looked after until it is answered, because it may be killed later.</summary>
internal sealed class PendingRequests : IDisposable
{
    private const ulong ResendBit = 1UL << 63;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<ulong, Pending> _all = [];
    private readonly List<Pending> _interrupted = [];
    private readonly Timer _timer;

    public PendingRequests() => _timer = new(_ => CancelDying());

    /// <summary>Notes a request before anything of it is done.</summary>
    /// <returns>Cancelled when its thread is being killed.</returns>
    public CancellationToken Add(in FuseRequestHeader header)
    {
        Pending pending = new(header.Thread);
        lock (_all)
        {
            _all[header.Unique & ~ResendBit] = pending;
        }

        return pending.Cancel.Token;
    }

    /// <summary>It is answered.</summary>
    public void Remove(ulong unique)
    {
        lock (_all)
        {
            if (_all.Remove(unique & ~ResendBit, out Pending? pending) && pending.Interrupted)
            {
                _interrupted.Remove(pending);
            }
        }
    }

    /// <summary>The kernel interrupts a request; one that is answered already is not known any more.</summary>
    public void Interrupt(ulong unique)
    {
        lock (_all)
        {
            if (!_all.TryGetValue(unique & ~ResendBit, out Pending? pending) || pending.Interrupted)
            {
                return;
            }

            pending.Interrupted = true;
            _interrupted.Add(pending);
        }

        CancelDying();
    }

    public void Dispose() => _timer.Dispose();

    private void CancelDying()
    {
        Pending[] looked;
        lock (_all)
        {
            looked = [.. _interrupted];
        }

        bool some = false;
        foreach (Pending pending in looked)
        {
            if (IsDying(pending.Thread))
            {
                pending.Cancel.Cancel();
            }
            else
            {
                some = true;
            }
        }

        if (some)
        {
            _timer.Change(LookAgain, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether SIGKILL is on its way to a thread, or it is gone: the kernel turns every signal that ends a process into
    /// SIGKILL for each of its threads.</summary>
    private static bool IsDying(uint thread)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{thread}/status"))
            {
                if (line.StartsWith("SigPnd:", StringComparison.Ordinal) || line.StartsWith("ShdPnd:", StringComparison.Ordinal))
                {
                    ulong signals = ulong.Parse(line.AsSpan(line.IndexOf('\t') + 1), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
                    if ((signals & (1UL << (Linux.SIGKILL - 1))) != 0)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private sealed class Pending(uint thread)
    {
        public uint Thread { get; } = thread;

        public CancellationTokenSource Cancel { get; } = new();

        public bool Interrupted { get; set; }
    }
}
