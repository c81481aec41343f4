using System.Runtime.InteropServices;

namespace Zones.Network.Links;

/// <summary>struct tcmsg.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct QueueHeader
{
    public byte Family;
    private readonly byte _padding1;
    private readonly ushort _padding2;
    public int Link;
    public uint Handle;
    public uint Parent;

    /// <summary>Of a filter: its priority in the upper half, the frame's type in network byte order in the lower.</summary>
    public uint Info;
}
