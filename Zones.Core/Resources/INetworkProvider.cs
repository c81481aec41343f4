using Microsoft.Data.Sqlite;
using Zones.Catalogue;

namespace Zones.Resources;

/// <summary>Gives zones links and addresses. What they hold for that are resources; the addresses are leased in the same
/// transaction that commits the intents, so that no two boots are given the same.</summary>
internal interface INetworkProvider
{
    /// <summary>Looks whether the zone could be given what it wants, without making anything.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="problems">What keeps it from that.</param>
    /// <param name="warnings">What a person should know.</param>
    void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings);

    /// <summary>Whether <see cref="Intents"/> will write what must survive a loss of power.</summary>
    /// <param name="row">The zone.</param>
    /// <param name="spec">Its definition.</param>
    bool WillLease(ZoneRow row, ZoneSpec spec);

    /// <summary>Leases what the zone has not yet, and says what it has to hold.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="row">The zone.</param>
    /// <param name="spec">Its definition.</param>
    /// <param name="generation">The number of this boot.</param>
    /// <exception cref="ZoneException">An address is taken, or a pool has none left.</exception>
    NetworkIntents Intents(SqliteConnection connection, ZoneRow row, ZoneSpec spec, long generation);
}

/// <summary>What a zone holds for its network.</summary>
/// <param name="Ready">From ready to halt.</param>
/// <param name="Up">From boot to halt: what lives in the network namespace that comes with process 1.</param>
internal sealed record NetworkIntents(IReadOnlyList<Resource> Ready, IReadOnlyList<Resource> Up)
{
    /// <summary>Nothing.</summary>
    public static NetworkIntents None { get; } = new([], []);
}
