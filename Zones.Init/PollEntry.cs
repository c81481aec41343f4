using System.Runtime.InteropServices;

namespace Zones.Init;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public const short In = 1;

    public int Fd;
    public short Events;
    public short Returned;
}
