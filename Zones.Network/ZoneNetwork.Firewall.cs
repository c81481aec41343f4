using Microsoft.Data.Sqlite;
using Zones.Network.Firewall;
using Zones.Network.Pools;
using Zones.Network.Rules;

namespace Zones.Network;

/// <content>Rules and redirects.</content>
internal sealed partial class ZoneNetwork
{
    private readonly HostFirewall _firewall = HostFirewall.Of(context);

    public Task<FirewallEntry> AddRuleAsync(string rule, bool enabled = true, CancellationToken cancellationToken = default)
    {
        FirewallRule parsed = FirewallRule.Parse(rule);
        return Task.Run(
            () => new FirewallEntry(_firewall.Change(connection => RuleStore.Add(connection, parsed, enabled), connection => RuleStore.Zones(connection, parsed)), parsed.ToString(), enabled),
            cancellationToken);
    }

    public Task<IReadOnlyList<FirewallEntry>> RulesAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => context.Store.Read<IReadOnlyList<FirewallEntry>>(RuleStore.Rules, []), cancellationToken);

    public Task DeleteRuleAsync(long id, CancellationToken cancellationToken = default) =>
        ChangeRuleAsync(id, connection => RuleStore.Delete(connection, id), cancellationToken);

    public Task EnableRuleAsync(long id, bool enabled, CancellationToken cancellationToken = default) =>
        ChangeRuleAsync(id, connection => RuleStore.Enable(connection, id, enabled), cancellationToken);

    public Task<IReadOnlyList<string>> PreviewFirewallAsync(string? add = null, long? delete = null, CancellationToken cancellationToken = default)
    {
        FirewallRule? added = add is null ? null : FirewallRule.Parse(add);
        return Task.Run(
            () => _firewall.Preview(connection =>
            {
                if (added is not null)
                {
                    RuleStore.Add(connection, added, enabled: true);
                }

                if (delete is { } id)
                {
                    RuleStore.Delete(connection, id);
                }
            }),
            cancellationToken);
    }

    public Task ApplyFirewallAsync(CancellationToken cancellationToken = default) => Task.Run(_firewall.Apply, cancellationToken);

    public Task<RedirectEntry> AddRedirectAsync(RedirectEntry redirect, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(redirect);
        return Task.Run(() => redirect with { Id = _firewall.Change(connection => RuleStore.Add(connection, redirect), connection => RuleStore.Zone(connection, redirect.Zone) is { } zone ? [zone] : []) }, cancellationToken);
    }

    public Task<IReadOnlyList<RedirectEntry>> RedirectsAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => context.Store.Read<IReadOnlyList<RedirectEntry>>(RuleStore.Redirects, []), cancellationToken);

    public Task DeleteRedirectAsync(long id, CancellationToken cancellationToken = default) => Task.Run(
        () => _firewall.Change(
            connection =>
            {
                RuleStore.DeleteRedirect(connection, id);
                return true;
            },
            connection => RuleStore.Redirects(connection).FirstOrDefault(redirect => redirect.Id == id) is { } entry && RuleStore.Zone(connection, entry.Zone) is { } zone ? [zone] : []),
        cancellationToken);

    public Task<IReadOnlyList<string>> ObstaclesAsync(CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            IReadOnlyList<PoolView> pools = _pools.Pools();
            bool[] areV6 = [.. pools.SelectMany(pool => pool.Subnets).Select(subnet => subnet.Subnet.IsV6)];
            bool redirected = context.Store.Read(connection => RuleStore.Redirects(connection).Count > 0, false);
            return HostObstacles.Of(pools, areV6.Contains(false), areV6.Contains(true), redirected);
        },
        cancellationToken);

    private Task ChangeRuleAsync(long id, Action<SqliteConnection> change, CancellationToken cancellationToken) => Task.Run(
        () => _firewall.Change(
            connection =>
            {
                change(connection);
                return true;
            },
            connection => RuleStore.Rules(connection).FirstOrDefault(rule => rule.Id == id) is { } entry ? RuleStore.Zones(connection, FirewallRule.Parse(entry.Text)) : []),
        cancellationToken);
}
