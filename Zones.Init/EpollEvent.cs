using System.Runtime.InteropServices;

namespace Zones.Init;

/// <summary>struct epoll_event of epoll_ctl(2), packed on x86-64.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public const uint In = 1;

    public uint Events;
    public long Data;
}
