using Zones.Network.Snoop.Protocols;
using Zones.Security;

namespace Zones.Network.Snoop.Filters;

/// <summary>What a filter asks of a packet, as a tree of comparisons. Compiled for the kernel by <see cref="FilterCompiler"/>, answered in
/// this process by <see cref="FilterEvaluator"/>, both from left to right, so that they agree on packets cut short too.</summary>
internal abstract record FilterNode
{
    public static FilterNode operator &(FilterNode left, FilterNode right) => new AllOf(left, right);

    public static FilterNode operator |(FilterNode left, FilterNode right) => new AnyOf(left, right);

    public static FilterNode operator !(FilterNode inner) => new Negation(inner);

    /// <summary>Whether any part of the tree is a <typeparamref name="T"/> that <paramref name="test"/> holds for.</summary>
    public bool Has<T>(Func<T, bool> test)
        where T : FilterNode => this switch
    {
        T found when test(found) => true,
        AllOf(FilterNode left, FilterNode right) => left.Has(test) || right.Has(test),
        AnyOf(FilterNode left, FilterNode right) => left.Has(test) || right.Has(test),
        Negation(FilterNode inner) => inner.Has(test),
        _ => false,
    };
}

/// <summary>Both.</summary>
internal sealed record AllOf(FilterNode Left, FilterNode Right) : FilterNode;

/// <summary>At least one.</summary>
internal sealed record AnyOf(FilterNode Left, FilterNode Right) : FilterNode;

/// <summary>Not.</summary>
internal sealed record Negation(FilterNode Inner) : FilterNode;

/// <summary>The same for every packet.</summary>
internal sealed record Constant(bool Value) : FilterNode;

/// <summary>A number of the packet, without the bits that are not in <paramref name="Mask"/>, compared with <paramref name="Value"/>.</summary>
internal sealed record Comparison(Field Field, uint Mask, BpfTest Test, uint Value) : FilterNode
{
    public Comparison(Field field, uint value)
        : this(field, uint.MaxValue, BpfTest.Equal, value)
    {
    }
}

/// <summary>A VLAN tag, of that number when one is given: in the frame, or taken out of it by the kernel.</summary>
internal sealed record Tagged(ushort? Id) : FilterNode;

/// <summary>A call of an ONC RPC program, the reply to one, or more of either's bytes (RFC 5531).</summary>
internal sealed record Rpc(uint Program, uint? Version, uint? Procedure) : FilterNode
{
    public bool Wants(RpcProcedure call) => Program == call.Program && (Version ?? call.Version) == call.Version && (Procedure ?? call.Procedure) == call.Procedure;
}

/// <summary>Where a number stands.</summary>
/// <param name="Base">What the offset counts from.</param>
/// <param name="Offset">Bytes.</param>
/// <param name="Size">1, 2 or 4 bytes.</param>
internal readonly record struct Field(FieldBase Base, int Offset, int Size)
{
    /// <summary>The protocol that the link layer carries, that of a tagged frame too.</summary>
    public static readonly Field EtherType = new(FieldBase.EtherType, 0, 2);

    /// <summary>The packet's length on the wire.</summary>
    public static readonly Field Length = new(FieldBase.Length, 0, 4);
}

/// <summary>What an offset counts from.</summary>
internal enum FieldBase
{
    /// <summary>The frame's first byte: Ethernet addresses. Other links have none.</summary>
    Link,

    /// <summary>The protocol number in front of the network header.</summary>
    EtherType,

    /// <summary>The first byte of the network header.</summary>
    Network,

    /// <summary>The first byte after an IPv4 header.</summary>
    AfterIPv4,

    /// <summary>No place: the packet's length.</summary>
    Length,
}
