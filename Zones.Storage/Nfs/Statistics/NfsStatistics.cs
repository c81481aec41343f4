namespace Zones.Storage.Nfs;

/// <summary>What a server has done since it was started.</summary>
/// <param name="Started">When that was.</param>
/// <param name="Taken">When this was counted.</param>
/// <param name="Connections">Open now.</param>
/// <param name="OpenFiles">Files that are kept open now.</param>
/// <param name="Procedures">By procedure, those that were called at all, in the order of the protocol.</param>
/// <param name="Clients">By the client's address, the busiest first. Clients beyond the first thousand count together as <c>others</c>.</param>
public sealed record NfsStatistics(
    DateTimeOffset Started, DateTimeOffset Taken, int Connections, int OpenFiles, IReadOnlyList<NfsCallStatistics> Procedures, IReadOnlyList<NfsCallStatistics> Clients);

/// <summary>Calls of one procedure, or of one client.</summary>
/// <param name="Name">Such as <c>READ</c> or <c>10.0.0.7</c>.</param>
/// <param name="Calls">How many ended.</param>
/// <param name="Errors">How many of them were answered with an error, be it NFS's or RPC's.</param>
/// <param name="BytesReceived">Size of the calls.</param>
/// <param name="BytesSent">Size of the replies.</param>
/// <param name="Median">Half of the calls took at most this long, from the record's arrival to its reply; right to 12 %.</param>
/// <param name="Percentile90">Nine of ten.</param>
/// <param name="Percentile99">Ninety-nine of a hundred.</param>
public sealed record NfsCallStatistics(
    string Name, long Calls, long Errors, long BytesReceived, long BytesSent, TimeSpan Median, TimeSpan Percentile90, TimeSpan Percentile99);
