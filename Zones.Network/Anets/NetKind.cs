using System.Net;
using Zones.Hosting;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Network.Anets;

/// <summary>The ledger's kind for an address on the host's stack (<c>net</c>, ip-type shared): the row's name is the address with its
/// prefix's length, its data the link.</summary>
/// <param name="context">The host.</param>
internal sealed class NetKind(HostContext context) : IResourceKind
{
    public const string Name = "net";

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        NetlinkBatch batch = new();
        batch.Add(Address(socket, resource) ?? throw Failure(resource, $"this host has no link {resource.Data}"), $"net: give {resource.Data} the address {resource.Name}");
        try
        {
            socket.Execute(batch);
        }
        catch (NetlinkException e) when (e.Errno == Linux.EEXIST)
        {
            // What is somebody else's is not to be taken away when this boot is undone.
            context.Catalogue.Forget(resource);
            throw Failure(resource, $"{resource.Data} has {resource.Name} already, from somebody else");
        }
    }

    public void Release(Resource resource)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        if (Address(socket, resource) is { } address)
        {
            NetlinkBatch batch = new();
            batch.Remove(address, $"take the address {resource.Name} from {resource.Data}");
            try
            {
                socket.Execute(batch);
            }
            catch (NetlinkException e) when (e.Errno is EADDRNOTAVAIL or Linux.ENODEV)
            {
                // It is not there.
            }
        }
    }

    public ResourceCondition Probe(Resource resource)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        return Address(socket, resource) is { } wanted && socket.Addresses(wanted.Link).Exists(address => address.Address.Equals(wanted.Address))
            ? ResourceCondition.Present
            : ResourceCondition.Absent;
    }

    private const int EADDRNOTAVAIL = 99;

    private static LinkAddress? Address(NetlinkSocket socket, Resource resource)
    {
        (Pools.Subnet subnet, IPAddress address) = Pools.Subnet.Parse(resource.Name)!.Value;
        return socket.Link(resource.Data) is { } link
            ? new(link.Index, address, subnet.Length) { Flags = subnet.IsV6 ? AddressFlags.NoDuplicateDetection : AddressFlags.None }
            : null;
    }

    private static ZoneResourceException Failure(Resource resource, string why) => new($"{resource.Zone}: net: {why}", Name) { Zone = resource.Zone, Operation = "boot" };
}
