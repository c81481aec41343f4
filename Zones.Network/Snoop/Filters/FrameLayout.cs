using System.Buffers.Binary;
using Zones.Network.Protocols;

namespace Zones.Network.Snoop.Filters;

/// <summary>Where the headers of a frame are.</summary>
/// <param name="TypeAt">Where the protocol number is; negative when only the version in the IP header tells.</param>
/// <param name="FirstNetwork">Where the network header is, or the rest of the first VLAN tag.</param>
/// <param name="HasAddresses">Whether it begins with two Ethernet addresses.</param>
/// <param name="Tags">VLAN tags in the frame.</param>
internal readonly record struct FrameLayout(int TypeAt, int FirstNetwork, bool HasAddresses, int Tags = 0)
{
    /// <summary>More are not looked behind.</summary>
    public const int TagsMost = 2;

    private const int TagBytes = 4;

    /// <summary>Where the network header is.</summary>
    public int Network => FirstNetwork + (Tags * TagBytes);

    /// <summary>Whether a tag could follow.</summary>
    public bool TakesTag => TypeAt >= 0 && Tags < TagsMost;

    /// <summary>The same with one more tag.</summary>
    public FrameLayout WithTag => this with { Tags = Tags + 1, TypeAt = Network + 2 };

    /// <summary>Where the number of a tag is, in the lower twelve bits of 16.</summary>
    public int TagAt(int tag) => FirstNetwork + (tag * TagBytes);

    /// <summary>Of a link type, without tags; of one that is not known, none of a filter's comparisons holds.</summary>
    public static FrameLayout? Of(LinkType type) => type switch
    {
        LinkType.Ethernet => new FrameLayout(12, 14, true),
        LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 => new FrameLayout(-1, 0, false),
        LinkType.Null => new FrameLayout(-1, 4, false),
        LinkType.LinuxCooked => new FrameLayout(14, 16, false),
        LinkType.LinuxCooked2 => new FrameLayout(0, 20, false),
        _ => null,
    };

    /// <summary>Of a frame, with the tags that it has; null also when it ends before that is clear.</summary>
    public static FrameLayout? Of(LinkType type, ReadOnlySpan<byte> frame)
    {
        if (Of(type) is not { } layout)
        {
            return null;
        }

        while (layout.TakesTag)
        {
            if (layout.TypeAt + 2 > frame.Length)
            {
                return null;
            }

            if (!EtherTypes.Tags.Contains(BinaryPrimitives.ReadUInt16BigEndian(frame[layout.TypeAt..])))
            {
                break;
            }

            layout = layout.WithTag;
        }

        return layout;
    }
}
