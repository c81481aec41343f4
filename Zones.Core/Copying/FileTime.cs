namespace Zones.Copying;

/// <summary>Times between struct timespec and <see cref="DateTimeOffset"/>, which has a first and a last one.</summary>
internal static class FileTime
{
    private static readonly long s_last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>A time as an archive can say it: not before 1970.</summary>
    public static DateTimeOffset Of((ulong Seconds, ulong Nanoseconds) time) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp((long)time.Seconds, 0, s_last)).AddTicks((long)Math.Min(time.Nanoseconds, 999_999_999) / TimeSpan.NanosecondsPerTick);

    /// <summary>Seconds and nanoseconds.</summary>
    public static (ulong Seconds, ulong Nanoseconds) From(DateTimeOffset time)
    {
        long seconds = time.ToUnixTimeSeconds(); // rounded down, before 1970 too: nanoseconds are never negative
        long rest = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks - (seconds * TimeSpan.TicksPerSecond);
        return ((ulong)seconds, (ulong)rest * TimeSpan.NanosecondsPerTick);
    }
}
