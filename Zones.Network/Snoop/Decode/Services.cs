namespace Zones.Network.Snoop.Decode;

/// <summary>Ports that say what is spoken there.</summary>
internal static class Services
{
    private const ushort Dns = 53;
    private const ushort MulticastDns = 5353;
    private const ushort DhcpServer = 67;
    private const ushort DhcpClient = 68;
    private const ushort Rpcbind = 111;
    private const ushort Nfs = 2049;

    public static bool IsDns(ushort source, ushort destination) => source is Dns or MulticastDns || destination is Dns or MulticastDns;

    public static bool IsDhcp(ushort source, ushort destination) => source is DhcpServer or DhcpClient && destination is DhcpServer or DhcpClient;

    public static bool IsRpc(ushort port) => port is Rpcbind or Nfs;

    /// <summary>What a port is for, in brackets, as verbose lines have it.</summary>
    public static string Note(ushort port) => port switch
    {
        Dns => "(DNS)",
        MulticastDns => "(MDNS)",
        DhcpServer => "(BOOTPS)",
        DhcpClient => "(BOOTPC)",
        Rpcbind => "(Sun RPC portmapper)",
        Nfs => "(NFS)",
        22 => "(SSH)",
        80 => "(HTTP)",
        443 => "(HTTPS)",
        _ => "",
    };
}
