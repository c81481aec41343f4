using System.Buffers.Binary;
using Zones.Network.Protocols;
using Zones.Network.Snoop.Protocols;
using Zones.Security;

namespace Zones.Network.Snoop.Filters;

/// <summary>Answers a filter for one packet in this process.</summary>
internal ref struct FilterEvaluator(ReadOnlySpan<byte> frame, FrameLayout layout, int originalLength, RpcProcedure? rpc)
{
    private readonly ReadOnlySpan<byte> _frame = frame;
    private bool _cutShort;

    /// <summary>Whether the packet is wanted. As in the kernel it is not when a number that decides lies behind its end.</summary>
    public bool Matches(FilterNode node) => Holds(node) && !_cutShort;

    private bool Holds(FilterNode node) => node switch
    {
        AllOf all => Holds(all.Left) && Holds(all.Right),
        AnyOf any => Holds(any.Left) || Holds(any.Right),
        Negation negation => !Holds(negation.Inner),
        Comparison comparison => Holds(comparison),
        Tagged tagged => IsTagged(tagged.Id),
        Rpc wanted => rpc is { } call && wanted.Wants(call),
        Constant constant => constant.Value,
        _ => throw new InvalidOperationException(node.GetType().Name),
    };

    private bool Holds(Comparison comparison)
    {
        if (Number(comparison.Field) is not { } number)
        {
            return false;
        }

        number &= comparison.Mask;
        return comparison.Test switch
        {
            BpfTest.Equal => number == comparison.Value,
            BpfTest.Greater => number > comparison.Value,
            BpfTest.GreaterOrEqual => number >= comparison.Value,
            _ => (number & comparison.Value) != 0,
        };
    }

    /// <returns>Null when no packet of this link has it.</returns>
    private uint? Number(Field field) => field.Base switch
    {
        FieldBase.Length => (uint)originalLength,
        FieldBase.Link => layout.HasAddresses ? Read(field.Offset, field.Size) : null,
        FieldBase.EtherType when layout.TypeAt >= 0 => Read(layout.TypeAt, 2),
        FieldBase.EtherType => (Read(layout.Network, 1) >> 4) switch { 4 => (uint?)EtherTypes.IPv4, 6 => EtherTypes.IPv6, _ => null },
        FieldBase.AfterIPv4 => Read(layout.Network + (int)((Read(layout.Network, 1) & 0xF) * 4) + field.Offset, field.Size),
        _ => Read(layout.Network + field.Offset, field.Size),
    };

    private uint Read(int at, int size)
    {
        if (at + size > _frame.Length)
        {
            _cutShort = true;
            return 0;
        }

        ReadOnlySpan<byte> bytes = _frame[at..];
        return size switch { 1 => bytes[0], 2 => BinaryPrimitives.ReadUInt16BigEndian(bytes), _ => BinaryPrimitives.ReadUInt32BigEndian(bytes) };
    }

    private bool IsTagged(ushort? id)
    {
        for (int tag = 0; tag < layout.Tags; tag++)
        {
            if (id is null || (Read(layout.TagAt(tag), 2) & 0xFFF) == id)
            {
                return true;
            }
        }

        return false;
    }
}
