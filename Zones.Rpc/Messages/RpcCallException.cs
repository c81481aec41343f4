namespace Zones.Rpc;

/// <summary>The server did not do a call, and said why.</summary>
public sealed class RpcCallException : RpcException
{
    internal RpcCallException(string message)
        : base(message)
    {
    }

    /// <summary>What the server said of a call that it accepted; null when it did not accept it.</summary>
    public RpcAcceptStatus? AcceptStatus { get; init; }

    /// <summary>Why the server did not accept the call; null when it did.</summary>
    public RpcRejectStatus? RejectStatus { get; init; }

    /// <summary>What is wrong with the credentials, where the call was rejected for that.</summary>
    public RpcAuthStatus? AuthStatus { get; init; }
}

/// <summary>The connection to a server could not be made, or ended.</summary>
/// <param name="message">Lower case; which server, and what to do.</param>
/// <param name="innerException">The cause.</param>
public sealed class RpcConnectionException(string message, Exception? innerException) : RpcException(message, innerException);

/// <summary>A server did not answer in the time that a soft client waits.</summary>
/// <param name="message">Lower case; which server, and how long.</param>
public sealed class RpcTimeoutException(string message) : RpcException(message);
