namespace Zones.Rpc;

#pragma warning disable CS1591 // RFC 5531 says what each means

/// <summary>What became of a call that the server accepted (accept_stat, RFC 5531 section 9).</summary>
public enum RpcAcceptStatus
{
    SUCCESS = 0,
    PROG_UNAVAIL = 1,
    PROG_MISMATCH = 2,
    PROC_UNAVAIL = 3,
    GARBAGE_ARGS = 4,
    SYSTEM_ERR = 5,
}

/// <summary>Why the server did not look at a call (reject_stat, RFC 5531 section 9).</summary>
public enum RpcRejectStatus
{
    RPC_MISMATCH = 0,
    AUTH_ERROR = 1,
}

/// <summary>What is wrong with credentials (auth_stat, RFC 5531 section 9).</summary>
public enum RpcAuthStatus
{
    AUTH_OK = 0,
    AUTH_BADCRED = 1,
    AUTH_REJECTEDCRED = 2,
    AUTH_BADVERF = 3,
    AUTH_REJECTEDVERF = 4,
    AUTH_TOOWEAK = 5,
    AUTH_INVALIDRESP = 6,
    AUTH_FAILED = 7,
}

/// <summary>Kinds of credentials (auth_flavor, RFC 5531 section 8.2).</summary>
public enum RpcAuthFlavor
{
    AUTH_NONE = 0,
    AUTH_SYS = 1,
    AUTH_SHORT = 2,
    AUTH_DH = 3,
    RPCSEC_GSS = 6,
}
