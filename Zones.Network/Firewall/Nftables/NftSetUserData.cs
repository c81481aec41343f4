namespace Zones.Network.Firewall.Nftables;

/// <summary>What nft(8) keeps with a set for its own use: entries of type, length and value, nested, in the host's byte order (libnftnl's
/// udata.h, and nftables' expression.h and proto.h for the numbers). Without it nft(8) prints a link's name as an empty text, and has no
/// way to write a key of bytes without a name.</summary>
internal static class NftSetUserData
{
    private const byte KeyByteOrder = 0, KeyTypeof = 3, HostOrder = 1, NoOrder = 0;
    private const byte ExpressionType = 0, ExpressionData = 1, Payload = 7, Meta = 9, Concatenation = 13;
    private const byte TransportHeader = 3, BitsPerByte = 8;

    /// <summary>What a set with such a key needs; null for nothing.</summary>
    public static byte[]? For(IReadOnlyList<NftType> key) =>
        key is [{ } only] && only == NftType.InterfaceName ? Number(KeyByteOrder, HostOrder)
        : key is [{ } name, { } raw] && name == NftType.InterfaceName && (raw == NftType.Raw6 || raw == NftType.Raw16) ? [.. Number(KeyByteOrder, NoOrder), .. Entry(KeyTypeof, Of(raw))]
        : null;

    /// <summary><c>typeof iifname . @th,OFFSET,LENGTH</c>.</summary>
    private static byte[] Of(NftType raw)
    {
        NftField field = raw == NftType.Raw6 ? NftField.ClientEther : NftField.NeighbourTarget;
        byte[] name = Expression(Meta, Number(0, NftNumbers.META_IIFNAME));
        byte[] bytes = Expression(Payload, [.. Number(0, 0), .. Number(1, 0), .. Number(2, TransportHeader), .. Number(3, (int)field.Offset * BitsPerByte), .. Number(4, field.Type.Length * BitsPerByte)]);
        return Expression(Concatenation, [.. Entry(0, name), .. Entry(1, bytes)]);
    }

    private static byte[] Expression(byte type, byte[] data) => [.. Number(ExpressionType, type), .. Entry(ExpressionData, data)];

    private static byte[] Number(byte type, int value) => Entry(type, BitConverter.GetBytes(value));

    private static byte[] Entry(byte type, byte[] value) => [type, (byte)value.Length, .. value];
}
