namespace Zones.Rpc;

/// <summary>Bytes are not the XDR of the expected type, or a value breaks a bound of its type.</summary>
/// <param name="message">Lower case; what is wrong and where.</param>
public sealed class XdrException(string message) : RpcException(message);
