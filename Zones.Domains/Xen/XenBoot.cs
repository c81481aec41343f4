using System.Globalization;
using Zones.Hosting;
using Zones.Network.Anets;

namespace Zones.Domains.Xen;

/// <summary>Follows a domain's boot in xenstore. The host's end of each of its links comes up where Xen's driver makes it; it is made a port of its bridge,
/// under the name that the firewall knows, and only then is the domain's end told that it is connected.</summary>
/// <param name="context">The host.</param>
/// <param name="zone">Which.</param>
internal sealed class XenBoot(HostContext context, string zone) : IDisposable
{
    private readonly XenStore _store = XenStore.Open();
    private readonly string _uuid = XenKind.Of(context, zone)!.Name;
    private readonly Queue<(int Number, Resource Row)> _links = new(context.Catalogue.Ledger(zone).Where(row => row.Kind == LinkKind.Name).Select((row, i) => (i, row)));
    private int? _domain;

    /// <summary>What process 1 has said by now.</summary>
    public string[] Look()
    {
        _domain ??= _store.DomainOf(_uuid);
        if (_domain is not { } domain)
        {
            return [];
        }

        while (_links.TryPeek(out (int Number, Resource Row) link) && Connect(domain, link.Number, link.Row))
        {
            _links.Dequeue();
        }

        return _store.Status(domain);
    }

    public void Dispose() => _store.Dispose();

    /// <summary>False when the link is not there yet.</summary>
    private bool Connect(int domain, int number, Resource row)
    {
        string made = string.Create(CultureInfo.InvariantCulture, $"vif{domain}.{number}");
        if (!LinkKind.Join(row, made))
        {
            return false;
        }

        _store.Write(string.Create(CultureInfo.InvariantCulture, $"/local/domain/0/backend/vif/{domain}/{number}/hotplug-status"), "connected");
        return true;
    }
}
