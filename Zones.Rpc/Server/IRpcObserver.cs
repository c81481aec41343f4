using System.Net;

namespace Zones.Rpc;

/// <summary>Sees what a server does. Called on the threads that answer: returns soon and throws nothing.</summary>
public interface IRpcObserver
{
    /// <summary>A call has ended.</summary>
    /// <param name="call">What became of it.</param>
    void CallEnded(in RpcCallInfo call);

    /// <summary>A client has connected.</summary>
    /// <param name="client">Its end.</param>
    void Connected(IPEndPoint client)
    {
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="client">Its end.</param>
    /// <param name="error">Why, unless the client ended it.</param>
    void Disconnected(IPEndPoint client, Exception? error)
    {
    }
}

/// <summary>A call that has ended.</summary>
/// <param name="Program">The program called; 0 when the call was not understood so far.</param>
/// <param name="Version">The version called.</param>
/// <param name="Procedure">The procedure called.</param>
/// <param name="Client">Who called.</param>
/// <param name="RequestBytes">Of the call's record.</param>
/// <param name="ReplyBytes">Of the reply's record and its mark; 0 when there was none.</param>
/// <param name="Duration">From the call's last byte to the reply's.</param>
/// <param name="Outcome">What the server said.</param>
/// <param name="Status">The first word of the result, where NFS and MOUNT say what went wrong; 0 without one.</param>
/// <param name="Error">What the server's method threw, or what was wrong with the arguments.</param>
public readonly record struct RpcCallInfo(
    uint Program, uint Version, uint Procedure, IPEndPoint Client, int RequestBytes, int ReplyBytes, TimeSpan Duration, RpcOutcome Outcome, int Status, Exception? Error);

/// <summary>What became of a call: an accept_stat of RFC 5531, or one of the other ways.</summary>
public enum RpcOutcome
{
    /// <summary>SUCCESS.</summary>
    Success = 0,

    /// <summary>PROG_UNAVAIL.</summary>
    NoProgram = 1,

    /// <summary>PROG_MISMATCH.</summary>
    NoVersion = 2,

    /// <summary>PROC_UNAVAIL.</summary>
    NoProcedure = 3,

    /// <summary>GARBAGE_ARGS.</summary>
    BadArguments = 4,

    /// <summary>SYSTEM_ERR.</summary>
    SystemError = 5,

    /// <summary>RPC_MISMATCH.</summary>
    NoRpcVersion = 6,

    /// <summary>AUTH_ERROR.</summary>
    NotAuthenticated = 7,

    /// <summary>The server gave no reply.</summary>
    Dropped = 8,
}
