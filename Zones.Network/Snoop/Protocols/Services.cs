using System.Globalization;

namespace Zones.Network.Snoop.Protocols;

/// <summary>Ports: what is spoken there, and their names.</summary>
internal static class Services
{
    private const ushort Dns = 53;
    private const ushort MulticastDns = 5353;
    private const ushort DhcpServer = 67;
    private const ushort DhcpClient = 68;
    private const ushort Rpcbind = 111;
    private const ushort Nfs = 2049;

    /// <summary>Ports that have a name on a host without /etc/services too.</summary>
    private static readonly Dictionary<string, ushort> s_ports = new()
    {
        ["ftp"] = 21, ["ssh"] = 22, ["telnet"] = 23, ["smtp"] = 25, ["domain"] = Dns, ["bootps"] = DhcpServer, ["bootpc"] = DhcpClient, ["tftp"] = 69, ["http"] = 80,
        ["sunrpc"] = Rpcbind, ["ntp"] = 123, ["snmp"] = 161, ["ldap"] = 389, ["https"] = 443, ["syslog"] = 514, ["nfs"] = Nfs, ["postgresql"] = 5432,
    };

    private static readonly Lazy<Dictionary<string, ushort>> s_services = new(() => ReadServices("/etc/services"));

    /// <summary>The names that ports have on this host.</summary>
    public static IReadOnlyDictionary<string, ushort> Ports => s_services.Value;

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

    /// <summary>Reads a file of services(5).</summary>
    private static Dictionary<string, ushort> ReadServices(string path)
    {
        Dictionary<string, ushort> services = new(s_ports);
        if (!File.Exists(path))
        {
            return services;
        }

        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && ushort.TryParse(words[1].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                foreach (string name in words.Where((_, at) => at != 1))
                {
                    services.TryAdd(name, port);
                }
            }
        }

        return services;
    }
}
