using Zones.Rpc.Messages;

namespace Zones.Rpc.Server;

/// <summary>Reads the credentials and the verifier of calls. Most calls of a connection have those of the call before, which are not
/// read twice.</summary>
internal sealed class CredentialCache
{
    private byte[] _bytes = [];
    private AuthSys? _identity;

    public RpcAuthStatus Read(ref XdrReader reader, out RpcAuthFlavor flavor, out AuthSys? identity)
    {
        identity = null;
        flavor = (RpcAuthFlavor)reader.ReadUInt32();
        ReadOnlySpan<byte> body = reader.ReadOpaqueSpan(uint.MaxValue);
        reader.ReadUInt32();
        ReadOnlySpan<byte> verifier = reader.ReadOpaqueSpan(uint.MaxValue);
        if (body.Length > RpcMessage.MaxAuthBody)
        {
            return RpcAuthStatus.AUTH_BADCRED;
        }

        if (verifier.Length > RpcMessage.MaxAuthBody)
        {
            return RpcAuthStatus.AUTH_BADVERF;
        }

        switch (flavor)
        {
            case RpcAuthFlavor.AUTH_NONE:
                return RpcAuthStatus.AUTH_OK;
            case RpcAuthFlavor.AUTH_SYS:
                identity = _identity is not null && body.SequenceEqual(_bytes) ? _identity : Decode(body);
                return identity is null ? RpcAuthStatus.AUTH_BADCRED : RpcAuthStatus.AUTH_OK;
            default:
                return RpcAuthStatus.AUTH_BADCRED;
        }
    }

    private AuthSys? Decode(ReadOnlySpan<byte> body)
    {
        XdrReader reader = new(body);
        try
        {
            AuthSys identity = AuthSys.Decode(ref reader);
            if (reader.Remaining > 0)
            {
                return null;
            }

            _bytes = body.ToArray();
            return _identity = identity;
        }
        catch (XdrException)
        {
            return null;
        }
    }
}
