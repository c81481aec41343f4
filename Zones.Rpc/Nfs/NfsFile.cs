using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>A file that was looked up or made.</summary>
/// <param name="Handle">Its handle.</param>
/// <param name="Attributes">Its attributes, where the server told them.</param>
public readonly record struct NfsFile(NfsFh3 Handle, Fattr3? Attributes);

/// <summary>What a READ gave.</summary>
/// <param name="Count">How many bytes are in the caller's memory; fewer than asked for are no end.</param>
/// <param name="IsEnd">Whether the file ends behind them.</param>
/// <param name="Attributes">The file's attributes, where the server told them.</param>
public readonly record struct NfsRead(int Count, bool IsEnd, Fattr3? Attributes);

/// <summary>What a WRITE did.</summary>
/// <param name="Count">How many bytes were written; fewer than given are no error.</param>
/// <param name="Committed">How safe they are.</param>
/// <param name="Verifier">Another one than before says that the server has restarted and that what was not committed is lost.</param>
public readonly record struct NfsWrite(int Count, StableHow Committed, XdrOpaque Verifier);
