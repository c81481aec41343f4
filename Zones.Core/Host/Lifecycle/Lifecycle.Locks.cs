using Zones.Catalogue;
using Zones.Consoles;

namespace Zones.Hosting;

/// <content>Files of locks: each goes with what it is about, whoever dies or waits meanwhile.</content>
internal sealed partial class Lifecycle
{
    private const string RecoveryLock = ".recovery";

    /// <summary>The row of a zone whose lock is held. Where the zone was deleted while the lock was waited for, waiting has made the lock's file
    /// anew, and it goes again: nothing may be done under the lock then.</summary>
    private ZoneRow? RowOf(string name, ZoneLock held)
    {
        ZoneRow? row = context.Catalogue.Find(name);
        if (row is null)
        {
            held.Remove();
        }

        return row;
    }

    /// <summary>As <see cref="RowOf"/>.</summary>
    /// <exception cref="ZoneNotFoundException">It was deleted meanwhile.</exception>
    private ZoneRow Require(string name, ZoneLock held) => RowOf(name, held) ?? throw new ZoneNotFoundException(name);

    /// <summary>Removes what somebody left who was killed between deleting a zone, or ending a server, and removing its lock.</summary>
    private void SweepLocks()
    {
        foreach (string path in Directory.EnumerateFiles(ZoneLock.DirectoryOf(context.State)))
        {
            string name = Path.GetFileName(path);
            if (ConsoleSeat.ZoneOf(name) is { } zone)
            {
                if (context.Catalogue.Find(zone) is null)
                {
                    ConsoleSeat.Sweep(context.State, zone);
                }
            }
            else if (name != RecoveryLock && context.Catalogue.Find(name) is null && ZoneLock.TryAcquire(context.State, name) is { } held)
            {
                using (held)
                {
                    RowOf(name, held);
                }
            }
        }
    }
}
