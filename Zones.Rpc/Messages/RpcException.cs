namespace Zones.Rpc;

/// <summary>A remote procedure call failed. The message is lower case and says what to do.</summary>
public class RpcException : IOException
{
    /// <summary>An error without a cause.</summary>
    /// <param name="message">Lower case; what failed and what to do.</param>
    public RpcException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a cause.</summary>
    /// <param name="message">Lower case; what failed and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public RpcException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public bool IsTransient { get; init; }
}
