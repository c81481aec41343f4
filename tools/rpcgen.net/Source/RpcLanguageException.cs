namespace Zones.Rpcgen.Source;

/// <summary>An input is not in the RPC language, or means nothing. The message begins with file, line and column.</summary>
internal sealed class RpcLanguageException(SourceLocation at, string message) : Exception($"{at}: {message}")
{
    public SourceLocation At { get; } = at;
}
