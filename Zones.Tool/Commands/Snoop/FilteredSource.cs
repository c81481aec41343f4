using Zones.Network.Snoop;
using Zones.Network.Snoop.Filters;

namespace Zones.Tool.Commands.Snoop;

/// <summary>The packets of a file that a filter wants, with their numbers in the file.</summary>
internal sealed class FilteredSource(IPacketSource source, PacketFilter? filter) : IPacketSource
{
    private readonly FilterMatcher? _matcher = filter?.CreateMatcher();

    public long Drops => source.Drops;

    /// <summary>The number in the file of the packet that was read last, from 1.</summary>
    public long Number { get; private set; }

    public bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken = default)
    {
        while (source.TryRead(out packet, cancellationToken))
        {
            Number++;
            if (_matcher is null || _matcher.Matches(packet))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => source.Dispose();
}
