using System.Buffers;
using Zones.Rpc;
using Zones.Tests.Rpc.Golden;

namespace Zones.Tests.Rpc.Xdr;

/// <summary>The reader and the writer, and what they refuse.</summary>
public sealed class XdrReaderTests
{
    [Fact]
    public void A_length_beyond_the_record_allocates_nothing()
    {
        byte[] record = [0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
        Refused(record, (ref XdrReader reader) => reader.ReadOpaque(uint.MaxValue));
        Refused(record, (ref XdrReader reader) => reader.ReadString(uint.MaxValue));
        Refused(record, (ref XdrReader reader) => reader.ReadArray<Pair>(uint.MaxValue));
        Refused(record, (ref XdrReader reader) => reader.ReadCount(uint.MaxValue, 4));

        static void Refused(byte[] record, Reading reading)
        {
            for (int i = 0; i < 2; i++)
            {
                XdrReader reader = new((ReadOnlyMemory<byte>)record);
                long before = GC.GetAllocatedBytesForCurrentThread();
                XdrException? error = null;
                try
                {
                    reading(ref reader);
                }
                catch (XdrException caught)
                {
                    error = caught;
                }

                // The error itself is all; the first time, its code is loaded too.
                Assert.NotNull(error);
                Assert.True(i == 0 || GC.GetAllocatedBytesForCurrentThread() - before < 4096);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 2 }, "bool", "byte 4 of 4: 2 is no value of bool")]
    [InlineData(new byte[] { 0, 0, 0, 9 }, "colour", "byte 4 of 4: 9 is no value of colour")]
    [InlineData(new byte[] { 0, 0, 0, 1, 7, 0, 0, 1 }, "opaque", "byte 4 of 8: the padding after 1 bytes is not zero")]
    [InlineData(new byte[] { 0, 0, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0 }, "opaque", "byte 4 of 12: the length 6 is over the bound 5")]
    [InlineData(new byte[] { 0, 0, 0, 4, 1, 2, 3 }, "opaque", "byte 4 of 7: the record ends, 4 more bytes were expected")]
    [InlineData(new byte[] { 0, 0 }, "bool", "byte 0 of 2: the record ends, 4 more bytes were expected")]
    public void An_error_tells_the_byte_and_what_is_wrong(byte[] record, string type, string message)
    {
        XdrException error = Assert.Throws<XdrException>(() =>
        {
            XdrReader reader = new((ReadOnlyMemory<byte>)record);
            switch (type)
            {
                case "bool":
                    reader.ReadBoolean();
                    break;
                case "colour":
                    reader.ReadColour();
                    break;
                default:
                    reader.ReadOpaque(5);
                    break;
            }
        });
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Values_nested_deeper_than_allowed_are_refused_on_both_ways()
    {
        // A tree of left children: value, left is there, …
        byte[] record = [.. Enumerable.Repeat<byte[]>([0, 0, 0, 1, 0, 0, 0, 1], 100_000).SelectMany(bytes => bytes)];
        XdrException error = Assert.Throws<XdrException>(() =>
        {
            XdrReader reader = new((ReadOnlyMemory<byte>)record);
            Tree.Decode(ref reader);
        });
        Assert.Contains("nested deeper than 64", error.Message);

        Tree tree = new(0, null, null);
        for (int i = 0; i < XdrReader.MaxDepth; i++)
        {
            tree = new Tree(i, tree, null);
        }

        Assert.Throws<XdrException>(() =>
        {
            XdrWriter writer = new(new ArrayBufferWriter<byte>());
            tree.Encode(ref writer);
        });
    }

    [Fact]
    public void A_list_is_an_array_or_a_stream_and_may_be_long()
    {
        const int count = 200_000;
        ArrayBufferWriter<byte> output = new();
        XdrWriter writer = new(output);
        for (int i = 0; i < count; i++)
        {
            writer.WriteNext(new Item(i, "x"));
        }

        writer.WriteListEnd();
        writer.Flush();

        XdrReader array = new(output.WrittenMemory);
        XdrArray<Item> items = array.ReadList<Item>();
        Assert.Equal(count, items.Count);
        Assert.Equal(new Item(count - 1, "x"), items[count - 1]);

        XdrReader stream = new(output.WrittenMemory);
        int seen = 0;
        while (stream.TryReadNext(out Item item))
        {
            Assert.Equal(seen++, item.Value);
        }

        Assert.Equal(count, seen);
        Assert.Equal(0, stream.Remaining);
    }

    [Fact]
    public void Opaque_data_is_a_slice_of_memory_and_a_copy_of_a_span()
    {
        byte[] record = [0, 0, 0, 2, 5, 6, 0, 0];
        XdrReader slices = new((ReadOnlyMemory<byte>)record);
        XdrReader copies = new((ReadOnlySpan<byte>)record);
        XdrOpaque slice = slices.ReadOpaque(2);
        XdrOpaque copy = copies.ReadOpaque(2);
        Assert.Equal(slice, copy);
        record[4] = 9;
        Assert.Equal(9, slice.Span[0]);
        Assert.Equal(5, copy.Span[0]);
        Assert.Equal("0506", copy.ToString());
    }

    [Fact]
    public void Bounds_hold_on_the_way_out()
    {
        Refused((ref XdrWriter writer) => writer.WriteOpaque(new byte[6], 5));
        Refused((ref XdrWriter writer) => writer.WriteFixedOpaque(new byte[6], 5));
        Refused((ref XdrWriter writer) => writer.WriteString("longer", 5));
        Refused((ref XdrWriter writer) => new Arrays().Encode(ref writer));
        Refused((ref XdrWriter writer) => writer.WriteNonEmptyList<Item>([]));

        static void Refused(Writing writing) => Assert.Throws<XdrException>(() =>
        {
            XdrWriter writer = new(new ArrayBufferWriter<byte>());
            writing(ref writer);
        });
    }

    [Fact]
    public void A_union_gives_only_the_arm_that_it_has()
    {
        ByEnum cool = ByEnum.WithCool(Colour.BLUE, new Pair(1, Colour.RED));
        Assert.Equal(1, cool.Cool.A);
        Assert.Throws<InvalidOperationException>(() => cool.Red);
        Assert.Throws<ArgumentException>(() => ByEnum.WithCool(Colour.RED, default));
        Assert.Throws<ArgumentException>(() => ByEnum.Without(Colour.RED));
        Assert.Equal("ByEnum { Shade = DARK }", ByEnum.Without(Colour.DARK).ToString());
        Assert.Equal("ByEnum { Shade = RED, Red = 4 }", ByEnum.WithRed(4).ToString());
        Assert.Equal(SameType.WithFirst(1), SameType.WithFirst(1));
        Assert.NotEqual(SameType.WithFirst(1), SameType.WithSecond(1));
    }

    private delegate void Reading(ref XdrReader reader);

    private delegate void Writing(ref XdrWriter writer);
}
