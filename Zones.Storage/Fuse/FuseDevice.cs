using System.Runtime.InteropServices;
using Zones.Wire;

namespace Zones.Storage.Fuse;

/// <summary>The /dev/fuse descriptor of one mount: requests come out of it, answers go into it, each with one system call.</summary>
/// <param name="descriptor">The caller's; it stays open.</param>
internal sealed unsafe class FuseDevice(int descriptor)
{
    /// <summary>What the kernel asks for at least (FUSE_MIN_READ_BUFFER), doubled: no request of a read-only mount is larger.</summary>
    public const int RequestBytes = 16 << 10;

    private const int NotifyResend = 7;

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nint Length;
    }

    /// <summary>Waits for a request.</summary>
    /// <param name="buffer">Room for <see cref="RequestBytes"/>.</param>
    /// <returns>Its length; 0 when the mount is gone or was aborted.</returns>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                int length = (int)Kernel.Call(Linux.Read, descriptor, (long)start, buffer.Length);
                if (length >= sizeof(FuseRequestHeader))
                {
                    return length;
                }

                // ENOENT: whoever asked has been killed before this read came to it.
                if (length != -Linux.ENOENT)
                {
                    return 0;
                }
            }
        }
    }

    /// <summary>Answers; false when nobody waits for the answer any more.</summary>
    /// <param name="unique">The request.</param>
    /// <param name="errno">0, or an error number: then there is no body.</param>
    /// <param name="body">What the opcode wants.</param>
    public bool Reply(ulong unique, int errno, ReadOnlySpan<byte> body = default)
    {
        FuseReplyHeader header = new() { Length = (uint)(sizeof(FuseReplyHeader) + body.Length), Error = -errno, Unique = unique };
        fixed (byte* start = body)
        {
            IoVector* parts = stackalloc IoVector[2];
            parts[0] = new() { Base = &header, Length = sizeof(FuseReplyHeader) };
            parts[1] = new() { Base = start, Length = body.Length };
            return Kernel.Call(Linux.Writev, descriptor, (long)parts, body.Length > 0 ? 2 : 1) >= 0;
        }
    }

    /// <summary>Answers with one structure; false when nobody waits for the answer any more.</summary>
    public bool Answer<T>(ulong unique, in T body)
        where T : unmanaged => Reply(unique, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body)));

    /// <summary>Has the kernel ask again whatever an earlier server has read and not answered. Before Linux 6.9 there is no such
    /// thing: those who wait then wait until they are killed and the mount is aborted.</summary>
    public void RequestResend() => Reply(0, -NotifyResend);
}
