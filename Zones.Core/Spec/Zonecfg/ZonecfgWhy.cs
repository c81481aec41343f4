namespace Zones.Specs;

/// <summary>Why a property of zonecfg has no equivalent.</summary>
internal static class ZonecfgWhy
{
    private const string Hardware = "a link here has no such setting";
    private const string Vhca = "InfiniBand devices are not given to zones";
    private const string Sysv = "a zone has an ipc namespace of its own with the kernel's limits (sysctl kernel.shmmax and its like)";
    private const string Zfs = "the library does not manage ZFS; mount it on the host and give the zone the directory with fs";
    private const string Kernel = "it belongs to kernel zones; a domain's devices are its toolstack's";

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["pool"] = "there are no resource pools; capped-cpu, cpu-shares and dedicated-cpu limit processors",
        ["scheduling-class"] = "Linux shares processors among zones by cpu-shares, as FSS does; other classes are not set for a zone",
        ["fs-allowed"] = "what may be mounted inside follows from limitpriv and the user namespace",
        ["global-time"] = "the clock of a zone is the host's; limitpriv sys_time does not reach it from a user namespace",
        ["uuid"] = "a zone is given an identity of its own when it is created",
        ["max-shm-memory"] = Sysv,
        ["max-shm-ids"] = Sysv,
        ["max-msg-ids"] = Sysv,
        ["max-sem-ids"] = Sysv,
        ["zfs-io-priority"] = "reads and writes are weighed by rctl io.weight",
        ["max-lofi"] = "loop devices are not counted by zone",
        ["cpu-arch"] = Kernel,
        ["host-compatible"] = Kernel,
        ["install-size"] = Kernel,
        ["dataset"] = Zfs,
        ["rootzpool"] = Zfs,
        ["zpool"] = Zfs,
        ["keysource"] = Kernel,
        ["suspend"] = Kernel,
        ["virtual-cpu"] = Kernel,
        ["verified-boot"] = Kernel,
        ["npiv"] = "fibre-channel ports are not given to zones",
        ["ib-vhca"] = Vhca,
        ["security-flags"] = "address randomisation and its like are the kernel's, for all zones",
        ["smf-dependency"] = "there is no SMF; boot-priority orders zones",
        ["fs.raw"] = "a mount has no raw device; file systems are checked on the host",
        ["capped-memory.pagesize-policy"] = Kernel,
        ["dedicated-cpu.importance"] = "processors are not moved between zones",
        ["dedicated-cpu.cores"] = "processors are named by number in dedicated-cpu.cpus",
        ["dedicated-cpu.sockets"] = "processors are named by number in dedicated-cpu.cpus",
        ["device.allow-partition"] = "access to a device is to all of it",
        ["device.allow-raw-io"] = "access to a device is to all of it",
        ["device.storage"] = Kernel,
        ["device.id"] = Kernel,
        ["device.bootpri"] = Kernel,
        ["anet.mac"] = "a link has one address",
        ["anet.vlan"] = "a link has one VLAN",
        ["anet.mac-prefix"] = "an address is made from the zone's identity, or given whole",
        ["anet.mac-slot"] = "an address is made from the zone's identity, or given whole",
        ["anet.allowed-dhcp-cids"] = "DHCP clients are not told apart; link-protection dhcp-nospoof knows no list",
        ["anet.auto-mac-address"] = "it is what zonecfg noted, not what was asked for; the zone's address is made anew",
        ["net.property.primary"] = "the first link is the primary one",
        ["net.property.netmask"] = "the prefix length is part of ips",
        ["net.property.ip"] = "ips holds all addresses",
        ["net.property.ips"] = "addresses are given, or auto from a pool; a DHCP client runs inside the zone",
        ["command.remove"] = "changes a configuration that is not in this text",
        ["command.clear"] = "changes a configuration that is not in this text",
        ["command.delete"] = "changes a configuration that is not in this text",
        ["command.revert"] = "changes a configuration that is not in this text",
        ["select"] = "changes a resource that is not in this text",
    };

    private static readonly string[] OfHardware =
        ["priority", "rxrings", "txrings", "rxfanout", "cos", "etsbw-lcl", "vsi-typeid", "vsi-vers", "vsi-mgrid", "pkey", "linkmode", "evs", "vport", "bwshare", "ring-group", "iov", "lro", "id", "cpus", "bw-limit"];

    /// <summary>The reason as the end of a warning.</summary>
    /// <param name="property">A global property, or RESOURCE.PROPERTY.</param>
    public static string Of(string property) => "no equivalent: "
        + (Reasons.TryGetValue(property, out string? why) ? why
            : property.StartsWith("anet.", StringComparison.Ordinal) && OfHardware.Contains(property["anet.".Length..]) ? Hardware
            : "a zone here has no such property");
}
