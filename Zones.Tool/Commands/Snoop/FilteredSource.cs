using Zones.Network.Snoop;
using Zones.Network.Snoop.Filters;

namespace Zones.Tool.Commands.Snoop;

/// <summary>The packets of a file that a filter wants, with their numbers in the file.</summary>
/// <param name="source">The file.</param>
/// <param name="filter">Null for all.</param>
/// <param name="snapLength">Bytes kept of each, when the filter has seen it; null keeps all.</param>
internal sealed class FilteredSource(IPacketSource source, PacketFilter? filter, int? snapLength) : IPacketSource
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
                packet = packet with { Data = packet.Data[..Math.Min(packet.Data.Length, snapLength ?? int.MaxValue)] };
                return true;
            }
        }

        return false;
    }

    public void Dispose() => source.Dispose();
}
