using System.Globalization;
using System.Text;

namespace Zones.Guest;

/// <summary>A user of the domain.</summary>
internal sealed record User(string Name, uint Id, uint Group, string Home, IReadOnlyList<uint> Groups)
{
    /// <summary>What /etc/passwd says; null where nobody looked.</summary>
    public string? Shell { get; init; }

    /// <summary>By name from /etc/passwd, or <c>UID[:GID]</c> as it is; empty means root. Null when there is none of the name.</summary>
    public static User? Find(string user)
    {
        if (user.Length == 0)
        {
            return new("root", 0, 0, "/root", [0]);
        }

        string[] parts = user.Split(':');
        bool numeric = uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint id);
        uint? group = parts.Length > 1 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint given) ? given : null;
        foreach (string[] fields in Entries("/etc/passwd", 7))
        {
            if (uint.TryParse(fields[2], out uint uid) && uint.TryParse(fields[3], out uint gid) && (numeric ? uid == id : fields[0] == user))
            {
                uint first = numeric ? group ?? gid : gid;
                return new(fields[0], uid, first, fields[5].StartsWith('/') ? fields[5] : "/", GroupsOf(fields[0], first)) { Shell = fields[6].StartsWith('/') ? fields[6] : "/bin/sh" };
            }
        }

        return numeric ? new(parts[0], id, group ?? id, "/", []) : null;
    }

    private static List<uint> GroupsOf(string name, uint first)
    {
        List<uint> groups = [first];
        foreach (string[] fields in Entries("/etc/group", 4))
        {
            if (uint.TryParse(fields[2], out uint id) && id != first && fields[3].Split(',').Contains(name))
            {
                groups.Add(id);
            }
        }

        return groups;
    }

    private static IEnumerable<string[]> Entries(string path, int fields) =>
        Encoding.UTF8.GetString(Call.ReadFile(path) ?? []).Split('\n').Select(line => line.Split(':')).Where(entry => entry.Length >= fields);
}
