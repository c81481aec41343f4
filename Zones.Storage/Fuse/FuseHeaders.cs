using System.Runtime.InteropServices;

namespace Zones.Storage.Fuse;

/// <summary>struct fuse_in_header: before each request, 40 bytes. All of the protocol is in the machine's own byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseRequestHeader
{
    public uint Length;
    public FuseOpcode Opcode;

    /// <summary>Names the request in its answer; the top bit says that it is sent again (FUSE_UNIQUE_RESEND).</summary>
    public ulong Unique;

    /// <summary>The node that it is about; 1 is the root.</summary>
    public ulong Node;

    public uint User;
    public uint Group;

    /// <summary>The thread that waits for the answer, 0 when it is not one that can be seen from here.</summary>
    public uint Thread;

    private readonly uint _extensions;
}

/// <summary>struct fuse_out_header: before each answer, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseReplyHeader
{
    public uint Length;

    /// <summary>0 or -errno; in a notification (<see cref="Unique"/> is 0) what is notified.</summary>
    public int Error;

    public ulong Unique;
}
