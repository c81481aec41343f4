using System.Buffers;
using System.Reflection;
using CsCheck;
using Zones.Rpc;
using Zones.Rpcgen.Emit;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Tests.Rpc.Xdr;

/// <summary>A generated type that is tested: random XDR of it, and what its code makes of bytes.</summary>
/// <param name="Name">As the protocol has it.</param>
/// <param name="Random">Valid XDR.</param>
/// <param name="Recode">Reads and writes again, with opaque data as slices or as copies.</param>
internal sealed record XdrSubject(string Name, Gen<byte[]> Random, Func<byte[], bool, byte[]> Recode)
{
    private static readonly Lazy<IReadOnlyList<XdrSubject>> Subjects = new(() =>
    [
        .. In(Path.Combine(RpcSources.Golden, "constructs.x"), "Zones.Tests.Rpc.Golden", typeof(XdrSubject).Assembly),
        .. In(Path.Combine(RpcSources.Golden, "more.x"), "Zones.Tests.Rpc.Golden", typeof(XdrSubject).Assembly),
        .. In(Path.Combine(RpcSources.Protocols, "nfs3.x"), "Zones.Rpc.Protocols", typeof(XdrReader).Assembly),
        .. In(Path.Combine(RpcSources.Protocols, "mount3.x"), "Zones.Rpc.Protocols", typeof(XdrReader).Assembly),
        .. In(Path.Combine(RpcSources.Protocols, "rpcbind.x"), "Zones.Rpc.Protocols", typeof(XdrReader).Assembly),
    ]);

    /// <summary>All structs and unions of all protocols.</summary>
    public static IReadOnlyList<XdrSubject> All => Subjects.Value;

    /// <summary>Those of one file.</summary>
    public static IEnumerable<XdrSubject> In(string path, string space, Assembly assembly)
    {
        Protocol protocol = RpcSources.Read(path);
        XdrGenerator generator = new(protocol);
        MethodInfo recode = typeof(XdrSubject).GetMethod(nameof(RecodeAs), BindingFlags.Static | BindingFlags.NonPublic)!;
        foreach (Definition definition in protocol.Definitions.Where(definition => definition is StructDefinition or UnionDefinition))
        {
            Type type = assembly.GetType($"{space}.{CSharpNames.Pascal(definition.Name)}", throwOnError: true)!;
            yield return new XdrSubject(definition.Name, generator.Of(definition), recode.MakeGenericMethod(type).CreateDelegate<Func<byte[], bool, byte[]>>());
        }
    }

    public override string ToString() => Name;

    private static byte[] RecodeAs<T>(byte[] bytes, bool slices)
        where T : IXdr<T>
    {
        XdrReader reader = slices ? new XdrReader((ReadOnlyMemory<byte>)bytes) : new XdrReader((ReadOnlySpan<byte>)bytes);
        T value = T.Decode(ref reader);
        if (reader.Remaining > 0)
        {
            throw new XdrException($"{reader.Remaining} bytes are left");
        }

        ArrayBufferWriter<byte> output = new();
        XdrWriter writer = new(output);
        value.Encode(ref writer);
        writer.Flush();
        Assert.True(bytes.Length >= T.MinSize);

        // Equality is that of contents, and the text shows every arm that is there without an error.
        XdrReader again = new((ReadOnlySpan<byte>)output.WrittenSpan);
        T second = T.Decode(ref again);
        Assert.True(value.Equals(second) || value.ToString()!.Contains("NaN", StringComparison.Ordinal));
        return output.WrittenSpan.ToArray();
    }
}
