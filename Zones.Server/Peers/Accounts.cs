using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Zones.Server.Peers;

/// <summary>The host's users and groups by name, from wherever nsswitch.conf(5) says. What was found is believed for a short while.</summary>
internal sealed unsafe partial class Accounts
{
    private const long Belief = 5000; // ms
    private const int Erange = 34;

    private readonly ConcurrentDictionary<string, (uint? Id, long Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether a peer is whom a name means: a user, or with @ before it whoever is in a group.</summary>
    public bool Is(Peer peer, string name) => name.StartsWith('@')
        ? Find(name) is { } group && peer.Groups.Contains(group)
        : Find(name) is { } user && peer.User == user;

    /// <summary>The id of a name; null when there is none.</summary>
    public uint? Find(string name)
    {
        long now = Environment.TickCount64;
        if (!_known.TryGetValue(name, out (uint? Id, long Until) known) || known.Until < now)
        {
            known = (name.StartsWith('@') ? LookUp(name[1..], group: true) : LookUp(name, group: false), now + Belief);
            _known[name] = known;
        }

        return known.Id;
    }

    /// <summary>The name of a user; the number where there is none.</summary>
    public static string NameOf(uint user)
    {
        string? name = null;
        Read((record, buffer, size, result) => GetUser(user, record, buffer, size, result), record => name = Marshal.PtrToStringUTF8((nint)record[0]));
        return name ?? user.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Of both records the third field is the id, after two pointers.</summary>
    private static uint? LookUp(string name, bool group)
    {
        uint? id = null;
        Read((record, buffer, size, result) => group ? GetGroup(name, record, buffer, size, result) : GetUser(name, record, buffer, size, result), record => id = (uint)record[2]);
        return id;
    }

    /// <summary>Has a record of passwd or group filled, with as much room as it takes (getpwnam_r(3), getgrnam_r(3)).</summary>
    private static void Read(Fill fill, Take take)
    {
        long* record = stackalloc long[8];
        long* result = null;
        for (int size = 4 << 10; size <= 16 << 20; size *= 4)
        {
            byte[] buffer = new byte[size];
            fixed (byte* start = buffer)
            {
                int error = fill(record, start, (nuint)size, &result);
                if (error == 0 && result is not null)
                {
                    take(record);
                }

                if (error != Erange)
                {
                    return;
                }
            }
        }
    }

    private delegate int Fill(long* record, byte* buffer, nuint size, long** result);

    private delegate void Take(long* record);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetUser(uint id, long* record, byte* buffer, nuint size, long** result);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetUser(string name, long* record, byte* buffer, nuint size, long** result);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroup(string name, long* record, byte* buffer, nuint size, long** result);
}
