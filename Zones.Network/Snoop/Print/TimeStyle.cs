namespace Zones.Network.Snoop.Print;

/// <summary>What the time of a packet is told as (snoop's <c>-t</c>).</summary>
public enum TimeStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary><c>r</c>: seconds since the first packet.</summary>
    Relative,

    /// <summary><c>a</c>: the time of day.</summary>
    Absolute,

    /// <summary><c>d</c>: seconds since the packet before.</summary>
    Delta,
}
