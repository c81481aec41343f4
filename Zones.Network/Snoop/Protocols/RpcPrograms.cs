using System.Globalization;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Protocols;

/// <summary>Programs by their numbers, and the names of the procedures of those that are taken apart.</summary>
internal static class RpcPrograms
{
    public const uint Rpcbind = 100000;
    public const uint Nfs = 100003;
    public const uint Mount = 100005;

    /// <summary>The name that snoop(1M) shows, and the words of a filter: what rpcinfo(8) and snoop(1M) say (IANA, RFC 5531 section 13).</summary>
    private static readonly (uint Number, string Name, string[] Words)[] s_known =
    [
        (Rpcbind, "RPCBIND", ["rpcbind", "portmap", "pmap"]), (100001, "RSTAT", ["rstat"]), (100002, "RUSERS", ["rusers"]), (Nfs, "NFS", ["nfs"]),
        (100004, "NIS", ["nis"]), (Mount, "MOUNT", ["mount", "mountd"]), (100007, "YPBIND", ["ypbind"]), (100008, "RWALL", ["rwall"]), (100011, "RQUOTA", ["rquota"]),
        (100021, "NLM", ["nlm"]), (100024, "STATMON2", ["status"]), (100026, "BOOTPARAMS", ["bootparams"]), (100227, "NFS_ACL", ["nfs_acl"]),
    ];

    /// <summary>The numbers of a filter's words.</summary>
    public static IReadOnlyDictionary<string, uint> Words { get; } = s_known.SelectMany(one => one.Words.Select(word => (word, one.Number))).ToDictionary();

    /// <summary>Its name, else its number.</summary>
    public static string Name(uint program) => Array.Find(s_known, one => one.Number == program).Name ?? program.ToString(CultureInfo.InvariantCulture);

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
}
