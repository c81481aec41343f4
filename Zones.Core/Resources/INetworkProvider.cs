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

    /// <summary>Looks for what on this host stands in the way of the zone's network, without being the zone's fault, and for what a boot finds out
    /// where it makes the links. For who asks: no boot waits for it.</summary>
    /// <param name="spec">Verified.</param>
    /// <param name="problems">What keeps it from its network.</param>
    /// <param name="warnings">What a person should know, which takes milliseconds to find out; null when nobody asks.</param>
    void Examine(ZoneSpec spec, List<SpecProblem> problems, List<string>? warnings);

    /// <summary>The definition as another host is to take it, on which nothing is known of the zone: with the MAC addresses that were drawn for it here.</summary>
    /// <param name="spec">The definition.</param>
    ZoneSpec Travelling(ZoneSpec spec);

    /// <summary>The addresses that zones have, by zone.</summary>
    /// <param name="zone">One zone; null for all.</param>
    ILookup<string, string> Addresses(string? zone);

    /// <summary>A zone is about to be forgotten: so is what others were told of it by name.</summary>
    /// <param name="zone">Its name, which the next zone may have.</param>
    void Forget(string zone);

    /// <summary>Finds out what a boot of the zone needs, without making anything.</summary>
    /// <param name="row">The zone.</param>
    /// <param name="spec">Its definition, which has been verified.</param>
    NetworkPlan Plan(ZoneRow row, ZoneSpec spec);
}

/// <summary>How a boot gets its network.</summary>
/// <param name="WillLease">Whether <paramref name="Intents"/> writes what must survive a loss of power.</param>
/// <param name="Intents">Within a transaction, given the number of the boot: leases what the zone has not yet, and says what it has to
/// hold. Throws a <see cref="ZoneException"/> when an address is taken, or a pool has none left.</param>
internal sealed record NetworkPlan(bool WillLease, Func<SqliteConnection, long, NetworkIntents> Intents);

/// <summary>What a zone holds for its network.</summary>
/// <param name="Ready">From ready to halt.</param>
/// <param name="Up">From boot to halt: what lives in the network namespace that comes with process 1.</param>
internal sealed record NetworkIntents(IReadOnlyList<Resource> Ready, IReadOnlyList<Resource> Up);