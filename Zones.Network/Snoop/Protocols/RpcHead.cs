using System.Buffers.Binary;
using OncRpc = Zones.Rpc.Messages.RpcMessage;

namespace Zones.Network.Snoop.Protocols;

/// <summary>Tells messages of ONC RPC (RFC 5531 section 9) from anything else by their first bytes.</summary>
internal static class RpcHead
{
    /// <summary>So many bytes tell: transaction id, type, and the version of a call or the status of a reply.</summary>
    public const int Size = 12;

    /// <summary>Up to where a call says what it asks for.</summary>
    private const int AskedSize = 24;

    private const int CallSize = 40;
    private const int ReplySize = 20;

    /// <summary>Whether a whole message may begin so.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> message) => MayBegin(message) && message.Length >= (IsReply(message) ? ReplySize : CallSize)
        && (IsReply(message) || (BinaryPrimitives.ReadUInt32BigEndian(message[12..]) < 0x8000_0000 && BinaryPrimitives.ReadUInt32BigEndian(message[16..]) < 0x1_0000));

    /// <summary>Whether the first <see cref="Size"/> bytes are those of a message.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> message) => message.Length >= Size && BinaryPrimitives.ReadUInt32BigEndian(message[4..]) switch
    {
        OncRpc.Call => BinaryPrimitives.ReadUInt32BigEndian(message[8..]) == OncRpc.RpcVersion,
        OncRpc.Reply => BinaryPrimitives.ReadUInt32BigEndian(message[8..]) <= OncRpc.Denied,
        _ => false,
    };

    /// <summary>The transaction id.</summary>
    public static uint Xid(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32BigEndian(message);

    /// <summary>What a call asks for; null when it is cut short.</summary>
    public static RpcProcedure? Call(ReadOnlySpan<byte> message) => message.Length < AskedSize ? null
        : new(BinaryPrimitives.ReadUInt32BigEndian(message[12..]), BinaryPrimitives.ReadUInt32BigEndian(message[16..]), BinaryPrimitives.ReadUInt32BigEndian(message[20..]));

    /// <summary>Whether it is a reply.</summary>
    public static bool IsReply(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32BigEndian(message[4..]) == OncRpc.Reply;
}
