using System.Globalization;
using System.Text;

namespace Zones.Guest;

/// <summary>A user of the domain.</summary>
internal sealed record User(string Name, uint Id, uint Group, string Home, IReadOnlyList<uint> Groups)
{
    /// <summary>What /etc/passwd says; null where nobody looked.</summary>
    public string? Shell { get; init; }

    /// <summary>By name from /etc/passwd, or <c>UID[:GID]</c> as it is; empty means root. Null when there is none of the name, or it is no id.</summary>
    public static User? Find(string user)
    {
        if (user.Length == 0)
        {
            return new("root", 0, 0, "/root", [0]);
        }

        string[] parts = user.Split(':');
        bool numeric = TryId(parts[0], out uint id);
        uint? group = null;
        if (numeric && parts.Length > 1)
        {
            if (!TryId(parts[1], out uint given))
            {
                return null;
            }

            group = given;
        }

        foreach (string[] fields in Entries("/etc/passwd", 7))
        {
            if (TryId(fields[2], out uint uid) && TryId(fields[3], out uint gid) && (numeric ? uid == id : fields[0] == user))
            {
                uint first = numeric ? group ?? gid : gid;
                return new(fields[0], uid, first, fields[5].StartsWith('/') ? fields[5] : "/", GroupsOf(fields[0], first)) { Shell = fields[6].StartsWith('/') ? fields[6] : "/bin/sh" };
            }
        }

        return numeric ? new(parts[0], id, group ?? id, "/", []) : null;
    }

    /// <summary>A number that is an id: -1 is none, and means "leave it as it is" to setresuid(2), so whoever had it would stay root.</summary>
    private static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id < uint.MaxValue;

    private static List<uint> GroupsOf(string name, uint first)
    {
        List<uint> groups = [first];
        foreach (string[] fields in Entries("/etc/group", 4))
        {
            if (TryId(fields[2], out uint id) && id != first && fields[3].Split(',').Contains(name))
            {
                groups.Add(id);
            }
        }

        return groups;
    }

    private static IEnumerable<string[]> Entries(string path, int fields) =>
        Encoding.UTF8.GetString(Call.ReadFile(path) ?? []).Split('\n').Select(line => line.Split(':')).Where(entry => entry.Length >= fields);
}
