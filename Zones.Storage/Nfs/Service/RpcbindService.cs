using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Nfs;

/// <summary>Version 2 of rpcbind (RFC 1833, section 3), for clients that will not be told a port: it knows this server's programs, lets
/// nobody register another, and calls nothing for anybody.</summary>
internal sealed class RpcbindService(IReadOnlyList<Mapping> programs) : IPmap2Server
{
    /// <inheritdoc/>
    public ValueTask<uint> GetportAsync(Mapping arguments, RpcCall call) =>
        new(programs.FirstOrDefault(known => known.Prog == arguments.Prog && known.Vers == arguments.Vers && known.Prot == arguments.Prot).Port);

    /// <inheritdoc/>
    public ValueTask<XdrArray<Pmaplist>> DumpAsync(RpcCall call) => new(new XdrArray<Pmaplist>([.. programs.Select(program => new Pmaplist(program))]));

    /// <inheritdoc/>
    public ValueTask<bool> SetAsync(Mapping arguments, RpcCall call) => new(false);

    /// <inheritdoc/>
    public ValueTask<bool> UnsetAsync(Mapping arguments, RpcCall call) => new(false);

    /// <inheritdoc/>
    public ValueTask<CallResult> CallitAsync(CallArgs arguments, RpcCall call)
    {
        // As the protocol has it: what cannot be called gets no answer.
        call.Drop();
        return default;
    }
}
