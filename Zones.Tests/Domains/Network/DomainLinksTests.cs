using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Zones.Tests.Guest;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Domains.Network;

/// <summary>Domains with links of their own, real kernels beside real zones on one bridge: what they reach, what they are kept from, how they
/// come by their addresses, and what is left when something dies.</summary>
public sealed class DomainLinksTests
{
    /// <summary>An emulated kernel on a busy host.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Checked = ["/usr/bin/bash", "/bin/mount", "/etc/passwd"];

    [Fact]
    public async Task A_domain_is_one_of_its_bridges_zones_and_is_held_to_the_same()
    {
        await using NetworkHost host = new(Patience);
        await host.PoolAsync();
        await host.Cli.OkAsync("firewall", "add", "FROM any TO all zones ALLOW udp PORT 9999");
        await host.Cli.OkAsync("firewall", "add", "FROM any TO all zones ALLOW icmp TYPE 8");
        await host.BootAsync("z1", NetworkHost.Spec("z1", NetworkHost.Server));
        await host.InstallAsync("d1", Spec("d1", NetworkHost.Server, "linkname: net0, allowed-address: [auto], maxbw: 100M"));

        // What a rule keeps it from is everything but its root.
        await host.Cli.OkAsync("firewall", "add", "FROM zone d1 TO any BLOCK tcp");
        await host.Cli.OkAsync("boot", "d1");
        Assert.Equal("blocked", await host.InsideAsync("d1", Reach("10.7.0.2")));
        await host.Cli.OkAsync("firewall", "delete", "4");
        Assert.Equal(["10.7.0.3"], await host.AddressesAsync("d1"));
        Assert.Equal("z1", await host.AskAsync("d1", "z1"));
        Assert.Equal("d1", await host.AskAsync("z1", "d1"));
        Assert.Contains(" 0% packet loss", await host.InsideAsync("z1", "busybox ping -c 1 d1"));

        // Its card is the anet, and its root is the host's to the byte.
        Assert.Equal("", await host.InsideAsync("d1", "test -e /sys/class/net/net0 && test ! -e /sys/class/net/eth0"));
        Assert.Equal(GuestImage.Output("sha256sum", [.. Checked.Select(file => GuestImage.Get().Base + file)]).Replace(GuestImage.Get().Base, ""), await host.InsideAsync("d1", "sha256sum " + string.Join(' ', Checked)) + "\n");

        // The root is served to the bridge alone: who comes to the gateway's address by another link of the host's does not get to it.
        using NetworkNamespace outside = new();
        host.Namespace.Run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1");
        host.Namespace.Run("ip", "link", "set", "out1", "netns", outside.Path);
        host.Namespace.Run("ip", "address", "add", "192.0.2.1/24", "dev", "out0");
        host.Namespace.Run("ip", "link", "set", "out0", "up");
        outside.Run("ip", "address", "add", "192.0.2.2/24", "dev", "out1");
        outside.Run("ip", "link", "set", "out1", "up");
        outside.Run("ip", "route", "add", "10.7.0.0/24", "via", "192.0.2.1");
        string port = Regex.Match(host.Namespace.Run("nft", "list", "ruleset"), @"10\.7\.0\.3 \. 10\.7\.0\.1 \. tcp \. (\d+)").Groups[1].Value;
        Assert.Equal("refused\n", outside.Run("bash", "-c", $"exec 3<>/dev/tcp/10.7.0.1/{port} || echo refused"));
        Assert.Equal("reached\n", host.Namespace.Run("bash", "-c", $"exec 3<>/dev/tcp/10.7.0.1/{port} && echo reached"));
        host.Namespace.Run("ip", "link", "delete", "out0");

        // Its host's end is counted, captured and limited as a zone's.
        JsonElement link = JsonDocument.Parse(await host.Cli.OkAsync("stat", "d1", "--format", "json")).RootElement.EnumerateArray().Single(zone => zone.GetProperty("zone").GetString() == "d1").GetProperty("links")[0];
        string end = link.GetProperty("host-link").GetString()!;
        Assert.Contains(end, host.Links());
        Assert.Contains("i" + end[1..], host.Links());
        string capture = Path.Combine(Path.GetDirectoryName(host.State)!, "d1.pcapng");
        using (Process snoop = Snoop(host, capture, "d1"))
        {
            Assert.Equal("d1", await host.AskAsync("z1", "d1"));
            await EndAsync(snoop);
        }

        Assert.Contains("TCP", await host.Cli.OkAsync("snoop", "-i", capture, "port", "7000"));

        // What it sends under another's address gets nowhere, what it sends under its own does.
        Task<string> heard = host.InsideAsync("z1", Listen);
        await host.InsideAsync("d1", Spoof);
        Assert.Equal("10.7.0.3", await heard);

        // A machine that dies takes its end with it.
        await ZonedProcesses.KillAsync(await MachineAsync(host, "d1"));
        await Eventually.TrueAsync(async () => (await host.Cli.OkAsync("list", "-c")).Length > 0 && await StateAsync(host, "d1") == "installed");
        Assert.Equal(2, host.Links().Length); // the bridge and z1's
    }

    [Fact]
    public async Task Private_files_over_a_link_last_and_are_no_other_zones_to_reach()
    {
        await using NetworkHost host = new(Patience);
        await host.PoolAsync();
        await host.InstallAsync("d1", Spec("d1", "", "linkname: net0, allowed-address: [auto]").Replace("type: whole", "type: sparse", StringComparison.Ordinal));
        await host.Cli.OkAsync("boot", "d1");
        await host.InsideAsync("d1", "echo kept > /var/lib/own && sync && grep -q ' / nfs rw,' /proc/mounts && ! touch /usr/bin/mine 2>/dev/null");
        await host.Cli.OkAsync("halt", "d1");
        Assert.Empty(Directory.GetFiles(host.State + "/run", "*.server"));

        // No rule keeps it from either of its servers.
        await host.Cli.OkAsync("firewall", "add", "FROM zone d1 TO any BLOCK tcp");
        await host.Cli.OkAsync("boot", "d1");
        Assert.Equal("kept", await host.InsideAsync("d1", "cat /var/lib/own"));

        // A zone beside it gets to the root's, which it could have itself, and not to the other's.
        string rules = host.Namespace.Run("nft", "list", "ruleset");
        string own = Regex.Match(rules, @"set private \{[^}]*elements = \{ 10\.7\.0\.1 \. tcp \. (\d+)").Groups[1].Value;
        string root = Regex.Matches(rules, @"10\.7\.0\.2 \. 10\.7\.0\.1 \. tcp \. (\d+)").Select(found => found.Groups[1].Value).Single(port => port != own);
        await host.BootAsync("z1", NetworkHost.Spec("z1"));
        Assert.Equal("reached", await host.InsideAsync("z1", Connect(root)));
        Assert.Equal("blocked", await host.InsideAsync("z1", Connect(own)));
        Assert.Equal("reached", host.Namespace.Run("bash", "-c", Connect(own)).TrimEnd());

        // An address that is taken is no other domain's.
        await host.CreateAsync(Spec("d2", "", "linkname: net0, allowed-address: [10.7.0.3/24]"));
        CommandResult taken = await host.Cli.RunAsync("verify", "d2");
        Assert.Contains("10.7.0.3 is z1's; choose another", taken.Output + taken.Error);

        static string Connect(string port) => $"timeout 3 bash -c 'exec 3<>/dev/tcp/10.7.0.1/{port}' 2>/dev/null && echo reached || echo blocked";
    }

    [Fact]
    public async Task The_boot_of_a_domain_that_asks_by_RARP_is_seen_from_its_first_frame()
    {
        await using NetworkHost host = new(Patience);
        await host.PoolAsync();
        await host.InstallAsync("d1", Spec("d1", "domain: { autoconf: rarp }", "linkname: net0, allowed-address: [auto]"));
        await host.Cli.OkAsync("ready", "d1");
        string capture = Path.Combine(Path.GetDirectoryName(host.State)!, "boot.pcapng");
        using (Process snoop = Snoop(host, capture, "zbr0"))
        {
            await host.Cli.OkAsync("boot", "d1");
            Assert.Equal(GuestImage.Output("sha256sum", GuestImage.Get().Base + "/usr/bin/bash").Split(' ')[0], (await host.InsideAsync("d1", "sha256sum /usr/bin/bash")).Split(' ')[0]);
            await EndAsync(snoop);
        }

        string[] lines = (await host.Cli.OkAsync("snoop", "-r", "-i", capture, "not", "ip6")).Split('\n');
        int[] firsts = [.. ((string[])["RARP C", "RARP R", " ARP C", "MOUNT", "NFS"]).Select(what => Array.FindIndex(lines, line => line.Contains(what, StringComparison.Ordinal)))];
        Assert.True(firsts.All(at => at >= 0) && firsts.SequenceEqual(firsts.Order()) && firsts[0] == 0, string.Join('\n', lines.Take(60)));
        Assert.Contains("10.7.0.2", lines[firsts[1]]);

        // A manager that is killed in the middle of a boot leaves no end behind.
        await host.Cli.OkAsync("halt", "d1");
        using (Process boot = host.Cli.Start("boot", "d1"))
        {
            await Eventually.TrueAsync(() => File.Exists(host.State + "/zones/d1/root/domain/status"));
            boot.Kill(entireProcessTree: true);
            await boot.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await host.Cli.OkAsync("halt", "d1");
        Assert.Empty(host.Links());
        Assert.Empty(Directory.GetFiles(host.State + "/run", "*.server"));
    }

    [Fact]
    public async Task Others_clients_are_told_by_DHCP_what_a_domain_is_told()
    {
        await using NetworkHost host = new(Patience);
        await host.PoolAsync();
        await host.InstallAsync("d1", Spec("d1", "domain: { autoconf: dhcp }\nresolvers: [10.7.0.9]", "linkname: net0, allowed-address: [auto]", "linkname: net1, allowed-address: [auto], mtu: 1400"));
        await host.Cli.OkAsync("boot", "d1");
        Assert.Equal("nameserver 10.7.0.9", await host.InsideAsync("d1", "cat /etc/resolv.conf"));
        Assert.Equal("1400", await host.InsideAsync("d1", "cat /sys/class/net/net1/mtu"));
        await ZonedProcesses.KillAsync(int.Parse(File.ReadAllText(host.State + "/run/responder-zbr0.server").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

        // busybox's client, in the domain; the script that it runs says what it was told.
        byte[] busybox = await File.ReadAllBytesAsync("/bin/busybox", TestContext.Current.CancellationToken);
        ZoneCli typing = new(host.State) { Prefix = host.Cli.Prefix, Patience = Patience, Input = Convert.ToBase64String(busybox) };
        await typing.OkAsync("exec", "d1", "--", "sh", "-c", "base64 -d > /tmp/busybox && chmod +x /tmp/busybox");
        string told = await host.InsideAsync("d1", """
            printf '#!/bin/sh\n[ "$1" = bound ] && echo $ip $subnet $router $dns $hostname $serverid $siaddr $rootpath\nexit 0\n' > /tmp/told && chmod +x /tmp/told
            /tmp/busybox udhcpc -i net0 -n -q -t 60 -O rootpath -s /tmp/told 2>/dev/null
            """);
        Assert.Matches(@"^10\.7\.0\.2 255\.255\.255\.0 10\.7\.0\.1 10\.7\.0\.9 d1 10\.7\.0\.1 10\.7\.0\.1 10\.7\.0\.1:/[0-9a-f]{32},vers=3,proto=tcp,port=\d+,mountport=\d+,mountproto=tcp,nolock$", told);
        // Others' machine, with busybox in its initial root, that is what the link is: it boots from what it is told.
        string mac = await host.InsideAsync("d1", "/tmp/busybox ip link set net1 down && cat /sys/class/net/net1/address");
        host.Namespace.Run("ip", "tuntap", "add", "other0", "mode", "tap");
        host.Namespace.Run("ip", "link", "set", "other0", "master", "zbr0", "up");
        string[] card = ["-netdev", "tap,id=net,ifname=other0,script=no,downscript=no", "-device", $"virtio-net-pci,netdev=net,mac={mac}"];
        string work = Path.GetDirectoryName(host.State)!;
        IReadOnlyList<string> console = await VirtualMachine.RunAsync(GuestImage.Get(), OthersImage(work), 512, card, network: host.Namespace.Path);
        Assert.True(console.Contains(GuestImage.Output("sha256sum", GuestImage.Get().Base + "/usr/bin/bash").Split(' ')[0] + "  /root/usr/bin/bash"), string.Join('\n', console));
        host.Namespace.Run("ip", "link", "delete", "other0");

        await host.Cli.OkAsync("halt", "d1");
        Assert.Empty(Directory.GetFiles(host.State + "/network/boot/zbr0"));
    }

    [Theory]
    [InlineData("", "allowed-address: [auto] }, { linkname: net1, lower-link: v0", "the link of a domain is a port of a bridge")]
    [InlineData("", "allowed-address: [auto], vlan-id: 7", "anet[0].vlan-id")]
    [InlineData("", "mtu: 1400", "give it an address of IPv4 from such a pool")]
    [InlineData("", "allowed-address: [auto], configure-allowed-address: false", "has to be configured for that")]
    [InlineData("domain: { autoconf: rarp }", "allowed-address: [auto], link-protection: [restricted]", "lets nothing out but IP and ARP")]
    public async Task A_link_that_a_domain_cannot_have_is_refused(string more, string anet, string why)
    {
        await using NetworkHost host = new(Patience);
        await host.PoolAsync();
        host.Namespace.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        string file = Path.Combine(Path.GetDirectoryName(host.State)!, "bad.yaml");
        await File.WriteAllTextAsync(file, Spec("d1", more, "linkname: net0, " + anet));
        CommandResult result = await host.Cli.RunAsync("verify", "-f", file);
        Assert.Equal(1, result.Code);
        Assert.Contains(why, result.Output + result.Error);
    }

    /// <summary>An initial root of busybox alone, whose root is where DHCP says.</summary>
    private static string OthersImage(string work)
    {
        string tree = Path.Combine(work, "tree");
        foreach (string name in (string[])["bin", "dev", "proc", "root"])
        {
            Directory.CreateDirectory(Path.Combine(tree, name));
        }

        File.Copy("/bin/busybox", Path.Combine(tree, "bin/busybox"));
        GuestImage.Get().CopyNfsClient(Path.Combine(tree, "modules"));
        File.WriteAllText(Path.Combine(tree, "bound"), """
            #!/bin/busybox sh
            [ "$1" = bound ] || exit 0
            ip address add $ip/$mask dev $interface && ip route add default via $router && echo $siaddr >/server && echo $rootpath >/rootpath

            """);
        File.WriteAllText(Path.Combine(tree, "init"), """
            #!/bin/busybox sh
            /bin/busybox mount -t devtmpfs dev /dev
            exec </dev/console >/dev/console 2>&1
            /bin/busybox mount -t proc proc /proc
            /bin/busybox --install -s /bin
            for module in $(cat /modules/order); do insmod /modules/$module; done
            ip link set eth0 up
            udhcpc -i eth0 -n -q -t 60 -O rootpath -s /bound
            mount -t nfs -o ro,addr=$(cat /server),$(cut -d, -f2- /rootpath) $(cut -d, -f1 /rootpath) /root
            sha256sum /root/usr/bin/bash
            reboot -f

            """);
        foreach (string script in (string[])["bound", "init"])
        {
            File.SetUnixFileMode(Path.Combine(tree, script), (UnixFileMode)0x1ED /* 0755 */);
        }

        string initrd = Path.Combine(work, "others.initrd");
        GuestImage.Output("sh", "-ec", $"cd '{tree}' && find . | cpio --quiet -o -H newc > '{initrd}'");
        return initrd;
    }

    private static string Spec(string name, string more, params string[] anets) =>
        $$"""
        zone: {{name}}
        brand: domain
        root: { source: {{GuestImage.Get().Base}}, type: whole }
        capped-memory: { physical: 256M }
        anet: [ {{string.Join(", ", anets.Select(anet => $"{{ {anet} }}"))}} ]
        {{(more.Contains("domain: {", StringComparison.Ordinal) ? more.Replace("domain: {", $"domain: {{ kernel: {GuestImage.Get().Package},") : $"domain: {{ kernel: {GuestImage.Get().Package} }}\n{more}")}}
        """;

    private static string Reach(string whom) => $"timeout 5 bash -c 'exec 3<>/dev/tcp/{whom}/7000 && cat <&3' 2>/dev/null || echo blocked";

    /// <summary>Whom datagrams for port 9999 come from, until one says that it is the last.</summary>
    private const string Listen = """
        exec perl -MSocket -e 'socket(S,AF_INET,SOCK_DGRAM,0); bind(S,sockaddr_in(9999,INADDR_ANY)) or die $!; open(F,">/tmp/listens"); close F;
            while(1){ my $from=recv(S,my $m,99,0); $all{inet_ntoa((sockaddr_in($from))[1])}=1; last if $m eq "last" } print join(" ",sort keys %all)'
        """;

    /// <summary>Five datagrams from 10.7.0.99, by a raw socket that takes whole headers, then others in the domain's own name until it has been heard.</summary>
    private const string Spoof = """
        exec perl -MSocket -e 'socket(R,AF_INET,SOCK_RAW,255) or die $!; my $to=sockaddr_in(9999,inet_aton("10.7.0.2"));
            my $spoofed=pack("CCnnnCCna4a4","69",0,32,1,0,64,17,0,inet_aton("10.7.0.99"),inet_aton("10.7.0.2")).pack("nnnna4",9998,9999,12,0,"evil");
            for(1..5){ send(R,$spoofed,0,$to) or die "raw: $!" } socket(S,AF_INET,SOCK_DGRAM,0); for(1..100){ send(S,"last",0,$to); select(undef,undef,undef,0.05) }'
        """;

    /// <summary>Captures into a file; returns when the capture has begun.</summary>
    private static Process Snoop(NetworkHost host, string file, string what)
    {
        Process snoop = host.Cli.Start("snoop", "-o", file, what);
        string inode = "";
        Assert.True(SpinWait.SpinUntil(() => (inode = host.Namespace.Run("cat", "/proc/net/packet")).Split('\n').Any(IsCapture), Patience), $"no capture begins:\n{inode}");
        return snoop;

        // Of all protocols, bound, and with memory: no other is.
        static bool IsCapture(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, "3", "0003", not "0", "1", ..];
    }

    private static async Task EndAsync(Process snoop)
    {
        Mono.Unix.Native.Syscall.kill(snoop.Id, Mono.Unix.Native.Signum.SIGTERM);
        await snoop.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>QEMU: the child of the carrier's process 1.</summary>
    private static async Task<int> MachineAsync(NetworkHost host, string zone)
    {
        using JsonDocument list = JsonDocument.Parse(await host.Cli.OkAsync("list", "--format", "json"));
        return Assert.Single(ZonedProcesses.Children(list.RootElement.EnumerateArray().Single(one => one.GetProperty("name").GetString() == zone).GetProperty("pid").GetInt32()));
    }

    private static async Task<string> StateAsync(NetworkHost host, string zone)
    {
        using JsonDocument list = JsonDocument.Parse(await host.Cli.OkAsync("list", "-c", "--format", "json"));
        return list.RootElement.EnumerateArray().Single(one => one.GetProperty("name").GetString() == zone).GetProperty("state").GetString()!;
    }
}
