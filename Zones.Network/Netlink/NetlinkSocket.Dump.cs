using Zones.Wire;
using static Zones.Network.Netlink.NetlinkNumbers;

namespace Zones.Network.Netlink;

/// <summary>Requests that are answered with data.</summary>
internal sealed unsafe partial class NetlinkSocket
{
    /// <summary>How often a dump is started over before it counts as a failure. Each interruption needs a change within the milliseconds that a dump takes.</summary>
    private const int AttemptsMost = 100;

    /// <summary>Takes what is wanted from one message of an answer.</summary>
    internal delegate void RowReader<T>(NetlinkMessage message, List<T> rows);

    private enum Outcome
    {
        Complete,
        StartOver,
    }

    /// <summary>Asks for something and collects the answer, which is consistent: where what is listed changed in the middle (NLM_F_DUMP_INTR),
    /// or something was lost, it is asked for again.</summary>
    /// <param name="request">One message; a dump has <see cref="NetlinkFlags.Dump"/>.</param>
    /// <param name="read">Called for every message of the answer.</param>
    /// <exception cref="NetlinkException">The kernel refused, or what is listed never stood still (transient).</exception>
    public List<T> Dump<T>(NetlinkBatch request, RowReader<T> read)
    {
        for (int attempt = 0; attempt < AttemptsMost; attempt++)
        {
            List<T> rows = [];
            Send(request);
            if (Collect(request, read, rows) == Outcome.Complete)
            {
                return rows;
            }
        }

        throw new NetlinkException(request.Labels[0], Linux.EAGAIN, $"it changed in the middle of each of {AttemptsMost} readings");
    }

    /// <summary>Reads to the end in any case, because the next request would otherwise find the rest.</summary>
    private Outcome Collect<T>(NetlinkBatch request, RowReader<T> read, List<T> rows)
    {
        Outcome outcome = Outcome.Complete;
        NetlinkException? failure = null;
        bool ended = false;
        while (TryReceive(out int length, out int errno))
        {
            if (errno != 0)
            {
                outcome = Outcome.StartOver;
            }
            else if (length > _datagram.Length)
            {
                _datagram = GC.AllocateUninitializedArray<byte>(length);
                outcome = Outcome.StartOver;
                continue;
            }

            ReadOnlySpan<byte> rest = _datagram.AsSpan(0, length);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if ((message.Flags & NLM_F_DUMP_INTR) != 0)
                {
                    outcome = Outcome.StartOver;
                }

                switch (message.Type)
                {
                    case NLMSG_NOOP:
                        break;
                    case NLMSG_ERROR:
                    case NLMSG_DONE:
                        // Of a dump that fails, the end carries the error and its words just as an acknowledgement does.
                        failure ??= Failure(request, message);
                        ended = true;
                        break;
                    default:
                        read(message, rows);
                        break;
                }
            }
        }

        return failure is not null ? throw failure
            : ended ? outcome
            : Outcome.StartOver;
    }
}
