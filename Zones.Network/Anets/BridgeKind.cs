using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Network.Firewall.Host;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Network.Anets;

/// <summary>The ledger's kind for a bridge. All zones on it have a row of the same name; the first makes it if it is not there, and the
/// last takes it away if this library made it, which its alias says. One that somebody else made is used as it is.</summary>
/// <param name="context">The host.</param>
internal sealed class BridgeKind(HostContext context) : IResourceKind
{
    public const string Name = "bridge";

    /// <summary>What is written on the bridges of this library, before the state directory's number.</summary>
    public const string Alias = "bridge of zones";

    private readonly Lazy<string> _alias = new(() => AliasOf(context));

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        BootLinks links = BootLinks.Of(boot);
        const int attempts = 3;
        for (int attempt = 1; HostLinks.Bridge(links.Find(resource.Name), _alias.Value) is null; attempt++)
        {
            try
            {
                Make(links.Socket, resource.Name, RowJson.Read(resource, RowJson.Default.BridgeRow));
                return;
            }
            catch (NetlinkException e) when (e.Errno is Linux.EEXIST or Linux.EBUSY && attempt < attempts)
            {
                // Another zone has made it meanwhile, or has the number.
            }
        }
    }

    /// <summary>Within a transaction, because a boot commits its row before it looks for the bridge: either that row is seen here, or
    /// the bridge is gone when the boot looks.</summary>
    public void Release(Resource resource)
    {
        string alias = _alias.Value; // not within the transaction, which would need another connection for it
        context.Store.Write(Durability.Normal, connection => Release(connection, resource, alias));
    }

    public ResourceCondition Probe(Resource resource)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        return socket.Link(resource.Name) is { Kind: "bridge" } ? ResourceCondition.Present : ResourceCondition.Absent;
    }

    /// <summary>What is written on the bridges of a state directory, so that no other takes them for its own: two would give out the same
    /// addresses on one bridge.</summary>
    public static string AliasOf(HostContext context) => $"{Alias} {context.Catalogue.Meta("state-id")}";

    /// <summary>Whether this library made a bridge.</summary>
    public static bool IsOurs(Link bridge) => bridge is { Kind: "bridge" } && bridge.Alias?.StartsWith(Alias, StringComparison.Ordinal) == true;

    private static bool Release(SqliteConnection connection, Resource resource, string alias)
    {
        (string name, long id) = (resource.Name, resource.Id);
        connection.Execute("DELETE FROM ledger WHERE id = @id", new { id });
        if (connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = 'bridge' AND name = @name)", new { name }) == 0)
        {
            RemoveIfOurs(name, alias);
        }

        return true;
    }

    private void Make(NetlinkSocket socket, string name, BridgeRow row)
    {
        NetlinkBatch batch = new();
        int index = Random.Shared.Next(1 << 30, int.MaxValue);

        // An address of its own: else the bridge takes over its ports' lowest, and another with every zone that comes or goes.
        byte[] mac = SHA256.HashData(Encoding.UTF8.GetBytes(name + Environment.MachineName))[..6];
        mac[0] = (byte)((mac[0] & 0xFC) | 2);

        batch.MakeBridge(new(name) { Index = index, Address = new PhysicalAddress(mac) }, BridgeOptions.OfZones, $"make the bridge {name}");
        batch.SetAlias(index, _alias.Value, $"name what the bridge {name} is for");
        foreach (string address in row.Addresses)
        {
            batch.Add(Parse(index, address), $"give the bridge {name} the address {address}");
        }

        batch.SetUp(index, up: true, $"bring up the bridge {name}");
        try
        {
            socket.Execute(batch);
            Forwarding.IgnoreRouters(name);
            if (row.Addresses.Length > 0)
            {
                Forwarding.Enable(name);
            }
        }
        catch (NetlinkException e) when (e.Errno is not (Linux.EEXIST or Linux.EBUSY))
        {
            if (socket.Link(index) is not null)
            {
                NetlinkBatch undo = new();
                undo.RemoveLink(index, $"remove the bridge {name}");
                socket.Execute(undo);
            }

            throw;
        }
    }

    private static LinkAddress Parse(int link, string text)
    {
        (Pools.Subnet subnet, IPAddress address) = Pools.Subnet.Parse(text)!.Value;
        return new(link, address, subnet.Length) { Flags = subnet.IsV6 ? AddressFlags.NoDuplicateDetection : AddressFlags.None };
    }

    private static void RemoveIfOurs(string name, string alias)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        if (socket.Link(name) is { Kind: "bridge" } bridge && bridge.Alias == alias && socket.Links(bridge.Index).TrueForAll(port => port.IsGoing))
        {
            NetlinkBatch batch = new();
            batch.RemoveLink(bridge.Index, $"remove the bridge {name}");
            socket.Execute(batch);
        }
    }
}
