using System.Net;

namespace Zones.Storage.Nfs;

/// <summary>A directory that clients may mount, and on what terms.</summary>
/// <param name="Name">What clients mount, without the leading slash: <c>debian-12</c> for <c>server:/debian-12</c>. Handles are of the name:
/// an export that is named otherwise makes them stale.</param>
/// <param name="Directory">Absolute path of the directory. Nothing that is mounted below it is part of the export.</param>
public sealed record NfsExport(string Name, string Directory)
{
    /// <summary>Whether clients may change anything. Default: no, every call that would answers NFS3ERR_ROFS.</summary>
    public bool ReadWrite { get; init; }

    /// <summary>Whose word about their user is not taken. Default: root's.</summary>
    public NfsSquash Squash { get; init; } = NfsSquash.Root;

    /// <summary>The user on disk that squashed callers and those without credentials act as. Default: 65534.</summary>
    public uint AnonymousUid { get; init; } = IdShift.Nobody;

    /// <summary>The group on disk that squashed callers and those without credentials act as. Default: 65534.</summary>
    public uint AnonymousGid { get; init; } = IdShift.Nobody;

    /// <summary>The addresses and prefixes that may use the export, of IPv4 and IPv6. Default: none named, which means all.</summary>
    public IReadOnlyList<IPNetwork> Clients { get; init; } = [];

    /// <summary>Whether calls must come from a port below 1024, which on the client only root may use. Default: no.</summary>
    public bool PrivilegedPort { get; init; }

    /// <summary>Whether clients are told of it when they ask what there is (showmount(8)). Default: yes. One that is not listed is found by those
    /// alone who know its name.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>How ids on disk become ids on the wire. Default: as they are.</summary>
    public IdShift Ids { get; init; }

    /// <summary>Whether a client at this end may use the export.</summary>
    /// <param name="client">Its address and port; an IPv4 address in IPv6 form counts as IPv4.</param>
    public bool Admits(IPEndPoint client)
    {
        if (PrivilegedPort && client.Port >= 1024)
        {
            return false;
        }

        IPAddress address = client.Address.IsIPv4MappedToIPv6 ? client.Address.MapToIPv4() : client.Address;
        return Clients.Count == 0 || Clients.Any(network => network.Contains(address));
    }
}

/// <summary>Whose credentials a server replaces by the anonymous ones.</summary>
public enum NfsSquash
{
    /// <summary>Nobody's: root on a client is root here.</summary>
    None,

    /// <summary>Those of user 0, and group 0 wherever it stands.</summary>
    Root,

    /// <summary>Everybody's.</summary>
    All,
}
