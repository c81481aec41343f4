using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Network.Firewall;

namespace Zones.Network.Rules;

/// <summary>Keeps the kernel's firewall what the catalogue says. Every change is made within a transaction of the catalogue, so that they
/// come one after the other, and before it is committed, so that one which the kernel refuses is not kept.</summary>
/// <param name="context">The host.</param>
internal sealed class HostFirewall(HostContext context)
{
    private readonly Lazy<FirewallTable> _table = new(() => new(context.Catalogue.Meta("state-id")!));

    /// <summary>Changes rules or redirects for the zones that are up.</summary>
    /// <param name="change">Changes the catalogue.</param>
    /// <param name="concerned">Whether a zone may be one that the change is about.</param>
    public T Change<T>(Func<SqliteConnection, T> change, Func<FirewallZone, bool> concerned) => Write(Durability.Full, connection =>
    {
        if (!RuleStore.AnyZone(connection))
        {
            return change(connection);
        }

        List<FirewallZone> zones = [.. RuleStore.Zones(connection).Where(concerned)];
        Ruleset before = RuleStore.Ruleset(connection, zones);
        T result = change(connection);
        Update(connection, before, RuleStore.Ruleset(connection, zones));
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
                lines = RuleStore.AnyZone(connection) ? _table.Value.Diff(RuleStore.Ruleset(connection, RuleStore.Zones(connection))) : [];
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
    public void Add(FirewallZone zone) => Write(Durability.Normal, connection =>
    {
        Ruleset after = RuleStore.Ruleset(connection, [zone]);
        Ruleset before = after with { Zones = [], Redirects = [.. after.Redirects.Where(redirect => !IsTo(zone, redirect))] };
        Update(connection, before, after);
        return true;
    });

    /// <summary>A zone goes, and its row with it; the tables go with the last.</summary>
    public void Remove(Resource resource, FirewallZone zone) => Write(Durability.Normal, connection =>
    {
        Ruleset before = RuleStore.Ruleset(connection, [zone]);
        long id = resource.Id;
        connection.Execute("DELETE FROM ledger WHERE id = @id", new { id });
        try
        {
            if (RuleStore.AnyZone(connection))
            {
                Update(connection, before, before with { Zones = [], Redirects = [.. before.Redirects.Where(redirect => !IsTo(zone, redirect))] });
            }
            else
            {
                _table.Value.Remove();
            }
        }
        catch (HostCapabilityException)
        {
            // What this kernel cannot have, it has not.
        }

        return true;
    });

    /// <summary>Whether the kernel knows of a zone.</summary>
    public bool Holds(FirewallZone zone) => _table.Value.Holds(zone);

    /// <summary>A transaction in which the table is at hand: to look for its name within would take another connection.</summary>
    private T Write<T>(Durability durability, Func<SqliteConnection, T> change)
    {
        _ = _table.Value;
        return context.Store.Write(durability, change);
    }

    private void Update(SqliteConnection connection, Ruleset before, Ruleset after)
    {
        try
        {
            _table.Value.Update(before, after);
        }
        catch (FirewallException e) when (e.Fault is FirewallFault.Missing or FirewallFault.Changed)
        {
            ApplyAll(connection);
        }
    }

    private void ApplyAll(SqliteConnection connection) => _table.Value.Apply(RuleStore.Ruleset(connection, RuleStore.Zones(connection)));

    private static bool IsTo(FirewallZone zone, PortRedirect redirect) => zone.Ports.Any(port => port.Addresses.Contains(redirect.ZoneAddress));
}
