using System.Buffers.Binary;
using CsCheck;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Tests.Rpc.Xdr;

/// <summary>Random XDR of any type of a protocol, made from the protocol's definitions and not by the code under test.</summary>
internal sealed class XdrGenerator(Protocol protocol)
{
    private const int MostElements = 5;
    private const int Deepest = 6;

    public Gen<byte[]> Of(Definition definition) => Of(definition, 0);

    private Gen<byte[]> Of(Definition definition, int depth) => definition switch
    {
        StructDefinition structure => Chain(protocol.MembersOf(structure).Select(member => Of(protocol.Resolve(member), depth))),
        UnionDefinition union => Union(union, depth),
        _ => throw new ArgumentException($"{definition.Name} is no struct or union"),
    };

    private Gen<byte[]> Of(XdrType type, int depth) => type switch
    {
        VoidType => Gen.Const(Array.Empty<byte>()),
        NumberType { Kind: TypeKind.Hyper or TypeKind.UnsignedHyper } => Gen.ULong.Select(Word),
        NumberType { Kind: TypeKind.Double } => Gen.Double.Select(value => Word(BitConverter.DoubleToUInt64Bits(value))),
        NumberType { Kind: TypeKind.Float } => Gen.Float.Select(value => Word(BitConverter.SingleToUInt32Bits(value))),
        NumberType { Kind: TypeKind.Bool } => Gen.Bool.Select(value => Word(value ? 1u : 0u)),
        NumberType => Gen.UInt.Select(Word),
        EnumType named => Gen.OneOf([.. named.Definition.Members.Select(member => Gen.Const(Word((uint)(int)protocol.ValueOf(new Constant(member.Name, member.At)))))]),
        OpaqueType { IsFixed: true } opaque => Gen.Byte.Array[(int)opaque.Length].Select(Padded),
        OpaqueType opaque => Bytes(opaque.Length, Gen.Byte),
        StringType text => Bytes(text.Limit, Gen.Byte[1, 255]),
        ArrayType { IsFixed: true } array => Chain(Enumerable.Range(0, (int)array.Length).Select(_ => Of(array.Element, depth))),
        ArrayType array => depth > Deepest ? Gen.Const(Word(0u)) : Counted(Of(array.Element, depth + 1), (int)Math.Min(array.Length, MostElements)),
        OptionalType optional => depth > Deepest ? Gen.Const(Word(0u)) : Maybe(Of(optional.Element, depth + 1)),
        CompoundType compound => Of(compound.Definition, depth + 1),
        ListType list => List(Of(list.Definition, depth + 1), list.MayBeEmpty),
        _ => throw new ArgumentException($"{type} is unknown"),
    };

    private Gen<byte[]> Union(UnionDefinition union, int depth)
    {
        XdrType discriminant = protocol.Resolve(union.Discriminant);
        HashSet<uint> labels = [.. union.Arms.SelectMany(arm => arm.Labels).Select(Value)];
        List<Gen<byte[]>> arms = [];
        foreach (UnionArm arm in union.Arms)
        {
            Gen<byte[]> body = Of(protocol.Resolve(arm.Body), depth + 1);
            IEnumerable<uint> values = arm.IsDefault ? All(discriminant).Where(value => !labels.Contains(value)) : arm.Labels.Select(Value);
            arms.AddRange(values.Select(value => Chain([Gen.Const(Word(value)), body])));
        }

        return Gen.OneOf([.. arms]);
    }

    private IEnumerable<uint> All(XdrType discriminant) => discriminant switch
    {
        EnumType named => named.Definition.Members.Select(member => (uint)(int)protocol.ValueOf(new Constant(member.Name, member.At))).Distinct(),
        NumberType { Kind: TypeKind.Bool } => [0, 1],
        _ => [7, 123456, 0x7fff_ffff],
    };

    private uint Value(Constant label) => (uint)(long)protocol.ValueOf(label);

    private static Gen<byte[]> Chain(IEnumerable<Gen<byte[]>> parts) =>
        parts.Aggregate(Gen.Const(Array.Empty<byte>()), (all, part) => Gen.Select(all, part, (a, b) => (byte[])[.. a, .. b]));

    private static Gen<byte[]> Bytes(uint limit, Gen<byte> one) =>
        one.Array[0, (int)Math.Min(limit, 40)].Select(bytes => (byte[])[.. Word((uint)bytes.Length), .. Padded(bytes)]);

    private static Gen<byte[]> Counted(Gen<byte[]> element, int most) =>
        element.Array[0, most].Select(items => (byte[])[.. Word((uint)items.Length), .. items.SelectMany(item => item)]);

    private static Gen<byte[]> Maybe(Gen<byte[]> element) =>
        Gen.Select(Gen.Bool, element, (there, item) => there ? (byte[])[.. Word(1u), .. item] : Word(0u));

    private static Gen<byte[]> List(Gen<byte[]> element, bool mayBeEmpty) => element.Array[mayBeEmpty ? 0 : 1, MostElements].Select(items =>
    {
        byte[] list = [.. items.SelectMany(item => (byte[])[.. Word(1u), .. item]), .. Word(0u)];
        return mayBeEmpty ? list : list[sizeof(uint)..];
    });

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Word(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
