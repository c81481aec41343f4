using System.Runtime.InteropServices;
using Zones.Network.Links;
using Zones.Network.Netlink;

namespace Zones.Tests.Network.Netlink;

public class NetlinkBatchTests
{
    [Fact]
    public void Messages_are_numbered_aligned_and_as_long_as_what_is_in_them()
    {
        NetlinkBatch batch = new();
        batch.Begin(100, NetlinkFlags.CreateNew, "first");
        batch.Struct((ushort)0x1234);
        batch.Attribute(1, "abc");
        batch.Attribute(2, (byte)7);
        batch.Begin(101, NetlinkFlags.None, "second", acknowledge: false);
        batch.AttributeBigEndian(3, 0x01020304);
        batch.Flag(4);

        Assert.Equal(["first", "second"], batch.Labels);
        Assert.Equal(1, batch.Acknowledged);
        Assert.Equal(
            "24000000" + "6400" + "0506" + "01000000" + "00000000" + "34120000" + "0800" + "0100" + "61626300" + "0500" + "0200" + "07000000"
            + "1C000000" + "6500" + "0100" + "02000000" + "00000000" + "0800" + "0300" + "01020304" + "0400" + "0400",
            Convert.ToHexString(batch.Bytes.Span));
        Assert.Equal(batch.Bytes.Length, batch.OffsetOfLast);
    }

    [Fact]
    public void Nests_hold_what_is_appended_before_they_end()
    {
        NetlinkBatch batch = new();
        batch.Begin(100, NetlinkFlags.None, "nests");
        using (batch.Nest(1))
        {
            batch.Attribute(2, (byte)1);
            using (batch.Nest(3))
            {
                batch.Attribute(4, 5L);
            }
        }

        batch.Attribute(6, (ushort)7);
        NetlinkReader reader = new(batch.Bytes.Span[NetlinkHeader.Size..]);
        Assert.True(reader.Next());
        Assert.Equal(1, reader.Type);
        NetlinkReader outer = reader.Nested();
        Assert.True(outer.Next());
        Assert.Equal((2, 1), (outer.Type, outer.As<byte>()));
        Assert.True(outer.Next());
        Assert.Equal(3, outer.Type);
        NetlinkReader inner = outer.Nested();
        Assert.True(inner.Next());
        Assert.Equal((4, 5L), (inner.Type, inner.As<long>()));
        Assert.False(inner.Next());
        Assert.False(outer.Next());
        Assert.True(reader.Next());
        Assert.Equal((6, 7), (reader.Type, reader.As<ushort>()));
        Assert.False(reader.Next());
    }

    [Fact]
    public void A_payload_can_be_patched_where_the_batch_says_it_is()
    {
        NetlinkBatch batch = new();
        batch.Begin(100, NetlinkFlags.None, "patched");
        batch.Attribute(1, "before");
        batch.Attribute(2, 0x55667788);
        int offset = batch.OffsetOfLast;
        batch.Attribute(3, "after");
        Assert.Equal(0x55667788, BitConverter.ToInt32(batch.Bytes.Span[offset..]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        NetlinkBatch batch = new();
        Assert.Throws<InvalidOperationException>(() => batch.Attribute(1, 1));
        batch.Begin(100, NetlinkFlags.None, "too long");
        Assert.Throws<ArgumentException>(() => batch.Attribute(1, new byte[ushort.MaxValue - 3]));
        NetlinkBatch.NestScope nest = batch.Nest(1);
        batch.Attribute(2, new byte[40_000]);
        batch.Attribute(2, new byte[40_000]);
        Assert.Throws<ArgumentException>(nest.Dispose);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0800")]
    [InlineData("03000100")]
    [InlineData("09000100AABBCCDD")]
    [InlineData("FFFF0100AABBCCDD")]
    public void What_is_cut_short_ends_the_reading(string hex)
    {
        NetlinkReader reader = new(Convert.FromHexString(hex));
        Assert.False(reader.Next());
        Assert.False(reader.Next());
    }

    [Fact]
    public void A_shorter_value_than_asked_for_is_filled_with_zeros()
    {
        NetlinkReader reader = new(Convert.FromHexString("0600018001020000" + "050002006100000005000300"));
        Assert.True(reader.Next());
        Assert.Equal(1, reader.Type);
        Assert.Equal(0x0201u, reader.As<uint>());
        Assert.Equal(0x0102, reader.AsBigEndian<ushort>());
        Assert.True(reader.Next());
        Assert.Equal("a", reader.Text());
        Assert.False(reader.Next());
    }

    [Fact]
    public void A_datagram_is_taken_apart_up_to_where_it_is_whole()
    {
        NetlinkBatch batch = new();
        batch.Begin(100, NetlinkFlags.None, "one");
        batch.Struct(new LinkHeader { Index = 7 });
        batch.Begin(101, NetlinkFlags.None, "two");
        batch.Attribute(1, "x");
        ReadOnlySpan<byte> rest = batch.Bytes.Span[..^4];
        Assert.True(NetlinkMessage.TryTake(ref rest, out NetlinkMessage message));
        Assert.Equal((100, 1u, 7), (message.Type, message.Sequence, message.Header<LinkHeader>().Index));
        Assert.False(message.Attributes<LinkHeader>().Next());
        Assert.False(NetlinkMessage.TryTake(ref rest, out _));
        Assert.Equal(16, Marshal.SizeOf<NetlinkHeader>());
    }
}
