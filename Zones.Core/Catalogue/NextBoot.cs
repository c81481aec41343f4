using System.Globalization;
using Zones.Hosting;

namespace Zones.Catalogue;

/// <summary>A boot that is to come by itself, since the zone rebooted from inside or by its restart policy. It is noted in the transaction that commits
/// the end before it, and taken away by whoever boots the zone or stops it on purpose; so whoever comes in between, and whoever dies, zoned's
/// agent, recovery and every verb see it.</summary>
/// <param name="Restarts">How many in a row by the restart policy, with this one; 0 for a reboot from inside, which no policy is asked about.</param>
/// <param name="Due">Unix milliseconds.</param>
/// <param name="BootId">The boot of the host: what went with that comes back by autoboot.</param>
/// <param name="Owner">The process whose end ends the zone; null for none.</param>
internal sealed record NextBoot(long Restarts, long Due, string BootId, ProcessIdentity? Owner)
{
    /// <summary>100 ms × 2^9, about 51 s.</summary>
    private const int LongestPause = 9;

    /// <summary>How long a zone waits for a restart, in ms.</summary>
    /// <param name="restarts">How many in a row, with that one.</param>
    public static long Pause(long restarts) => 100L << (int)Math.Min(restarts - 1, LongestPause);

    /// <summary>What <see cref="Text"/> says.</summary>
    public static NextBoot Parse(string text)
    {
        string[] parts = text.Split(' ', 4);
        return new(long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], parts.Length == 4 ? ProcessIdentity.Parse(parts[3]) : null);
    }

    /// <summary>As the catalogue keeps it.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Restarts} {Due} {BootId}") + (Owner is null ? "" : " " + Owner.Text);

    /// <summary>How long it is still to wait; a clock that was set back prolongs nothing.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public TimeSpan Wait(long now) => TimeSpan.FromMilliseconds(Due - now <= Pause(Restarts) ? Math.Max(0, Due - now) : 0);
}
