using Zones.Domains.Build;

namespace Zones.Tests.Guest;

/// <summary>What a host that runs under Xen boots from: Debian's hypervisor and its tools, and Debian's full kernel, which can be domain 0 and a domain, unpacked
/// and not installed; over the small Debian of <see cref="GuestImage"/>. Downloaded once and kept in artifacts/guest.</summary>
internal sealed class XenImage
{
    private static readonly Lock Making = new();

    /// <summary>From a PCI bus to the disk.</summary>
    private static readonly string[] ToTheDisk = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"];

    /// <summary>Of domain 0: Xen's devices and file system, the host's end of a domain's link, and what the firewall wants.</summary>
    private static readonly string[] OfDomain0 =
    [
        "xen_evtchn", "xen_gntdev", "xen_gntalloc", "xen_privcmd", "xenfs", "xen_netback", "bridge", "br_netfilter",
        "nf_tables", "nf_conntrack_netlink", "nft_ct", "nft_chain_nat", "nft_nat", "nft_redir", "nft_masq", "nft_limit", "nft_connlimit", "nft_reject_inet", "nft_fib_inet", "nft_meta_bridge",
    ];

    /// <summary>What a domain's kernel loads.</summary>
    private static readonly string[] OfDomain = ["xen_netfront", "nfsv3", "overlay"];

    private static readonly string[] Libraries =
    [
        "libncurses6", "libxencall1", "libxendevicemodel1", "libxenevtchn1", "libxenforeignmemory1", "libxengnttab1", "libxenhypfs1", "libxenstore4", "libxentoolcore1", "libxentoollog1", "libyajl2",
    ];

    private readonly string _tools, _kernel, _release;

    private XenImage(string directory, string release)
    {
        _tools = Path.Combine(directory, "tools");
        _kernel = Path.Combine(directory, "kernel");
        _release = release;
        Hypervisor = Path.Combine(directory, "xen");
    }

    /// <summary>The hypervisor, unpacked.</summary>
    public string Hypervisor { get; }

    /// <summary>The kernel's image.</summary>
    public string Kernel => Path.Combine(_kernel, "boot/vmlinuz-" + _release);

    /// <summary>Finds the image, or makes it.</summary>
    public static XenImage Get()
    {
        lock (Making)
        {
            string kernel = DependencyOf("linux-image-amd64", "linux-image-"), hypervisor = DependencyOf("xen-system-amd64", "xen-hypervisor-");
            string version = hypervisor["xen-hypervisor-".Length..hypervisor.LastIndexOf('-')];
            string directory = Path.Combine(Repository.Root, "artifacts/guest", $"{hypervisor}+{kernel}");
            if (!Directory.Exists(directory))
            {
                string making = directory + ".new";
                Directory.CreateDirectory(making);
                string packages = string.Join(' ', [hypervisor, $"xen-utils-{version}", "xen-utils-common", $"libxenmisc{version}", .. Libraries]);

                // Where they are to go, /lib is a link.
                GuestImage.Output("sh", "-ec", $"""
                    cd '{making}'
                    rm -rf *
                    mkdir -p debs kernel tools/usr
                    cd debs
                    apt-get download -q {kernel} {packages}
                    cd ..
                    dpkg -x debs/{kernel}_*.deb kernel
                    rm debs/{kernel}_*.deb
                    for package in debs/*.deb; do dpkg -x "$package" tools; done
                    for name in lib sbin bin; do
                        if [ -d tools/$name ]; then mkdir -p tools/usr/$name; cp -a tools/$name/. tools/usr/$name; rm -rf tools/$name; fi
                    done
                    gunzip -c tools/boot/xen-{version}-amd64.gz >xen
                    rm -rf debs tools/boot
                    """);
                Directory.Move(making, directory);
            }

            return new(directory, kernel["linux-image-".Length..]);
        }
    }

    /// <summary>Makes the disk of a host whose process 1 is a script: the small Debian with Xen's tools and the tested programs; the small Debian once more in /srv/debian
    /// for domains to boot from, and in /srv/kernel what their kernel is.</summary>
    /// <param name="directory">Where disk and initial root are put.</param>
    /// <param name="script">A bash script of Zones.Tests/Guest.</param>
    public (string Disk, string Initrd) Prepare(string directory, string script)
    {
        string root = Path.Combine(directory, "extra"), debian = Path.Combine(root, "srv/debian"), kernel = Path.Combine(root, "srv/kernel");
        foreach (string made in (string[])["opt/modules", "var/lib/xen", "var/log/xen", "srv/kernel/boot"])
        {
            Directory.CreateDirectory(Path.Combine(root, made));
        }

        GuestImage.AddPrograms(root, File.ReadAllText(Path.Combine(Repository.Root, "Zones.Tests/Guest", script)));
        GuestImage.Output("cp", "-a", "--link", GuestImage.Get().Base, debian);
        ModuleTree modules = ModuleTree.Open(Path.Combine(_kernel, "lib/modules", _release));
        IReadOnlyList<string> loaded = modules.Resolve(OfDomain0, []);
        foreach (string module in loaded)
        {
            File.Copy(module, Path.Combine(root, "opt/modules", Path.GetFileName(module)));
        }

        File.WriteAllLines(Path.Combine(root, "opt/modules/order"), loaded.Select(module => Path.GetFileName(module)));
        foreach (string file in modules.Resolve(OfDomain, []).Append(Kernel).Append(Path.Combine(_kernel, "boot/config-" + _release)))
        {
            string place = Path.Combine(kernel, Path.GetRelativePath(_kernel, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }

        string disk = Path.Combine(directory, "disk"), initrd = Path.Combine(directory, "initrd");
        GuestImage.WriteDisk(disk, "800M", [GuestImage.Get().Base, _tools, root]);
        GuestImage.WriteInitialRoot(initrd, modules.Resolve(ToTheDisk, []), "/bin/bash /opt/script");
        return (disk, initrd);
    }

    private static string DependencyOf(string package, string prefix) => GuestImage.Output("apt-cache", "depends", "--important", package).Split('\n')
        .Select(line => line.Trim()).First(line => line.StartsWith($"Depends: {prefix}", StringComparison.Ordinal) && line.Any(char.IsAsciiDigit))["Depends: ".Length..];
}
