using System.Runtime.InteropServices;

namespace Zones.Network.Snoop.Capture;

/// <summary>struct sockaddr_ll.</summary>
[StructLayout(LayoutKind.Sequential, Size = 20)]
internal struct LinkLayerAddress
{
    public ushort Family;
    public ushort Protocol;
    public int Index;
    public ushort HardwareType;
    public byte PacketType;
    public byte Length;
}

/// <summary>struct tpacket_req3: what a ring is to be.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingRequest
{
    public uint BlockSize, BlockCount, FrameSize, FrameCount;

    /// <summary>Milliseconds after which a block that is not full is given out.</summary>
    public uint RetireAfter;

    public uint PrivateBytes, Features;
}

/// <summary>struct tpacket_block_desc with the header of version 1.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct BlockDescription
{
    public uint Version, OffsetToPrivate, Status, Packets, FirstPacket, Length;
}

/// <summary>struct tpacket3_hdr.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct PacketHeader
{
    /// <summary>A sockaddr_ll follows, TPACKET_ALIGN(sizeof(struct tpacket3_hdr)).</summary>
    public const int Bytes = 48;

    public uint NextOffset, Seconds, Nanoseconds, Kept, Length, Status;
    public ushort LinkOffset, NetworkOffset;
    public uint Hash, TagNumber;
    public ushort TagType;
}

/// <summary>struct tpacket_stats_v3; reading it sets the kernel's to 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingStatistics
{
    /// <summary>Those dropped among them.</summary>
    public uint Packets;

    public uint Drops, Freezes;
}

/// <summary>struct packet_mreq.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct Membership
{
    public int Index;
    public ushort Type;
}

/// <summary>struct sock_fprog.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FilterProgram
{
    public ushort Instructions;
    public byte* First;
}
