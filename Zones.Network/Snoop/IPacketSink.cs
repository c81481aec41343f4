namespace Zones.Network.Snoop;

/// <summary>Where packets go: a capture file.</summary>
public interface IPacketSink : IDisposable
{
    /// <summary>Takes a packet; its data is not used after the call.</summary>
    /// <param name="packet">The packet.</param>
    void Write(in CapturedPacket packet);
}
