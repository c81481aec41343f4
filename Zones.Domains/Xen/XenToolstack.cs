using System.Net;
using System.Net.Sockets;
using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Brand;
using Zones.Domains.Build;
using Zones.Domains.Network;
using Zones.Hosting;
using Zones.Network.Anets;
using Zones.Wire;

namespace Zones.Domains.Xen;

/// <summary>Domains of Xen's, PV or PVH: xl builds them and stays, as process 1's program of the carrier, until they have ended, with their console
/// as its output. It is what every Xen host runs as root for each of its domains, so this carrier is no wall: it has the host's ids, its network and Xen's devices.</summary>
/// <param name="context">The host.</param>
internal sealed class XenToolstack(HostContext context) : IToolstack
{
    /// <summary>What xl and libxl keep, and where they meet xenstored.</summary>
    private static readonly string[] Places = ["/etc/xen", "/run/lock", "/run/xen", "/run/xenstored", "/var/lib/xen", "/var/log/xen"];

    /// <summary>Builds the domain and stays until it has ended; shows its console meanwhile, and has it read what is typed where the zone has one: of what a shell
    /// runs in the background it takes the input away. Who types xl console's own key to leave (^]) leaves nothing, and the next begins. Not xl's own -c: that xl waits
    /// for the console's end, which a domain that is preserved does not have.</summary>
    private const string Run = """
        exec 3<&0; "$0" create -F "$1" & xl=$!; while kill -0 $xl; do "$0" console "$2" <&3; sleep 0.1; done 2>/dev/null & wait $xl
        """;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public IReadOnlyList<string> Modules { get; } = ["xen_netfront", "nfsv3", "overlay"];

    public bool BringsLinks => true;

    public int AgentPort => GuestSettings.AgentTcpPort;

    public void Check(ZoneSpec spec, KernelFiles? kernel, List<SpecProblem> problems, List<string> warnings)
    {
        XenRules.Check(XenHost.Read(), spec, kernel, problems, warnings);
        if (spec.Anet.Count > 0)
        {
            LinkRules.Check(context, spec, problems, warnings);
        }
    }

    public ZoneSpec Carrier(ZoneSpec spec) => new()
    {
        Zone = spec.Zone,
        Zonepath = spec.Zonepath,
        Hostname = spec.Hostname,
        Lifetime = spec.Lifetime,
        Restart = spec.Restart,
        Init = ["/bin/sh", "-c", Run, XenHost.Read().Xl ?? "/usr/sbin/xl", $"{DomainDirectory.Inside}/{XenConfiguration.FileName}", spec.Zone],
        InitMode = InitMode.Reaper,

        // It opens what is root's, and asks for nothing that the kernel gives by capability.
        Limitpriv = ["basic"],

        // The domain's memory and processors are Xen's to give; this is xl's own.
        CappedMemory = new(DataSize.MiB(256)),
        Device = [new("/dev/xen/*")],
        Fs =
        [
            .. Places.Where(Directory.Exists).Select(place => new ZoneFs(place, place) { Options = ["nosuid"] }),

            // Where xenconsoled has made the console's terminal.
            new("/dev/pts", "/dev/pts") { Options = ["nosuid", "noexec", Zones.Boot.BootProgram.WithDevices] },
        ],
        IpType = IpType.Shared,
        Security = new() { UserNamespace = false },
    };

    public void Tell(Resource resource, GuestSettings settings) => settings.Secret = AgentSecret.Of(context.State, resource.Zone, resource.Generation);

    public IReadOnlyList<Resource> UpIntents(ZoneSpec spec) => [XenKind.Intent(spec.Zone, context.ZonepathOf(spec))];

    public IReadOnlyList<string> Arguments(ZoneBoot boot) => [];

    public void AwaitUp(ZoneBoot boot)
    {
        // Whether Xen itself is emulated nobody says, and then a kernel takes its time.
        const int emulated = 4;
        using XenBoot started = new(context, boot.Row.Name);
        BootWatch watch = new(boot.Row.Name, "xl", started.Look, LogReader.PathOf(context.State, boot.Row.Name), context.Options.BootTimeout * emulated);
        watch.Await(boot.Process!, boot.Cancelled);
    }

    /// <summary>What xl is to build.</summary>
    public static string Configuration(ZoneBoot boot, string uuid)
    {
        ZoneSpec spec = boot.Definition;
        IReadOnlyList<Zones.Boot.BootLink> links = boot.Network?.Links ?? [];

        // A panic ends the domain instead of leaving it there.
        string[] words = ["console=hvc0", "reboot=t", "panic=-1", "quiet", .. DomainLinks.Words(spec, links), .. spec.Domain?.KernelArgs ?? []];
        return XenConfiguration.Compose(spec, XenRules.TypeOf(XenHost.Read(), spec), uuid, links, string.Join(' ', words));
    }

    public string[] Status(ZoneRow row)
    {
        if (XenKind.Of(context, row.Name) is not { } resource)
        {
            return [];
        }

        try
        {
            using XenStore store = XenStore.Open();
            return store.DomainOf(resource.Name) is { } domain ? store.Status(domain) : [];
        }
        catch (HostCapabilityException)
        {
            // Without xenstored nobody knows, and the zone has ended all the same.
            return [];
        }
    }

    public ExitStatus WhyEnded(ZoneRow row) => Find(row.Name)?.Reason switch
    {
        0 => new(128 + Linux.SIGINT, Linux.SIGINT),
        1 => new(128 + Linux.SIGHUP, Linux.SIGHUP),
        _ => new(-1),
    };

    public MachineUsage? Machine(ZoneRow row) => Find(row.Name) is { } domain ? new(domain.Status) { Memory = domain.Memory.Bytes } : null;

    public void PressPower(RunningZone zone)
    {
        if (XenKind.Of(context, zone.Spec.Zone) is { } resource)
        {
            Xl.OfHost()?.PressPowerButton(resource.Name);
        }
    }

    private XenDomain? Find(string zone) => XenKind.Of(context, zone) is { } resource ? Xl.OfHost()?.Find(resource.Name) : null;

    public AgentConnection Connect(RunningZone zone)
    {
        string name = zone.Spec.Zone;
        IPAddress? address = context.Catalogue.Ledger(name).Where(row => row.Kind == LinkKind.Name)
            .SelectMany(row => LinkRow.Read(row).Addresses).Select(text => IPAddress.Parse(text.Split('/')[0]))
            .FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork);
        return AgentConnection.Over(
            context.State,
            name,
            () => Reach(DomainRoot.Of(context, zone.Spec).Address, address)
                ?? throw new ZoneException($"{name}: the domain does not answer at {address} port {GuestSettings.AgentTcpPort}; zone logs shows its console") { Zone = name, Operation = "exec", IsTransient = true },
            AgentSecret.Of(context.State, name, zone.Generation));
    }

    /// <summary>Null when nobody answers, or the domain's bridge has gone with the host's address.</summary>
    /// <param name="host">The one address of the host's that the agent hears.</param>
    /// <param name="domain">The domain's, where it has one.</param>
    private static Socket? Reach(IPAddress host, IPAddress? domain)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(host, 0));

            // A domain that is destroyed does not say good-bye.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            if (domain is not null && socket.ConnectAsync(domain, GuestSettings.AgentTcpPort).Wait(ConnectTimeout))
            {
                return socket;
            }
        }
        catch (Exception e) when (e is SocketException or AggregateException)
        {
            // Told by the caller.
        }

        socket.Dispose();
        return null;
    }
}
