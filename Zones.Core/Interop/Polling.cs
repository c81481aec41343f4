using Zones.Wire;

namespace Zones.Interop;

/// <summary>poll(2) for a single descriptor.</summary>
internal static unsafe class Polling
{
    /// <summary>Waits until a read would not block (data, end of file, or for a pidfd the end of the process).</summary>
    /// <param name="descriptor">What to wait for.</param>
    /// <param name="timeout">At most this long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public static bool Readable(SafeFd descriptor, TimeSpan timeout) => Readable(descriptor.Number, timeout);

    /// <summary>The same for a descriptor that somebody else holds meanwhile.</summary>
    /// <param name="descriptor">What to wait for.</param>
    /// <param name="timeout">At most this long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public static bool Readable(int descriptor, TimeSpan timeout) => Ready(descriptor, PollEntry.In, timeout);

    /// <summary>Waits until a write would not block, or would fail.</summary>
    /// <param name="descriptor">One of the standard descriptors, which nobody owns.</param>
    /// <param name="timeout">At most this long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public static bool Writable(int descriptor, TimeSpan timeout) => Ready(descriptor, PollEntry.Out, timeout);

    private static bool Ready(int descriptor, short events, TimeSpan timeout)
    {
        PollEntry entry = new() { Fd = descriptor, Events = events };
        long milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (long)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        return Kernel.Call(Linux.Poll, &entry, 1, milliseconds) > 0;
    }
}
