using System.Globalization;

namespace Zones.Network.Snoop.Print;

/// <summary>Tells times of packets, one after the other.</summary>
/// <param name="style">As what.</param>
public sealed class PacketClock(TimeStyle style)
{
    private long? _first;
    private long _before;

    /// <summary>The time of the next packet, <c>0.00123</c> or <c>14:12:26.26123</c>; empty where none is wanted.</summary>
    /// <param name="time">In nanoseconds since 1970.</param>
    public string Tell(long time)
    {
        long first = _first ??= time;
        long before = first == time ? time : _before;
        _before = time;
        return style switch
        {
            TimeStyle.Relative => Seconds(time - first),
            TimeStyle.Delta => Seconds(time - before),
            TimeStyle.Absolute => OfDay(time),
            _ => "",
        };
    }

    /// <summary>The local time of day, to 10 microseconds.</summary>
    internal static string OfDay(long time) => DateTimeOffset.UnixEpoch.AddTicks(time / 100).ToLocalTime().ToString("HH:mm:ss.fffff", CultureInfo.InvariantCulture);

    private static string Seconds(long nanoseconds) => ((decimal)nanoseconds / 1_000_000_000).ToString("0.00000", CultureInfo.InvariantCulture);
}
