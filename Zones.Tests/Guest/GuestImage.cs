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
    public (string Disk, string Initrd) Prepare(string directory, string script, GuestInit init, string settings = "")
    {
        string extra = Directory.CreateDirectory(Path.Combine(directory, "extra")).FullName;
        string programs = Directory.CreateDirectory(Path.Combine(extra, "opt/zones")).FullName;
        foreach (string name in (string[])["zone", "zoned", "libe_sqlite3.so", "libMonoPosixHelper.so"])
        {
            string from = Path.Combine(Repository.Root, "artifacts/bin", name);
            if (File.Exists(from))
            {
                File.Copy(from, Path.Combine(programs, name));
            }
        }

        foreach (string name in (string[])["overlayfs/overlay.ko", "fuse/fuse.ko"])
        {
            File.Copy(Path.Combine(ModuleDirectory, "fs", name), Path.Combine(extra, "opt", Path.GetFileName(name)));
        }

        CopyNfsClient(Path.Combine(extra, "opt/modules"));
        File.Copy(Path.Combine(Repository.Root, "Zones.Tests/Guest/checks.sh"), Path.Combine(extra, "opt/checks.sh"));
        File.Copy("/bin/busybox", Path.Combine(extra, "opt/busybox"));
        File.WriteAllText(Path.Combine(extra, "opt/script"), settings + File.ReadAllText(Path.Combine(Repository.Root, "Zones.Tests/Guest", script)));
        if (init == GuestInit.Systemd)
        {
            string units = Directory.CreateDirectory(Path.Combine(extra, "etc/systemd/system/multi-user.target.wants")).FullName;
            File.WriteAllText(Path.Combine(extra, "etc/systemd/system/script.service"), "[Service]\nType=oneshot\nExecStart=/bin/bash /opt/script\n");
            File.CreateSymbolicLink(Path.Combine(units, "script.service"), "../script.service");
        }

        string disk = Path.Combine(directory, "disk");
        // Two trees in one file system: mke2fs takes one, so they are joined by a copy that shares the files.
        string joined = Path.Combine(directory, "joined");
        Output("cp", "-a", "--link", Base, joined);
        Output("cp", "-a", extra + "/.", joined);

        // The same files once more, for zones to have as their root: they take no room.
        Output("cp", "-a", "--link", Base, Path.Combine(joined, "srv/debian"));
        Output("mke2fs", "-q", "-t", "ext4", "-E", "root_owner=0:0", "-d", joined, disk, "600M");
        Output("rm", "-rf", joined);
        string initrd = Path.Combine(directory, "initrd");
        WriteInitialRoot(initrd, init);
        return (disk, initrd);
    }

    private void WriteInitialRoot(string path, GuestInit guestInit)
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
        foreach (string module in Modules)
        {
            string name = Path.GetFileName(module) + ".ko";
            File.Copy(Path.Combine(ModuleDirectory, "drivers", module + ".ko"), Path.Combine(tree, "modules", name));
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
        init.Append("exec $b switch_root /root ").Append(guestInit == GuestInit.Systemd ? "/sbin/init" : "/bin/bash /opt/script").Append('\n');
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
