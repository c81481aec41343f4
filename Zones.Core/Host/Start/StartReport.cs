using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>How a child's start went, from the pipe whose write end only the child holds: closed without a word means that it
/// executed its program.</summary>
internal static class StartReport
{
    /// <summary>Null for success.</summary>
    /// <param name="pipe">Read end.</param>
    /// <param name="timeout">The most to wait; then the report says ETIMEDOUT.</param>
    public static unsafe ChildReport? Read(SafeFd pipe, TimeSpan timeout)
    {
        if (!Polling.Readable(pipe, timeout))
        {
            return new ChildReport { Step = int.MaxValue, Errno = Linux.ETIMEDOUT };
        }

        ChildReport report;
        return Kernel.Call(Linux.Read, pipe.Number, (long)&report, sizeof(ChildReport)) == sizeof(ChildReport) ? report : null;
    }
}
