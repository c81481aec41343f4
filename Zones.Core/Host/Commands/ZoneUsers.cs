using System.Globalization;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Users of a zone, from its own /etc/passwd and /etc/group. The zone writes those files and may replace them by
/// anything: they are opened below the zone's root, through no magic link, not waited for, and read up to a bound.</summary>
internal static unsafe class ZoneUsers
{
    private const int MostBytes = 1 << 20;

    /// <summary>Finds a user by name, or takes <c>UID[:GID]</c> as it is.</summary>
    /// <param name="processRoot">/proc/PID/root of process 1.</param>
    /// <param name="user">As the caller gave it; null means root.</param>
    /// <exception cref="ZoneException">No such user inside.</exception>
    public static ZoneUser Find(string processRoot, string? user)
    {
        if (user is null)
        {
            return new("root", 0, 0, "/root", [0]);
        }

        string[] parts = user.Split(':');
        bool numeric = TryId(parts[0], out uint id);
        foreach (string line in Lines(processRoot, "etc/passwd"))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 7 && TryId(fields[2], out uint uid) && TryId(fields[3], out uint gid)
                && (numeric ? uid == id : fields[0] == user))
            {
                uint group = numeric && parts.Length > 1 ? Number(user, parts[1]) : gid;
                string home = fields[5].StartsWith('/') ? fields[5] : "/";
                return new(fields[0], uid, group, home, Groups(processRoot, fields[0], group)) { Shell = fields[6].StartsWith('/') ? fields[6] : "/bin/sh" };
            }
        }

        return numeric
            ? new(parts[0], id, parts.Length > 1 ? Number(user, parts[1]) : id, "/", [])
            : throw new ZoneException($"user: {user} is not in the zone's /etc/passwd; give a user of it, or UID:GID");
    }

    private static uint Number(string user, string text) =>
        TryId(text, out uint value)
            ? value
            : throw new ZoneException($"user: {user} is neither a user of the zone nor UID:GID");

    /// <summary>A number that is an id: -1 is none, and means "leave it as it is" to setresuid(2), so whoever had it would stay root.</summary>
    private static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id < uint.MaxValue;

    private static List<uint> Groups(string processRoot, string user, uint first)
    {
        List<uint> groups = [first];
        foreach (string line in Lines(processRoot, "etc/group"))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 4 && fields[3].Split(',').Contains(user) && TryId(fields[2], out uint id) && id != first)
            {
                groups.Add(id);
            }
        }

        return groups;
    }

    private static string[] Lines(string processRoot, string path)
    {
        using SafeFd? root = Kernel.Open(processRoot, Linux.O_PATH | Linux.O_DIRECTORY, out _);
        if (root is null)
        {
            return [];
        }

        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
        {
            ulong* how = stackalloc ulong[3];
            how[0] = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NONBLOCK | Linux.O_NOCTTY;
            how[1] = 0;
            how[2] = Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS;
            using SafeFd? file = Kernel.Descriptor(Kernel.Call(Linux.Openat2, root.Number, (long)text, (long)how, 24), out _);
            return file is null ? [] : Encoding.UTF8.GetString(ReadBounded(file)).Split('\n');
        }
    }

    private static byte[] ReadBounded(SafeFd file)
    {
        byte[] buffer = new byte[MostBytes];
        int length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length)
            {
                long read = Kernel.Call(Linux.Read, file.Number, (long)(start + length), buffer.Length - length);
                if (read <= 0)
                {
                    break;
                }

                length += (int)read;
            }
        }

        return buffer[..length];
    }
}

/// <summary>A user of a zone.</summary>
/// <param name="Name">Its name, or its number as text.</param>
/// <param name="Uid">Inside.</param>
/// <param name="Gid">Inside.</param>
/// <param name="Home">Its home directory.</param>
/// <param name="Groups">All its groups.</param>
internal sealed record ZoneUser(string Name, uint Uid, uint Gid, string Home, IReadOnlyList<uint> Groups)
{
    /// <summary>What /etc/passwd says; null where nobody looked.</summary>
    public string? Shell { get; init; }
}
