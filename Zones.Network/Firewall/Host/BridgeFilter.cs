using System.Diagnostics;
using Zones.Interop;
using Zones.Network.Links;
using Zones.Network.Netlink;

namespace Zones.Network.Firewall.Host;

/// <summary>Lets packets between ports of one bridge pass the rules: br_netfilter takes them through the inet family's hooks, where
/// connections are tracked, which the bridge family itself cannot do on kernels without nf_conntrack_bridge.</summary>
/// <remarks>It costs each packet on the bridge time, so it is on only where a zone is that rules are asked about, and for our own bridges alone. The module's arrival would switch it on for all bridges of the host, so where we load
/// it, that is undone at once; where it was there before, its global switches are the host's business.</remarks>
/// <param name="networkNamespace">Where; null for the calling thread's.</param>
internal sealed class BridgeFilter(SafeFd? networkNamespace = null)
{
    private const string Switches = "/proc/sys/net/bridge";

    private static readonly string[] Names = ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"];

    /// <summary>Switches it on for a bridge.</summary>
    /// <param name="bridge">One of ours.</param>
    /// <exception cref="HostCapabilityException">The kernel has no br_netfilter.</exception>
    public void Enable(string bridge)
    {
        SysctlFiles.In(networkNamespace, () =>
        {
            if (!Directory.Exists(Switches))
            {
                Load();
            }

            return true;
        });
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route, networkNamespace);
        Link link = socket.Link(bridge) ?? throw new ZoneException($"{bridge}: no such bridge; make it first");
        Set(socket, link, on: true);
    }

    /// <summary>Switches it off.</summary>
    /// <param name="socket">In the bridge's namespace.</param>
    /// <param name="bridge">One of ours.</param>
    public static void Disable(NetlinkSocket socket, Link bridge) => Set(socket, bridge, on: false);

    private static void Set(NetlinkSocket socket, Link bridge, bool on)
    {
        NetlinkBatch batch = new();
        batch.SetBridge(bridge.Index, new() { FilterIp = on }, $"{bridge.Name}: let bridged packets {(on ? "pass" : "past")} the firewall's rules");
        socket.Execute(batch);
    }

    private static void Load()
    {
        try
        {
            using Process modprobe = Process.Start(new ProcessStartInfo("modprobe", ["br_netfilter"]) { RedirectStandardError = true })!;
            modprobe.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No modprobe(8): the module is there or it is not.
        }

        if (!Directory.Exists(Switches))
        {
            throw new HostCapabilityException("rules between zones on one bridge need br_netfilter: this kernel has no such module (CONFIG_BRIDGE_NETFILTER), or this network namespace may not load it; load it with 'modprobe br_netfilter'", "anet");
        }

        foreach (string name in Names)
        {
            SysctlFiles.Write(Path.Combine(Switches, name), "0");
        }
    }
}
