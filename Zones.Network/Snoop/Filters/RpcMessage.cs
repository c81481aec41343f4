namespace Zones.Network.Snoop.Filters;

/// <summary>Which procedure a packet belongs to, as its call named it.</summary>
internal readonly record struct RpcMessage(uint Program, uint Version, uint Procedure)
{
    public bool IsOf(Rpc wanted) =>
        wanted.Program == Program && (wanted.Version ?? Version) == Version && (wanted.Procedure ?? Procedure) == Procedure;
}
