using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>lifetime: owner</c> makes a zone go, files and all, with the process that boots it, and that a command is for no longer than it takes to say so.</summary>
internal static class OwnedZone
{
    /// <summary>Refuses before anything is made of a new zone.</summary>
    /// <exception cref="HostCapabilityException">The zone would be gone at once.</exception>
    public static void ThrowIfGoneAtOnce(ZoneSpec spec)
    {
        if (spec.Lifetime == ZoneLifetime.Owner)
        {
            throw new HostCapabilityException(
                $"{spec.Zone}: lifetime: owner deletes the zone when the process that boots it ends, which this command does at once; use 'zone run', boot it from the program that is to own it, or set lifetime to persistent", "lifetime") { Zone = spec.Zone, Operation = "boot" };
        }
    }

    /// <summary>The same of a zone that is there, unless it runs already and stays whose it is. A served host refuses by itself.</summary>
    public static async Task ThrowIfGoneAtOnceAsync(Session session, string name, bool rebooted)
    {
        if (!session.IsConnected && await session.Host.InfoAsync(name, session.Cancel) is var zone && (rebooted || zone.State is ZoneState.Installed or ZoneState.Ready))
        {
            ThrowIfGoneAtOnce(zone.Spec);
        }
    }
}
