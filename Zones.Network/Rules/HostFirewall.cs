using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Network.Anets;
using Zones.Network.Firewall;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;

namespace Zones.Network.Rules;

/// <summary>Keeps the kernel's firewall what the catalogue says. Every change is made within a transaction of the catalogue, so that they
/// come one after the other, and before it is committed, so that one which the kernel refuses is not kept.</summary>
/// <param name="context">The host.</param>
internal sealed class HostFirewall(HostContext context)
{
    private FirewallTable? _table;

    /// <summary>The one of a host: it keeps a socket, which takes the kernel milliseconds to close.</summary>
    public static HostFirewall Of(HostContext context) => ((ZoneNetworks)context.Network!).Firewall;

    private FirewallTable Table => _table ??= Make(context.Catalogue.Meta("state-id")!);

    /// <summary>Changes rules or redirects for the zones that are up.</summary>
    /// <param name="change">Changes the catalogue.</param>
    /// <param name="concerned">Which of the zones that are up the change is about.</param>
    public T Change<T>(Func<SqliteConnection, T> change, Func<SqliteConnection, IReadOnlyList<FirewallZone>> concerned) => Write(Durability.Full, connection =>
    {
        if (!RuleStore.AnyZone(connection))
        {
            return change(connection);
        }

        IReadOnlyList<FirewallZone> zones = concerned(connection);
        Ruleset before = RuleStore.Ruleset(connection, zones, Redirects(connection, zones));
        T result = change(connection);
        Update(connection, before, RuleStore.Ruleset(connection, zones, Redirects(connection, zones)));
        return result;
    });

    /// <summary>What the kernel would be told if the catalogue were changed so; nothing is.</summary>
    public IReadOnlyList<string> Preview(Action<SqliteConnection> change)
    {
        IReadOnlyList<string> lines = [];
        try
        {
            Write(Durability.Normal, connection =>
            {
                change(connection);
                lines = RuleStore.AnyZone(connection) ? Table.Diff(RuleStore.Ruleset(connection)) : [];
                return Undo();
            });
        }
        catch (OperationCanceledException)
        {
            // What was tried is rolled back.
        }

        return lines;
    }

    private static bool Undo() => throw new OperationCanceledException();

    /// <summary>Loads all of it anew, whatever became of the kernel's tables.</summary>
    public void Apply() => Write(Durability.Normal, connection =>
    {
        if (RuleStore.AnyZone(connection))
        {
            ApplyAll(connection);
        }

        return true;
    });

    /// <summary>A zone comes: its row is there.</summary>
    /// <param name="id">The row's number.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="data">What the row is to say from now on; null for what it says.</param>
    public void Add(long id, FirewallZone zone, string? data) => Write(Durability.Normal, connection =>
    {
        if (data is not null)
        {
            connection.Execute("UPDATE ledger SET data = @data WHERE id = @id", new { id, data });
        }

        Ruleset after = RuleStore.Ruleset(connection, [zone], RuleStore.Redirects(connection, zone.Name));
        Update(connection, after with { Zones = [], Redirects = [] }, after);
        return true;
    });

    /// <summary>A zone goes, and its row with it; the tables go with the last.</summary>
    /// <param name="resource">Its row.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="bridges">Those whose packets pass the rules on its account.</param>
    public void Remove(Resource resource, FirewallZone zone, IEnumerable<string> bridges) => Write(Durability.Normal, connection =>
    {
        Ruleset before = RuleStore.Ruleset(connection, [zone], RuleStore.Redirects(connection, zone.Name));
        long id = resource.Id;
        connection.Execute("DELETE FROM ledger WHERE id = @id", new { id });
        try
        {
            if (RuleStore.AnyZone(connection))
            {
                Update(connection, before, before with { Zones = [], Redirects = [] });
            }
            else
            {
                Table.Remove();
            }
        }
        catch (HostCapabilityException)
        {
            // What this kernel cannot have, it has not.
        }

        foreach (string bridge in bridges)
        {
            if (!RuleStore.AnyFiltered(connection, bridge))
            {
                PassBy(bridge);
            }
        }

        return true;
    });

    /// <summary>Whether the kernel knows of a zone.</summary>
    public bool Holds(FirewallZone zone) => Table.Holds(zone);

    /// <summary>A transaction in which the table is at hand: to look for its name within would take another connection.</summary>
    private T Write<T>(Durability durability, Func<SqliteConnection, T> change)
    {
        if (_table is null && context.Catalogue.Meta("state-id") is { } stateId)
        {
            _table = Make(stateId);
        }

        return context.Store.Write(durability, change);
    }

    private static FirewallTable Make(string stateId) => new(stateId, LinkNames.Prefix(stateId));

    private void Update(SqliteConnection connection, Ruleset before, Ruleset after)
    {
        try
        {
            Table.Update(before, after);
        }
        catch (FirewallException e) when (e.Fault is FirewallFault.Missing or FirewallFault.Changed)
        {
            ApplyAll(connection);
        }
    }

    private void ApplyAll(SqliteConnection connection) => Table.Apply(RuleStore.Ruleset(connection));

    /// <summary>Within the transaction: a boot commits its row before it looks whether the bridge is filtered, so either that row was seen
    /// here, or the bridge is seen unfiltered there.</summary>
    private static void PassBy(string name)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        if (socket.Link(name) is { FiltersIp: true } bridge && BridgeKind.IsOurs(bridge))
        {
            BridgeFilter.Disable(socket, bridge);
        }
    }

    private static IReadOnlyList<RedirectEntry> Redirects(SqliteConnection connection, IReadOnlyList<FirewallZone> zones) =>
        [.. zones.SelectMany(zone => RuleStore.Redirects(connection, zone.Name))];
}
