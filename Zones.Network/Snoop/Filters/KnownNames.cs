using System.Globalization;

namespace Zones.Network.Snoop.Filters;

/// <summary>Names that stand for numbers in a filter.</summary>
internal static class KnownNames
{
    /// <summary>Programs of ONC RPC, by the names that rpcinfo(8) and snoop(1M) have for them (IANA, RFC 5531 section 13).</summary>
    public static IReadOnlyDictionary<string, uint> RpcPrograms { get; } = new Dictionary<string, uint>
    {
        ["rpcbind"] = 100000, ["portmap"] = 100000, ["pmap"] = 100000, ["nfs"] = 100003, ["mount"] = 100005, ["mountd"] = 100005,
        ["rquota"] = 100011, ["nlm"] = 100021, ["status"] = 100024, ["nfs_acl"] = 100227,
    };

    /// <summary>Protocols over IP.</summary>
    public static IReadOnlyDictionary<string, uint> Protocols { get; } = new Dictionary<string, uint>
    {
        ["icmp"] = Terms.Icmp, ["igmp"] = 2, ["tcp"] = Terms.Tcp, ["udp"] = Terms.Udp, ["gre"] = 47, ["esp"] = 50, ["ah"] = 51, ["icmp6"] = Terms.Icmp6,
        ["ospf"] = 89, ["pim"] = 103, ["vrrp"] = 112, ["sctp"] = Terms.Sctp,
    };

    /// <summary>Ports that have a name on a host without /etc/services too.</summary>
    private static readonly Dictionary<string, ushort> s_ports = new()
    {
        ["ftp"] = 21, ["ssh"] = 22, ["telnet"] = 23, ["smtp"] = 25, ["domain"] = 53, ["bootps"] = 67, ["bootpc"] = 68, ["tftp"] = 69, ["http"] = 80,
        ["sunrpc"] = 111, ["ntp"] = 123, ["snmp"] = 161, ["ldap"] = 389, ["https"] = 443, ["syslog"] = 514, ["nfs"] = 2049, ["postgresql"] = 5432,
    };

    private static readonly Lazy<Dictionary<string, ushort>> s_services = new(() => ReadServices("/etc/services"));

    /// <summary>The names that ports have on this host.</summary>
    public static IReadOnlyDictionary<string, ushort> Ports => s_services.Value;

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
