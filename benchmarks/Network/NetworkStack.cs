using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Zones.Interop;
using Zones.Network.Firewall;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Benchmarks;

/// <summary>A zone's network stack, made by the library's own messages and by ip(8): the same as stack.c makes. Two network namespaces
/// stand for the host and the zone, so that the host's own is left alone.</summary>
internal sealed class NetworkStack : IDisposable
{
    private const int Bridge = 50, HostEnd = 0x4000_0001, ZoneEnd = 32;
    private const string BridgeName = "zbr0", HostName = "z1.0", ZoneName = "net0", Alias = "zone bench net0 0123456789abcdef";
    private static readonly IPAddress s_gateway = IPAddress.Parse("10.7.0.1"), s_address = IPAddress.Parse("10.7.0.2");

    private static readonly PhysicalAddress s_mac = PhysicalAddress.Parse("020000000002");
    private static readonly Ruleset s_rules = new() { Rules = [FirewallRule.Parse("FROM any TO zone bench ALLOW tcp PORT all")] };
    private static readonly Ruleset s_zone = s_rules with { Zones = [new("bench") { Ports = [new(HostName, s_mac, [s_address], LinkProtection.MacNospoof | LinkProtection.IpNospoof)] }] };

    private readonly SafeFd _host = Namespace();
    private readonly SafeFd _zone = Namespace();
    private readonly FirewallTable _firewall;

    public NetworkStack()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route, _host);
        NetlinkBatch batch = new();
        batch.MakeBridge(new(BridgeName) { Index = Bridge, Address = PhysicalAddress.Parse("020000000001") }, new() { MulticastSnooping = false }, "make the bridge");
        batch.Add(new LinkAddress(Bridge, s_gateway, 24), "give it an address");
        batch.SetUp(Bridge, up: true, "bring it up");
        socket.Execute(batch);
        _firewall = new("bench", "bench-", _host);
        _firewall.Apply(s_rules);
    }

    /// <summary>The messages alone, beside a C program's and beside ip(8)'s.</summary>
    public static async Task<Row[]> MessagesAsync(Subject subject)
    {
        using NetworkStack stack = new();
        using TurnTaker floor = new(subject.Settings.Stack, "0");
        const string What = "netlink messages of a zone's stack (veth on a bridge, address, route, elements of the firewall)";
        return
        [
            Row.Compare($"{What}; stack.c", await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, stack.MakeAsync, floor.RunAsync), 1.5, "≤ 1.5 × the C program"),
            Row.Compare($"{What}; a script of `ip`", await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, stack.MakeAsync, stack.MakeByIpAsync), null, ""),
        ];
    }

    /// <summary>Makes it by the library; milliseconds. It is removed after the watch has stopped.</summary>
    public async Task<double> MakeAsync()
    {
        double elapsed = await MakeAsync(() => NamespaceThread.Run(_host, () =>
        {
            long start = Stopwatch.GetTimestamp();
            MakeOutside();
            NamespaceThread.Run(_zone, MakeInside);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }));
        _firewall.Update(s_zone, s_rules);
        return elapsed;
    }

    /// <summary>Makes it by ip(8), as a CNI plugin written in shell would; milliseconds for the whole script.</summary>
    public Task<double> MakeByIpAsync()
    {
        string zone = $"/proc/{Environment.ProcessId}/fd/{_zone.Number}";
        string script = $"""
            set -e
            ip link add {HostName} type veth peer name {ZoneName} netns {zone}
            ip link set {HostName} alias '{Alias}'
            ip link set {HostName} addrgenmode none
            ip link set {HostName} master {BridgeName} up
            nsenter --net={zone} sh -c 'ip link set lo up; ip link set {ZoneName} addrgenmode none; ip address add {s_address}/24 dev {ZoneName}; ip link set {ZoneName} up; ip route add default via {s_gateway}'
            """;
        return MakeAsync(() => NamespaceThread.Run(_host, () => Command.Run(["sh", "-c", script])));
    }

    public void Dispose()
    {
        _firewall.Dispose();
        _host.Dispose();
        _zone.Dispose();
    }

    private Task<double> MakeAsync(Func<double> make)
    {
        double elapsed = make();
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route, _host);
        NetlinkBatch batch = new();
        batch.RemoveLink(socket.Link(HostName)!.Index, "remove the link");
        socket.Execute(batch);
        return Task.FromResult(elapsed);
    }

    private void MakeOutside()
    {
        int bridge;
        using (NetlinkSocket lookup = NetlinkSocket.Open(NetlinkProtocol.Route))
        {
            bridge = lookup.Link(BridgeName)!.Index;
        }

        _firewall.Update(s_rules, s_zone);
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        NetlinkBatch batch = new();
        NewLink link = new(ZoneName) { Index = ZoneEnd, Address = s_mac, NamespaceDescriptor = _zone.Number };
        batch.MakeVeth(link, new(HostName) { Index = HostEnd }, "make the link");
        batch.SetAlias(HostEnd, Alias, "name it");
        batch.SetNoLinkLocal(HostEnd, "keep it without an address");
        batch.SetMaster(HostEnd, bridge, "make it a port");
        batch.SetUp(HostEnd, up: true, "bring it up");
        socket.Execute(batch);
    }

    private static bool MakeInside()
    {
        const int loopback = 1;
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        NetlinkBatch batch = new();
        batch.SetUp(loopback, up: true, "bring lo up");
        batch.SetNoLinkLocal(ZoneEnd, "keep it without an address of IPv6");
        batch.Add(new LinkAddress(ZoneEnd, s_address, 24), "give it an address");
        batch.SetUp(ZoneEnd, up: true, "bring it up");
        batch.Add(new LinkRoute(new IPNetwork(IPAddress.Any, 0), ZoneEnd, s_gateway), "route");
        socket.Execute(batch);
        return true;
    }

    private static SafeFd Namespace() => NamespaceThread.RunInNew(() => Kernel.Open("/proc/thread-self/ns/net", Linux.O_RDONLY, out int errno)
        ?? throw new InvalidOperationException($"cannot make a network namespace: {KernelError.Describe(errno)}"));
}
