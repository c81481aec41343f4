using System.Collections.Concurrent;
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

    /// <summary>getpwnam_r(3), getgrnam_r(3): of both records the third field is the id, after two pointers.</summary>
    private static uint? LookUp(string name, bool group)
    {
        long* record = stackalloc long[8];
        long* result = null;
        for (int size = 4 << 10; size <= 16 << 20; size *= 4)
        {
            byte[] buffer = new byte[size];
            fixed (byte* start = buffer)
            {
                int error = group ? GetGroup(name, record, start, (nuint)size, &result) : GetUser(name, record, start, (nuint)size, &result);
                if (error != Erange)
                {
                    return error == 0 && result is not null ? (uint)record[2] : null;
                }
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetUser(string name, long* record, byte* buffer, nuint size, long** result);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroup(string name, long* record, byte* buffer, nuint size, long** result);
}
