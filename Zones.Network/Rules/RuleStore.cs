using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Network.Anets;
using Zones.Network.Firewall;
using Zones.Network.Pools;
using Zones.Specs;

namespace Zones.Network.Rules;

/// <summary>Rules and redirects in the catalogue, and what the firewall is to do according to all that is there. Within a transaction.</summary>
internal static class RuleStore
{
    private const string VersionKey = "rules";

    /// <summary>The rules in force as they were read last, and of which version. A version is drawn anew with every change, so that none
    /// that is rolled back is ever taken for another.</summary>
    private static volatile RulesInForce s_inForce = new("", [], []);

    public static IReadOnlyList<FirewallEntry> Rules(SqliteConnection connection) =>
        [.. connection.Query<RuleRow>("SELECT id AS Id, text AS Text, enabled AS Enabled FROM rule ORDER BY id").Select(row => row.ToEntry())];

    public static IReadOnlyList<RedirectEntry> Redirects(SqliteConnection connection) =>
    [
        .. connection.Query<RedirectRow>("SELECT id AS Id, protocol AS Protocol, address AS Address, first AS First, last AS Last, zone AS Zone, target AS Target FROM redirect ORDER BY id")
            .Select(row => row.ToEntry()),
    ];

    /// <summary>Adds a rule.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="ZoneException">It names a zone that there is not, or is there already.</exception>
    public static long Add(SqliteConnection connection, FirewallRule rule, bool enabled)
    {
        foreach (string name in rule.ZoneNames)
        {
            if (connection.QueryFirstOrDefault<string>("SELECT name FROM zone WHERE name = @name", new { name }) is null)
            {
                throw new ZoneException($"rule: there is no zone '{name}'; 'zone list -c' shows those that are");
            }
        }

        (string text, int on) = (rule.ToString(), enabled ? 1 : 0);
        Touch(connection);
        long same = connection.ExecuteScalar<long>("SELECT IFNULL(MIN(id), 0) FROM rule WHERE text = @text", new { text });
        return same == 0
            ? connection.ExecuteScalar<long>("INSERT INTO rule (text, enabled) VALUES (@text, @on) RETURNING id", new { text, on })
            : throw new ZoneException($"rule: {same} is the same rule; 'zone firewall enable {same}' puts it in force if it is not");
    }

    /// <exception cref="ZoneException">There is none of that number.</exception>
    public static void Delete(SqliteConnection connection, long id)
    {
        Require(connection, id);
        Touch(connection);
        connection.Execute("DELETE FROM rule WHERE id = @id", new { id });
    }

    /// <summary>The rules that name a zone.</summary>
    public static IReadOnlyList<(long Id, FirewallRule Rule)> Naming(SqliteConnection connection, string zone)
    {
        string words = new RuleTerm.Zone(zone).ToString();
        return
        [
            .. connection.Query<RuleRow>("SELECT id AS Id, text AS Text, enabled AS Enabled FROM rule WHERE instr(text, @words) > 0", new { words })
                .Select(row => (row.Id, Rule: FirewallRule.Parse(row.Text)))
                .Where(one => one.Rule.ZoneNames.Contains(zone)),
        ];
    }

    /// <summary>Takes a zone out of the rules that name it; a rule of which a side names nobody else goes.</summary>
    /// <returns>How many rules named it.</returns>
    public static int Forget(SqliteConnection connection, string zone)
    {
        Touch(connection);
        RuleTerm gone = new RuleTerm.Zone(zone);
        IReadOnlyList<(long Id, FirewallRule Rule)> naming = Naming(connection, zone);
        foreach ((long id, FirewallRule rule) in naming)
        {
            FirewallRule left = rule with { From = [.. rule.From.Where(term => term != gone)], To = [.. rule.To.Where(term => term != gone)] };
            string text = left.From.Count > 0 && left.To.Count > 0 ? left.ToString() : "";
            if (text.Length > 0 && connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM rule WHERE text = @text)", new { text }) == 0)
            {
                connection.Execute("UPDATE rule SET text = @text WHERE id = @id", new { text, id });
            }
            else
            {
                connection.Execute("DELETE FROM rule WHERE id = @id", new { id });
            }
        }

        return naming.Count;
    }

    /// <exception cref="ZoneException">There is none of that number.</exception>
    public static void Enable(SqliteConnection connection, long id, bool enabled)
    {
        Require(connection, id);
        Touch(connection);
        int on = enabled ? 1 : 0;
        connection.Execute("UPDATE rule SET enabled = @on WHERE id = @id", new { on, id });
    }

    /// <summary>Adds a redirect.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="ZoneException">It cannot be, or shares a port with another.</exception>
    public static long Add(SqliteConnection connection, RedirectEntry redirect)
    {
        IPAddress? host = redirect.HostAddress is not { } given ? null
            : NetworkRules.Address(given) ?? throw new ZoneException($"redirect: '{given}' is no address");

        // Any address of the zone will do to look at the rest.
        PortRedirect looked = new(redirect.Protocol, redirect.FirstPort, redirect.LastPort, host ?? IPAddress.Any, redirect.ZonePort) { HostAddress = host };
        if (RulesetCheck.Problem(looked) is { } problem)
        {
            throw new ZoneException($"redirect: {problem}");
        }

        (string? address, string zone, string protocol) = (host?.ToString(), redirect.Zone, redirect.Protocol.ToString().ToLowerInvariant());
        foreach (RedirectEntry other in Redirects(connection))
        {
            if (other.Protocol == redirect.Protocol && (other.HostAddress ?? address) == (address ?? other.HostAddress)
                && other.FirstPort <= redirect.LastPort && redirect.FirstPort <= other.LastPort)
            {
                throw new ZoneException($"redirect: port {Math.Max(other.FirstPort, redirect.FirstPort)} leads to {other.Zone} already (redirect {other.Id}); delete that first, or name another port");
            }
        }

        if (connection.QueryFirstOrDefault<string>("SELECT name FROM zone WHERE name = @zone", new { zone }) is null)
        {
            throw new ZoneNotFoundException(zone);
        }

        (int first, int last, int target) = (redirect.FirstPort, redirect.LastPort, redirect.ZonePort);
        return connection.ExecuteScalar<long>(
            "INSERT INTO redirect (protocol, address, first, last, zone, target) VALUES (@protocol, @address, @first, @last, @zone, @target) RETURNING id",
            new { protocol, address, first, last, zone, target });
    }

    /// <exception cref="ZoneException">There is none of that number.</exception>
    public static void DeleteRedirect(SqliteConnection connection, long id)
    {
        if (connection.Execute("DELETE FROM redirect WHERE id = @id", new { id }) == 0)
        {
            throw new ZoneException($"{id}: there is no redirect of that number; 'zone redirect list' shows those that are");
        }
    }

    /// <summary>What the firewall is to do for some zones: a part for <see cref="Firewall.FirewallTable.Update"/>, without pools, which no such
    /// change is about.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="zones">The zones that it is to know.</param>
    /// <param name="redirects">The redirects that it is to know.</param>
    public static Ruleset Ruleset(SqliteConnection connection, IReadOnlyList<FirewallZone> zones, IReadOnlyList<RedirectEntry> redirects) => new()
    {
        Zones = zones,
        Rules = InForce(connection),
        Redirects = [.. redirects.SelectMany(redirect => InForce(connection, redirect))],
    };

    /// <summary>What the firewall knows of a pool.</summary>
    public static IEnumerable<FirewallPool> Prefixes(PoolView pool) =>
        pool.Subnets.Select(subnet => new FirewallPool(pool.Pool.Bridge, new IPNetwork(subnet.Subnet.Address(subnet.Subnet.Network), subnet.Subnet.Length), pool.Pool.Nat));

    /// <summary>All of it.</summary>
    public static Ruleset Ruleset(SqliteConnection connection) =>
        Ruleset(connection, Zones(connection), Redirects(connection)) with { Pools = [.. PoolStore.Pools(connection).SelectMany(Prefixes)] };

    /// <summary>The redirects to one zone.</summary>
    public static IReadOnlyList<RedirectEntry> Redirects(SqliteConnection connection, string zone) =>
    [
        .. connection.Query<RedirectRow>("SELECT id AS Id, protocol AS Protocol, address AS Address, first AS First, last AS Last, zone AS Zone, target AS Target FROM redirect WHERE zone = @zone ORDER BY id", new { zone })
            .Select(row => row.ToEntry()),
    ];

    /// <summary>Parsed once for as long as nobody changes them: each boot needs all of them.</summary>
    private static IReadOnlyList<FirewallRule> InForce(SqliteConnection connection)
    {
        string key = VersionKey;
        string version = connection.QueryFirstOrDefault<string>("SELECT value FROM meta WHERE key = @key", new { key }) ?? "";
        RulesInForce known = s_inForce;
        if (known.Version == version)
        {
            return known.Rules;
        }

        Dictionary<string, FirewallRule> byText = Rules(connection).Where(rule => rule.Enabled)
            .ToDictionary(rule => rule.Text, rule => known.ByText.GetValueOrDefault(rule.Text) ?? FirewallRule.Parse(rule.Text), StringComparer.Ordinal);
        RulesInForce read = new(version, [.. byText.Values], byText);
        s_inForce = read;
        return read.Rules;
    }

    private static void Touch(SqliteConnection connection)
    {
        string key = VersionKey;
        connection.Execute("INSERT INTO meta VALUES (@key, hex(randomblob(8))) ON CONFLICT (key) DO UPDATE SET value = hex(randomblob(8))", new { key });
    }

    /// <summary>All zones that are up, or about to be.</summary>
    public static IReadOnlyList<FirewallZone> Zones(SqliteConnection connection) =>
        [.. connection.Query<FirewallData>("SELECT zone AS Zone, data AS Data FROM ledger WHERE kind = 'firewall' ORDER BY zone").Select(ToZone)];

    /// <summary>Those that a rule is about, on either side: read by name or by tag, so that a rule costs as much as it has to do with.</summary>
    public static IReadOnlyList<FirewallZone> Zones(SqliteConnection connection, FirewallRule rule)
    {
        RuleTerm[] terms = [.. rule.From, .. rule.To];
        return terms.Any(term => term is RuleTerm.AllZones)
            ? Zones(connection)
            :
            [
                .. terms.OfType<RuleTerm.Zone>().Select(named => Zone(connection, named.Name)).OfType<FirewallZone>()
                    .Concat(terms.OfType<RuleTerm.Tag>().SelectMany(tag => Tagged(connection, tag)))
                    .DistinctBy(zone => zone.Name),
            ];
    }

    /// <summary>One of them; null when it is not up.</summary>
    public static FirewallZone? Zone(SqliteConnection connection, string zone) =>
        connection.QueryFirstOrDefault<FirewallData>("SELECT zone AS Zone, data AS Data FROM ledger WHERE kind = 'firewall' AND zone = @zone", new { zone }) is { } row ? ToZone(row) : null;

    /// <summary>Whether any is.</summary>
    public static bool AnyZone(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = 'firewall')") != 0;

    /// <summary>Whether rules are asked about any of those with a link on a bridge. Rows of earlier versions do not say where their links are.</summary>
    public static bool AnyFiltered(SqliteConnection connection, string bridge) => connection.ExecuteScalar<long>(
        """
        SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = 'firewall'
            AND EXISTS (SELECT 1 FROM json_each(data, '$.Ports') AS port WHERE IFNULL(json_extract(port.value, '$.Bridge'), @bridge) = @bridge)
            AND EXISTS (SELECT 1 FROM json_each(data, '$.Ports') AS port WHERE json_array_length(port.value, '$.Addresses') > 0))
        """,
        new { bridge }) != 0;

    /// <summary>While its zone is up: to the zone's first address of each family that it is for.</summary>
    private static IEnumerable<PortRedirect> InForce(SqliteConnection connection, RedirectEntry redirect)
    {
        IPAddress? host = redirect.HostAddress is { } address ? IPAddress.Parse(address) : null;
        return (Zone(connection, redirect.Zone)?.Ports ?? []).SelectMany(port => port.Addresses)
            .Where(own => host is null || own.AddressFamily == host.AddressFamily)
            .DistinctBy(own => own.AddressFamily)
            .Select(own => new PortRedirect(redirect.Protocol, redirect.FirstPort, redirect.LastPort, own, redirect.ZonePort) { HostAddress = host });
    }

    private static IEnumerable<FirewallZone> Tagged(SqliteConnection connection, RuleTerm.Tag tag)
    {
        (string key, string? value) = (tag.Key, tag.Value);
        return connection.Query<FirewallData>(
                "SELECT zone AS Zone, data AS Data FROM ledger WHERE kind = 'firewall' AND EXISTS (SELECT 1 FROM json_each(data, '$.Tags') AS tag WHERE tag.key = @key AND (@value IS NULL OR tag.value = @value))",
                new { key, value })
            .Select(ToZone);
    }

    private static FirewallZone ToZone(FirewallData row) =>
        RowJson.Read(new Resource(row.Zone, 0, FirewallKind.Name, row.Zone, row.Data), RowJson.Default.FirewallRow).Zone(row.Zone);

    private static void Require(SqliteConnection connection, long id)
    {
        if (connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM rule WHERE id = @id)", new { id }) == 0)
        {
            throw new ZoneException($"{id}: there is no rule of that number; 'zone firewall list' shows those that are");
        }
    }

    private sealed record RulesInForce(string Version, IReadOnlyList<FirewallRule> Rules, Dictionary<string, FirewallRule> ByText);
}
