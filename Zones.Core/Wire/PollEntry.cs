using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public const short In = 1, Out = 4, Hangup = 0x10; // a hangup is told unasked

    public int Fd;
    public short Events;
    public short Returned;
}
