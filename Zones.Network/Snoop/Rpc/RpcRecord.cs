namespace Zones.Network.Snoop.Rpc;

/// <summary>A message of ONC RPC as it was put together.</summary>
/// <param name="Data">Its bytes, without record marks; a copy.</param>
/// <param name="IsCut">Whether some of it was not captured, or was too much to keep: then this is what comes before the gap.</param>
internal readonly record struct RpcRecord(ReadOnlyMemory<byte> Data, bool IsCut);
