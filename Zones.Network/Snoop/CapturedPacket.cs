namespace Zones.Network.Snoop;

/// <summary>One packet as an interface or a capture file gave it.</summary>
/// <param name="Time">When it was seen, in nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Data">
/// What was kept of it, from its link-layer header on. It belongs to the source, which may use the memory again at its next read: who wants to keep it, copies it.
/// </param>
/// <param name="OriginalLength">Its length on the wire in bytes; at least that of <paramref name="Data"/>.</param>
/// <param name="LinkType">What the link-layer header is.</param>
public readonly record struct CapturedPacket(long Time, ReadOnlyMemory<byte> Data, int OriginalLength, LinkType LinkType);
