using Zones.Interop;
using Zones.Wire;
using static Zones.Network.Netlink.NetlinkNumbers;

namespace Zones.Network.Netlink;

/// <summary>An AF_NETLINK socket (netlink(7)) for requests and their answers, in whatever network namespace it was opened in, for good. It
/// joins no multicast group. For one thread at a time.</summary>
/// <remarks>The kernel handles requests within the very system call that sends them, and puts the answers into the socket's receive
/// buffer before that returns. So nothing here ever waits: what is not there after the send will never be.</remarks>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    /// <summary>The kernel fills no more than that with a dump's messages, unless a single one is longer (netlink_recvmsg).</summary>
    private const int DatagramBytes = 32 * 1024;

    /// <summary>Room for the answers to a batch: an acknowledgement takes about 1 KiB of it.</summary>
    private const int SocketBufferBytes = 8 << 20;

    private byte[] _datagram;

    private NetlinkSocket(SafeFd descriptor, int datagramBytes)
    {
        Descriptor = descriptor;
        _datagram = GC.AllocateUninitializedArray<byte>(datagramBytes);
    }

    /// <summary>The socket, to be passed to another process.</summary>
    public SafeFd Descriptor { get; }

    /// <summary>Opens a socket.</summary>
    /// <param name="protocol">Whom to talk to.</param>
    /// <param name="networkNamespace">A descriptor of /proc/PID/ns/net or the like; null for the calling thread's own.</param>
    /// <param name="datagramBytes">Room for an answer at first; it grows with longer ones.</param>
    public static NetlinkSocket Open(NetlinkProtocol protocol, SafeFd? networkNamespace = null, int datagramBytes = DatagramBytes) =>
        networkNamespace is null ? Open(protocol, datagramBytes) : NamespaceThread.Run(networkNamespace, () => Open(protocol, datagramBytes));

    private static NetlinkSocket Open(NetlinkProtocol protocol, int datagramBytes)
    {
        SafeFd descriptor = Kernel.Descriptor(Kernel.Call(Linux.Socket, AF_NETLINK, SOCK_RAW | Linux.SOCK_CLOEXEC, (int)protocol), out int errno)
            ?? throw new NetlinkException($"open a netlink socket for {protocol}", errno);

        // Each of these is more than the least that works: without them errors have no words, acknowledgements repeat the request,
        // dumps ignore what they were asked for, and large batches overflow.
        Set(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Set(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        Set(descriptor, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        Set(descriptor, Linux.SOL_SOCKET, SO_RCVBUFFORCE, SocketBufferBytes);
        Set(descriptor, Linux.SOL_SOCKET, SO_SNDBUFFORCE, SocketBufferBytes);
        return new(descriptor, datagramBytes);
    }

    private static void Set(SafeFd socket, int level, int option, int value) =>
        Kernel.Call(Linux.Setsockopt, socket.Number, level, option, (long)&value, sizeof(int));

    /// <summary>Sends all messages at once and reads what became of each.</summary>
    /// <remarks>rtnetlink goes on after a message that fails; an nfnetlink batch is all or nothing.</remarks>
    /// <exception cref="NetlinkException">The first failure.</exception>
    public void Execute(NetlinkBatch batch)
    {
        if (batch.Labels.Count == 0)
        {
            return;
        }

        Send(batch);
        NetlinkException? first = null;
        int acknowledged = 0;
        while (TryReceive(out int length, out int errno))
        {
            if (errno != 0)
            {
                first ??= new(batch.Labels[0], errno, "its answers were lost, so it is not known what was done");
            }

            ReadOnlySpan<byte> rest = _datagram.AsSpan(0, Math.Min(length, _datagram.Length));
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if (message.Type == NLMSG_ERROR && message.Sequence <= batch.Labels.Count)
                {
                    first ??= Failure(batch, message);
                    acknowledged++;
                }
            }
        }

        if (first is not null)
        {
            throw first;
        }

        if (acknowledged < batch.Acknowledged)
        {
            throw new NetlinkException(batch.Labels[acknowledged], Linux.EIO, $"the kernel answered only {acknowledged} of {batch.Acknowledged} requests");
        }
    }

    private void Send(NetlinkBatch batch)
    {
        fixed (byte* bytes = batch.Bytes.Span)
        {
            long result = Kernel.Call(Linux.Sendto, Descriptor.Number, (long)bytes, batch.Bytes.Length);
            if (result < 0)
            {
                throw new NetlinkException(batch.Labels[0], (int)-result, $"cannot send {batch.Bytes.Length} bytes");
            }
        }
    }

    /// <summary>Takes a datagram off the receive buffer; false when none is there.</summary>
    /// <param name="length">Its length, which can be more than there was room for.</param>
    /// <param name="errno">ENOBUFS: answers were lost before this.</param>
    private bool TryReceive(out int length, out int errno)
    {
        fixed (byte* bytes = _datagram)
        {
            while (true)
            {
                NetlinkAddress from = default;
                int size = sizeof(NetlinkAddress);
                long result = Kernel.Call(Linux.Recvfrom, Descriptor.Number, (long)bytes, _datagram.Length, Linux.MSG_DONTWAIT | Linux.MSG_TRUNC, (long)&from, (long)&size);
                length = (int)Math.Max(result, 0);
                errno = (int)-Math.Min(result, 0);
                if (errno is not 0 and not Linux.EAGAIN and not ENOBUFS)
                {
                    throw new NetlinkException("read from a netlink socket", errno);
                }

                // Only the kernel has port 0; another process's message is not an answer.
                if (errno != 0 || from.Port == 0)
                {
                    return errno != Linux.EAGAIN;
                }
            }
        }
    }

    /// <summary>What an acknowledgement, or a dump's end, complains about; null for a success.</summary>
    private static NetlinkException? Failure(NetlinkBatch batch, NetlinkMessage message)
    {
        int errno = -message.Header<int>();
        if (errno == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> request = batch.Message(message.Sequence);
        (string? reason, int offset, int type) = Complaint(message, request.Length);
        bool missing = type >= 0;
        if (!missing && offset >= 0 && offset + AttributeHeaderSize <= request.Length)
        {
            type = BitConverter.ToUInt16(request[(offset + 2)..]) & NLA_TYPE_MASK;
        }

        string label = request.IsEmpty ? batch.Labels[0] : batch.Labels[(int)message.Sequence - 1];
        return new(label, errno, reason, offset, type, missing);
    }

    /// <summary>What an answer's attributes say.</summary>
    /// <param name="message">The answer.</param>
    /// <param name="request">The request's length, bytes: it may be repeated as a whole before them.</param>
    /// <returns>Reason, where the attribute is that the kernel objects to, and the type of one that is missing; null and -1 for what is not said.</returns>
    private static (string? Reason, int Offset, int Missing) Complaint(NetlinkMessage message, int request)
    {
        (string? Reason, int Offset, int Missing) said = (null, -1, -1);
        if ((message.Flags & NLM_F_ACK_TLVS) == 0)
        {
            return said;
        }

        // int error; but for a dump's end, the request's header, and where that is not capped the rest of the request.
        int repeated = message.Type == NLMSG_DONE ? 0 : (message.Flags & NLM_F_CAPPED) != 0 ? NetlinkHeader.Size : request;
        NetlinkReader reader = message.AttributesAt(sizeof(int) + repeated);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case NLMSGERR_ATTR_MSG:
                    said.Reason = reader.Text();
                    break;
                case NLMSGERR_ATTR_OFFS:
                    said.Offset = reader.As<int>();
                    break;
                case NLMSGERR_ATTR_MISS_TYPE:
                    said.Missing = reader.As<int>();
                    break;
            }
        }

        return said;
    }

    /// <summary>The kernel's words in the answer that another process, which sent on this socket, has left in it; null when it gave none.</summary>
    public string? Reason()
    {
        if (!TryReceive(out int length, out int errno) || errno != 0)
        {
            return null;
        }

        // Answers are capped (NETLINK_CAP_ACK): of the request no more than its header is repeated.
        ReadOnlySpan<byte> answer = _datagram.AsSpan(0, Math.Min(length, _datagram.Length));
        return NetlinkMessage.TryTake(ref answer, out NetlinkMessage message) && message.Type == NLMSG_ERROR ? Complaint(message, NetlinkHeader.Size).Reason : null;
    }

    public void Dispose() => Descriptor.Dispose();
}
