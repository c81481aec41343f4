using CsCheck;
using Zones.Rpc;
using Zones.Tests.Rpc.Golden;
using Zones.Tests.Rpc.Xdr;

namespace Zones.Tests.Rpc.Oracle;

/// <summary>Our code against what Debian's rpcgen makes of the same protocols, byte for byte.</summary>
public sealed class RpcgenOracleTests
{
    [Fact]
    public void C_reads_what_we_write_and_we_read_what_C_writes()
    {
        string constructs = Path.Combine(RpcSources.Golden, "constructs.x");
        Compare(constructs, XdrSubject.In(constructs, "Zones.Tests.Rpc.Golden", typeof(Pair).Assembly));
    }

    [Theory]
    [InlineData("nfs3.x")]
    [InlineData("mount3.x")]
    public void C_agrees_on_every_type_of_the_protocol(string file)
    {
        string protocol = Path.Combine(RpcSources.Protocols, file);
        Compare(protocol, XdrSubject.In(protocol, "Zones.Rpc.Protocols", typeof(XdrReader).Assembly));
    }

    [Fact]
    public void A_value_made_in_C_is_the_same_value_here()
    {
        using RpcgenOracle oracle = new(Path.Combine(RpcSources.Golden, "constructs.x"), canMakeItsOwn: true);
        byte[] bytes = oracle.Sample();
        XdrReader reader = new((ReadOnlyMemory<byte>)bytes);
        Everything value = Everything.Decode(ref reader);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(new Numbers(-1, 4000000000, 2, -3, 1ul << 63, 1.5f, -2.25, true, 9), value.N);
        Assert.Equal(new ByteKinds("abcdef"u8.ToArray(), new byte[] { 1, 2, 3 }, default, "12345"u8.ToArray(), default, default, "hi", "", "tag"), value.B);
        Assert.Equal(
            new Arrays([0, 0, 3], [0, 4], [true, false], [], [new Pair(6, Colour.RED), new Pair(0, Colour.GREEN)], [new Pair(8, Colour.DARK)], [], [12, 0, 0], [], [], [], []),
            value.A);
        Assert.Equal(new Optionals(77, new Pair(8, Colour.DARK), null, null, null), value.O);
        Assert.Equal(ByEnum.WithCool(Colour.GREEN, new Pair(2, Colour.RED)), value.U1);
        Assert.Equal(ByBool.WithValue(new byte[] { 1, 2, 3 }), value.U2);
        Assert.Equal(ByInt.WithPerhaps(5), value.U3);
        Assert.Equal(ByUnsigned.WithBig(-8), value.U4);
        Assert.Equal(SameType.WithSecond(44), value.U5);
        Assert.Equal(new Lists([new Item(1, "a"), new Item(-2, "b")], [new Knot(Colour.BLUE)]), value.L);
        Assert.Equal(new Tree(2, null, new Tree(3, null, null)), value.T);
        Assert.Equal(Colour.DARK, value.P);
    }

    private static void Compare(string protocol, IEnumerable<XdrSubject> subjects)
    {
        using RpcgenOracle oracle = new(protocol, canMakeItsOwn: false);
        int compared = 0;
        foreach (XdrSubject subject in subjects.Where(subject => oracle.Types.Contains(subject.Name)))
        {
            subject.Random.Sample(bytes =>
            {
                byte[] ours = subject.Recode(bytes, true);
                byte[]? theirs = oracle.Recode(subject.Name, ours);
                Assert.NotNull(theirs);
                Assert.Equal(ours, theirs);
                Assert.Equal(theirs, subject.Recode(theirs, false));
            }, iter: 60, threads: 1);
            compared++;
        }

        Assert.Equal(oracle.Types.Count, compared);
    }
}
