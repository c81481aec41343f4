using Zones.Rpc;

namespace Zones.Storage.Nfs;

/// <summary>Who calls.</summary>
internal static class Callers
{
    /// <summary>Who a call acts as on an export.</summary>
    public static FsIdentity Identity(this RpcCall call, NfsExport export) => call.Credentials is { } caller
        ? CallerMapping.Map(export, caller.Uid, caller.Gid, caller.Gids.Span)
        : CallerMapping.Anonymous(export);
}
