using System.Diagnostics;
using System.Text;

namespace Zones.Tests.Guest;

/// <summary>What a guest boots from: Debian's cloud kernel, unpacked and not installed, an initial root of busybox with the modules that
/// lead to a disk, and a small Debian. Made once for each version of the kernel and kept in artifacts/guest, because making it takes a minute.</summary>
internal sealed class GuestImage
{
    private static readonly string[] Modules = ["virtio/virtio_ring", "virtio/virtio", "virtio/virtio_pci_modern_dev", "virtio/virtio_pci_legacy_dev", "virtio/virtio_pci", "block/virtio_blk"];
    private static readonly Lock Making = new();

    /// <summary>What leads from a bare kernel to an NFSv3 mount over QEMU's network, in order of loading.</summary>
    private static readonly string[] ClientModules =
    [
        "drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev", "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci",
        "net/core/failover", "drivers/net/net_failover", "drivers/net/virtio_net", "fs/netfs/netfs", "fs/fscache/fscache", "net/sunrpc/sunrpc", "fs/nfs_common/grace",
        "fs/lockd/lockd", "fs/nfs/nfs", "fs/nfs_common/nfs_acl", "fs/nfs/nfsv3",
    ];

    private GuestImage(string directory, string kernelRelease)
    {
        Base = Path.Combine(directory, "root");
        Kernel = Path.Combine(directory, "kernel/boot/vmlinuz-" + kernelRelease);
        ModuleDirectory = Path.Combine(directory, "kernel/lib/modules", kernelRelease, "kernel");
    }

    /// <summary>Where the kernel's package is unpacked.</summary>
    public string Package => Path.GetDirectoryName(Path.GetDirectoryName(Kernel))!;

    /// <summary>The kernel's image.</summary>
    public string Kernel { get; }

    /// <summary>The kernel's modules, by their place in its source.</summary>
    public string ModuleDirectory { get; }

    /// <summary>A directory with a small Debian; not to be changed.</summary>
    public string Base { get; }

    /// <summary>Finds the image, or makes it.</summary>
    public static GuestImage Get()
    {
        lock (Making)
        {
            string artifacts = Path.Combine(Repository.Root, "artifacts");
            string package = Output("apt-cache", "depends", "--important", "linux-image-cloud-amd64").Split('\n').Select(line => line.Trim())
                .First(line => line.StartsWith("Depends: linux-image-", StringComparison.Ordinal))["Depends: ".Length..];
            string directory = Path.Combine(artifacts, "guest", package);
            string release = package["linux-image-".Length..];
            if (!Directory.Exists(directory))
            {
                string making = directory + ".new";
                if (Directory.Exists(making))
                {
                    Directory.Delete(making, recursive: true);
                }

                Directory.CreateDirectory(making);
                Output("sh", "-ec", $"cd '{making}' && apt-get download -q {package} && dpkg -x {package}_*.deb kernel && rm {package}_*.deb");
                string suite = File.ReadLines("/etc/os-release").First(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal)).Split('=')[1];
                Output("mmdebstrap", "--quiet", "--mode=root", "--variant=essential", "--include=mount,procps,systemd-sysv", suite, Path.Combine(making, "root"));
                Directory.Move(making, directory);
            }

            return new(directory, release);
        }
    }

    /// <summary>Puts the modules of the network and of the kernel's NFS client into a directory, and into the file "order" there in which order
    /// to load them.</summary>
    public void CopyNfsClient(string directory)
    {
        Directory.CreateDirectory(directory);
        List<string> order = [];
        foreach (string module in ClientModules.Select(module => Path.Combine(ModuleDirectory, module + ".ko")).Where(File.Exists))
        {
            File.Copy(module, Path.Combine(directory, Path.GetFileName(module)));
            order.Add(Path.GetFileName(module));
        }

        File.WriteAllLines(Path.Combine(directory, "order"), order);
    }

    /// <summary>Makes the disk of one guest: the small Debian, the tested programs in /opt/zones, and <paramref name="script"/> as what is run.</summary>
    /// <param name="directory">Where disk and initial root are put.</param>
    /// <param name="script">A bash script of Zones.Tests/Guest.</param>
    /// <param name="init">What is process 1.</param>
    /// <param name="settings">What the script begins with: assignments.</param>
    /// <param name="package">A file that is /opt/zones.deb there.</param>
    public (string Disk, string Initrd) Prepare(string directory, string script, GuestInit init, string settings = "", string? package = null)
    {
        string extra = Directory.CreateDirectory(Path.Combine(directory, "extra")).FullName;
        AddPrograms(extra, settings + File.ReadAllText(Path.Combine(Repository.Root, "Zones.Tests/Guest", script)));
        foreach (string name in (string[])["overlayfs/overlay.ko", "fuse/fuse.ko"])
        {
            File.Copy(Path.Combine(ModuleDirectory, "fs", name), Path.Combine(extra, "opt", Path.GetFileName(name)));
        }

        CopyNfsClient(Path.Combine(extra, "opt/modules"));
        if (package is not null)
        {
            File.Copy(package, Path.Combine(extra, "opt/zones.deb"));
        }

        if (init == GuestInit.Systemd)
        {
            string units = Directory.CreateDirectory(Path.Combine(extra, "etc/systemd/system/multi-user.target.wants")).FullName;
            File.WriteAllText(Path.Combine(extra, "etc/systemd/system/script.service"), "[Service]\nType=oneshot\nExecStart=/bin/bash /opt/script\n");
            File.CreateSymbolicLink(Path.Combine(units, "script.service"), "../script.service");
        }

        // The same files once more, for zones to have as their root: they take no room.
        Output("cp", "-a", "--link", Base, Path.Combine(Directory.CreateDirectory(Path.Combine(extra, "srv")).FullName, "debian"));
        string disk = Path.Combine(directory, "disk"), initrd = Path.Combine(directory, "initrd");
        WriteDisk(disk, "600M", [Base, extra]);
        WriteInitialRoot(initrd, Modules.Select(module => Path.Combine(ModuleDirectory, "drivers", module + ".ko")), init == GuestInit.Systemd ? "/sbin/init" : "/bin/bash /opt/script");
        return (disk, initrd);
    }

    /// <summary>Puts the tested programs, busybox and a script into a tree.</summary>
    internal static void AddPrograms(string tree, string script)
    {
        string programs = Directory.CreateDirectory(Path.Combine(tree, "opt/zones")).FullName;
        foreach (string name in (string[])["zone", "zoned", "zone-serve", "zone-guest", "libe_sqlite3.so", "libMonoPosixHelper.so"])
        {
            string from = Path.Combine(Repository.Root, "artifacts/bin", name);
            if (File.Exists(from))
            {
                File.Copy(from, Path.Combine(programs, name));
            }
        }

        File.Copy(Path.Combine(Repository.Root, "Zones.Tests/Guest/checks.sh"), Path.Combine(tree, "opt/checks.sh"));
        File.Copy("/bin/busybox", Path.Combine(tree, "opt/busybox"));
        File.WriteAllText(Path.Combine(tree, "opt/script"), script);
    }

    /// <summary>Makes a file system of several trees, the later over the earlier. mke2fs takes one, so they are joined by copies that share the files.</summary>
    internal static void WriteDisk(string disk, string size, IEnumerable<string> trees)
    {
        string joined = disk + ".joined";
        Directory.CreateDirectory(joined);
        foreach (string tree in trees)
        {
            Output("cp", "-a", "--link", "--remove-destination", tree + "/.", joined);
        }

        Output("mke2fs", "-q", "-t", "ext4", "-E", "root_owner=0:0", "-d", joined, disk, size);
        Output("rm", "-rf", joined);
    }

    /// <summary>Writes an initial root that leads to the disk.</summary>
    /// <param name="path">Where.</param>
    /// <param name="modules">The files of the modules that lead there, in order of loading.</param>
    /// <param name="command">What is run there as process 1.</param>
    internal static void WriteInitialRoot(string path, IEnumerable<string> modules, string command)
    {
        string tree = Directory.CreateTempSubdirectory("zones-initrd-").FullName;
        foreach (string name in (string[])["bin", "dev", "proc", "sys", "root", "modules"])
        {
            Directory.CreateDirectory(Path.Combine(tree, name));
        }

        File.Copy("/bin/busybox", Path.Combine(tree, "bin/busybox"));
        StringBuilder init = new("""
            #!/bin/busybox sh
            b=/bin/busybox
            $b mount -t devtmpfs dev /dev
            exec </dev/console >/dev/console 2>&1

            """);
        foreach (string module in modules)
        {
            string name = Path.GetFileName(module);
            File.Copy(module, Path.Combine(tree, "modules", name));
            init.Append("$b insmod /modules/").Append(name).Append('\n');
        }

        init.Append("""
            $b mount -t ext4 /dev/vda /root
            cd /root
            $b mount -t proc proc proc
            $b mount -t sysfs sysfs sys
            $b mount -t devtmpfs dev dev
            $b mkdir -p dev/pts dev/shm
            $b mount -t devpts devpts dev/pts
            $b mount -t cgroup2 cgroup2 sys/fs/cgroup
            $b mount -t tmpfs tmpfs run
            $b mount -t tmpfs tmpfs tmp

            """);
        init.Append("exec $b switch_root /root ").Append(command).Append('\n');
        File.WriteAllText(Path.Combine(tree, "init"), init.ToString());
        File.SetUnixFileMode(Path.Combine(tree, "init"), (UnixFileMode)0x1ED /* 0755 */);
        Output("sh", "-ec", $"cd '{tree}' && find . | cpio --quiet -o -H newc > '{path}'");
        Directory.Delete(tree, recursive: true);
    }

    /// <summary>What a command prints; fails the test when it fails.</summary>
    internal static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit status {process.ExitCode}\n{output}{error.Result}");
        return output;
    }
}

/// <summary>What is process 1 of a guest.</summary>
internal enum GuestInit
{
    /// <summary>The script itself.</summary>
    Script,

    /// <summary>systemd, which runs the script as a service.</summary>
    Systemd,
}
