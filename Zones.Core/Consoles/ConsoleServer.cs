using System.Security.Cryptography;
using System.Text;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Consoles;

/// <summary>The console of a zone that is up: a terminal of its own, whose other end a process of zoned's (<c>zoned console</c>) reads into the
/// zone's log for as long as the zone is up. The keeper has the same descriptors, so each of the two may be killed and replaced.</summary>
/// <param name="context">The host.</param>
internal sealed class ConsoleServer(HostContext context)
{
    private readonly HeldServers _servers = new(context);

    /// <summary>The server's name; a zone's own may be too long.</summary>
    public static string NameOf(string zone) => "console-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(zone)))[..16];

    /// <summary>Has a terminal served.</summary>
    /// <param name="zone">The zone, whose lock is held.</param>
    /// <param name="master">Its other end.</param>
    /// <param name="owner">The zone's root, outside.</param>
    public void Start(string zone, SafeFd master, uint owner) => _servers.Locked(NameOf(zone), () =>
    {
        // The slave is kept open too: without anybody inside who has it open just then, a read of the master would be an error.
        using SafeFd slave = Kernel.Descriptor(Kernel.Call(Linux.Ioctl, master.Number, Linux.TIOCGPTPEER, Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_CLOEXEC), out int errno)
            ?? throw new ZoneResourceException($"{zone}: cannot open the console's terminal: {KernelError.Describe(errno)}", ConsoleKind.Name) { Zone = zone, Errno = errno };
        using SafeFd log = ZoneLog.Require(context.State, zone, owner);
        _servers.Drop(NameOf(zone));
        _servers.Hold(NameOf(zone), [master, slave, log]);
        return true;
    });

    /// <summary>Its descriptors, the master first; null when there is no console. A keeper or a server that was killed is replaced.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="kept">Copies from before, with which it goes on when everybody else who had them is dead.</param>
    public IReadOnlyList<SafeFd>? Find(string zone, IReadOnlyList<SafeFd>? kept = null) => _servers.Locked(NameOf(zone), () =>
    {
        IReadOnlyList<SafeFd>? held = _servers.Find(NameOf(zone));
        if (held is not null || kept is null)
        {
            return held;
        }

        _servers.Hold(NameOf(zone), kept);
        return _servers.Find(NameOf(zone));
    });

    /// <summary>Ends it; nothing when there is none.</summary>
    public void Drop(string zone) => _servers.Locked(NameOf(zone), () =>
    {
        _servers.Drop(NameOf(zone));
        return true;
    });
}
