using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Zones.Boot;

/// <summary>Netlink messages (netlink(7)) that a boot sends all at once, each with the words that an error will say. They are
/// written by the package that knows what they mean; here they are only numbered and sent.</summary>
internal sealed class NetlinkMessages
{
    private const int LengthAt = 0, FlagsAt = 6, SequenceAt = 8; // in struct nlmsghdr
    private const ushort WantsAnswer = 4; // NLM_F_ACK

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<string> _labels = [];
    private readonly List<int> _namespaces = [];

    /// <summary>What each message does, such as <c>anet[0]: make the link</c>.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Where 4 bytes are to become the number of a descriptor of the zone's network namespace.</summary>
    public IReadOnlyList<int> Namespaces => _namespaces;

    /// <summary>Adds messages.</summary>
    /// <param name="messages">Whole ones, each padded to 4 bytes.</param>
    /// <param name="labels">As many as messages.</param>
    /// <param name="namespaces">Offsets in <paramref name="messages"/> for <see cref="Namespaces"/>.</param>
    public void Append(ReadOnlySpan<byte> messages, IEnumerable<string> labels, params ReadOnlySpan<int> namespaces)
    {
        foreach (int at in namespaces)
        {
            _namespaces.Add(_bytes.WrittenCount + at);
        }

        _bytes.Write(messages);
        _labels.AddRange(labels);
    }

    /// <summary>The messages numbered from 0; the last alone asks to be acknowledged, errors are always told.</summary>
    public byte[] Finish()
    {
        byte[] all = _bytes.WrittenSpan.ToArray();
        int number = 0;
        for (int at = 0; at < all.Length; number++)
        {
            Span<byte> message = all.AsSpan(at);
            int length = (MemoryMarshal.Read<int>(message[LengthAt..]) + 3) & ~3;
            bool last = at + length >= all.Length;
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(message[FlagsAt..]);
            BinaryPrimitives.WriteUInt16LittleEndian(message[FlagsAt..], (ushort)(last ? flags | WantsAnswer : flags & ~WantsAnswer));
            BinaryPrimitives.WriteInt32LittleEndian(message[SequenceAt..], number);
            at += length;
        }

        return all;
    }
}
