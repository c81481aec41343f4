using System.Runtime.InteropServices;

namespace Zones.Network.Links;

/// <summary>struct ifinfomsg.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkHeader
{
    public byte Family;
    private readonly byte _padding;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}
