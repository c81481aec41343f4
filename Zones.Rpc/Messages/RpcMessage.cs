namespace Zones.Rpc.Messages;

/// <summary>The heads of messages (RFC 5531 section 9).</summary>
internal static class RpcMessage
{
    public const uint Call = 0;
    public const uint Reply = 1;
    public const uint Accepted = 0;
    public const uint Denied = 1;
    public const uint RpcVersion = 2;

    /// <summary>The longest body of credentials or of a verifier.</summary>
    public const uint MaxAuthBody = 400;

    /// <summary>Bytes of the head of a reply to a call that was accepted, with an empty verifier.</summary>
    public const int AcceptedSize = 24;

    public static void WriteAccepted(ref XdrWriter writer, uint xid, RpcAcceptStatus status)
    {
        writer.WriteUInt32(xid);
        writer.WriteUInt32(Reply);
        writer.WriteUInt32(Accepted);
        writer.WriteUInt64(0); // a verifier of flavor AUTH_NONE without a body
        writer.WriteInt32((int)status);
    }

    public static void WriteDenied(ref XdrWriter writer, uint xid, RpcRejectStatus status)
    {
        writer.WriteUInt32(xid);
        writer.WriteUInt32(Reply);
        writer.WriteUInt32(Denied);
        writer.WriteInt32((int)status);
    }
}
