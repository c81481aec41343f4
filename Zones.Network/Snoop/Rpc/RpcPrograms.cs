using System.Globalization;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Programs by their numbers, and the names of the procedures of those that are taken apart.</summary>
internal static class RpcPrograms
{
    public const uint Rpcbind = 100000;
    public const uint Nfs = 100003;
    public const uint Mount = 100005;

    /// <summary>As snoop(1M) names it; the number for what has no name.</summary>
    public static string Name(uint program) => program switch
    {
        Rpcbind => "RPCBIND",
        100001 => "RSTAT",
        100002 => "RUSERS",
        Nfs => "NFS",
        100004 => "NIS",
        Mount => "MOUNT",
        100007 => "YPBIND",
        100008 => "RWALL",
        100011 => "RQUOTA",
        100021 => "NLM",
        100024 => "STATMON2",
        100026 => "BOOTPARAMS",
        100227 => "NFS_ACL",
        _ => program.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The procedure as the protocol names it; its number where the protocol is not taken apart.</summary>
    public static string Procedure(uint program, uint version, uint procedure) => (program, version) switch
    {
        (Nfs, 3) when procedure <= (uint)Nfs3Procedure.COMMIT => ((Nfs3Procedure)procedure).ToString(),
        (Mount, 3) when procedure <= (uint)Mount3Procedure.EXPORT => ((Mount3Procedure)procedure).ToString(),
        (Rpcbind, 2) when procedure <= (uint)Pmap2Procedure.CALLIT => ((Pmap2Procedure)procedure).ToString(),
        (Rpcbind, 3) when procedure <= (uint)Rpcb3Procedure.TADDR2UADDR => ((Rpcb3Procedure)procedure).ToString(),
        (Rpcbind, 4) when procedure <= (uint)Rpcb4Procedure.GETSTAT => ((Rpcb4Procedure)procedure).ToString(),
        _ => procedure.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What reads the arguments or results of a call; null for programs that are not taken apart.</summary>
    public static RpcBody? Body(in RpcCallInfo call, bool isReply, ReadOnlyMemory<byte> data, bool isCut) => (call.Program, call.Version) switch
    {
        (Nfs, 3) => new NfsBody((Nfs3Procedure)call.Procedure, isReply, data, isCut),
        (Mount, 3) => new MountBody((Mount3Procedure)call.Procedure, isReply, data, isCut),
        (Rpcbind, 2) => new PortmapBody((Pmap2Procedure)call.Procedure, isReply, data, isCut),
        (Rpcbind, 3 or 4) => new RpcbindBody(call.Version, (Rpcb4Procedure)call.Procedure, isReply, data, isCut),
        _ => null,
    };
}
