namespace Zones.Network.Snoop;

/// <summary>Where packets come from: an interface or a capture file. For one thread at a time.</summary>
public interface IPacketSource : IDisposable
{
    /// <summary>How many packets the source lost so far because nobody read them in time; 0 for a file.</summary>
    long Drops { get; }

    /// <summary>Waits for the next packet.</summary>
    /// <param name="packet">The packet; its data is valid until the next call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False at the end of the source, which is the end of a file or a cancelled wait.</returns>
    bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken = default);
}
