using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>Asks a host's rpcbind which ports its programs have (port mapper version 2, RFC 1833 section 3).</summary>
public static class Rpcbind
{
    /// <summary>The port of a program on TCP.</summary>
    /// <param name="options">Where rpcbind listens.</param>
    /// <param name="program">The program.</param>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">rpcbind is not there, or does not know the program.</exception>
    public static async Task<int> GetPortAsync(RpcClientOptions options, uint program, uint version, CancellationToken cancellationToken = default)
    {
        await using RpcClient rpc = new(options);
        await rpc.ConnectAsync(cancellationToken).ConfigureAwait(false);
        uint port = await new Pmap2Client(rpc).GetportAsync(new Mapping(program, version, RpcbindConstants.IPPROTO_TCP, 0), cancellationToken).ConfigureAwait(false);
        return port is > 0 and <= ushort.MaxValue
            ? (int)port
            : throw new RpcException($"rpcbind at {options.EndPoint} knows no port of program {program} version {version}; is the service running, or has it ports that are to be given?");
    }
}
