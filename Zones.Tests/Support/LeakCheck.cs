using Microsoft.Data.Sqlite;
using Zones.Network.Anets;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Support;

/// <summary>What a state directory may not leave behind: mounts, cgroups, processes with their namespaces, links, descriptors, ledger rows.
/// It looks only at what belongs to that directory, so that tests may run side by side.</summary>
internal static class LeakCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The number by which the cgroups of a state directory are known; null when it has no catalogue.</summary>
    public static string? StateId(string state) => Query(state, "SELECT value FROM meta WHERE key = 'state-id'").FirstOrDefault();

    /// <summary>Fails with what is left of a state directory whose zones are halted; waits a little for what the kernel and zoned take away by themselves.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="network">The network namespace of its managers; null for the test's own.</param>
    public static async Task AssertNothingLeftAsync(string state, NetworkNamespace? network = null)
    {
        string? stateId = StateId(state);
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        List<string> left;
        while ((left = Left(state, stateId, network)).Count > 0)
        {
            if (Environment.TickCount64 > deadline)
            {
                Assert.Fail("left behind:\n" + string.Join('\n', left));
            }

            await Task.Delay(20);
        }
    }

    private static List<string> Left(string state, string? stateId, NetworkNamespace? network) =>
    [
        .. Links(stateId, network).Select(link => "link " + link),
        .. Tables(stateId, network).Select(table => "nftables " + table),
        .. Mounts(state).Select(mount => "mount " + mount),
        .. Cgroups(stateId).Select(cgroup => "cgroup " + cgroup),
        .. Processes(state, stateId).Select(process => "process " + process),
        .. Locks(state).Select(file => "lock " + file),
        .. Descriptors(state).Select(descriptor => "descriptor " + descriptor),
        .. Query(state, "SELECT zone || ' ' || kind || ' ' || name FROM ledger").Select(row => "ledger row " + row),
    ];

    /// <summary>Those of its zones, which have its number in their names, and in a namespace of its own the bridges too.</summary>
    private static IEnumerable<string> Links(string? stateId, NetworkNamespace? network)
    {
        if (stateId is null)
        {
            return [];
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route, network?.Descriptor);
        string number = LinkNames.Prefix(stateId)[1..];
        return socket.Links()
            .Where(link => link.Name[1..].StartsWith(number, StringComparison.Ordinal) || (network is not null && link.Alias?.StartsWith(BridgeKind.Alias, StringComparison.Ordinal) == true))
            .Select(link => link.Name);
    }

    private static IEnumerable<string> Tables(string? stateId, NetworkNamespace? network) =>
        network?.Run("nft", "list", "tables").Split('\n').Where(line => line.Contains($"zones-{stateId}", StringComparison.Ordinal)) ?? [];

    private static IEnumerable<string> Mounts(string state) =>
        File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(state, StringComparison.Ordinal));

    private static IEnumerable<string> Cgroups(string? stateId) => stateId is null
        ? []
        : Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").SelectMany(root => CgroupPaths(stateId).Select(path => root + path)).Where(Directory.Exists);

    /// <summary>Where they are without systemd and with it.</summary>
    private static string[] CgroupPaths(string stateId) => [$"/zones/{stateId}", $"/zones.slice/zoned-{stateId}.service"];

    /// <summary>zoned and everything it keeps: whatever names the state directory on its command line or lives in one of its cgroups.</summary>
    private static List<string> Processes(string state, string? stateId)
    {
        List<string> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out int pid) || pid == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                string command = File.ReadAllText(directory + "/cmdline").Replace('\0', ' ');
                string cgroup = stateId is null ? "" : File.ReadAllText(directory + "/cgroup");
                if (command.Contains(state + " ", StringComparison.Ordinal) || (stateId is not null && CgroupPaths(stateId).Any(path => cgroup.Contains(path, StringComparison.Ordinal))))
                {
                    found.Add($"{pid} {command}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    /// <summary>Files of locks of zones that are deleted, of servers that have ended and of who sat at a console; who recovers is always there.</summary>
    private static IEnumerable<string> Locks(string state)
    {
        string directory = Path.Combine(state, "lock");
        return Directory.Exists(directory)
            ? Directory.GetFiles(directory).Select(file => Path.GetFileName(file)).Except([".recovery", .. Query(state, "SELECT name FROM zone UNION ALL SELECT '.console+' || name FROM zone")])
            : [];
    }

    private static IEnumerable<string> Descriptors(string state) =>
        new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(entry => entry.LinkTarget)
            .OfType<string>()
            // The library that this check itself reads the catalogue with keeps nothing open; what is open belongs to a host.
            .Where(target => target.StartsWith(state, StringComparison.Ordinal));

    private static List<string> Query(string state, string sql)
    {
        List<string> rows = [];
        string file = Path.Combine(state, "zones.db");
        if (File.Exists(file))
        {
            try
            {
                using SqliteConnection connection = new($"Data Source={file};Pooling=false;Mode=ReadOnly");
                connection.Open();
                using SqliteCommand command = connection.CreateCommand();
                command.CommandText = sql;
                using SqliteDataReader reader = command.ExecuteReader();
                while (reader.Read())
                {
                    rows.Add(reader.GetString(0));
                }
            }
            catch (SqliteException)
            {
                // A test damaged it on purpose.
            }
        }

        return rows;
    }
}
