using System.Globalization;
using Zones.Domains.Build;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>The domain's root: the export, read-only, below a layer in memory; or private files of the domain's own over NFS, which last, with
/// directories of the export in them. Not both: an overlay's upper layer cannot be on NFS, which has neither the attributes nor the types of
/// directory entries that overlayfs needs (overlayfs.rst in the kernel's documentation).</summary>
internal static class GuestRoot
{
    private const int Move = 8192; // MS_MOVE
    private const int NoSuidNoDevNoExec = Linux.MS_NOSUID | Linux.MS_NODEV | Linux.MS_NOEXEC;

    /// <summary>Mounts it and makes it this process's root. What was mounted in the initial root goes along.</summary>
    public static void Enter(GuestSettings settings)
    {
        MountExport(settings.Server, settings.Port, settings.Export, "/export", Linux.MS_RDONLY, ",nocto,actimeo=86400");
        if (settings.PrivatePort != 0)
        {
            JoinPrivate(settings);
        }
        else
        {
            Overlay();
        }

        Become();
    }

    private static void JoinPrivate(GuestSettings settings)
    {
        MountExport(settings.Server, settings.PrivatePort, settings.PrivateExport, "/root", 0, "");
        foreach (string directory in settings.Shared)
        {
            string place = "/root" + directory;
            GuestException.ThrowIf(Call.Mount("", "/export" + directory, place, Linux.MS_BIND), $"mount {directory} of the export into the private root");
        }
    }

    private static void Overlay()
    {
        GuestException.ThrowIf(Call.Mount("tmpfs", "layer", "/layer", Linux.MS_NODEV, "mode=0755"), "mount a tmpfs for the layer over the root");
        Call.MakeDirectory("/layer/upper");
        Call.MakeDirectory("/layer/work");
        GuestException.ThrowIf(Call.Mount("overlay", "root", "/root", 0, "lowerdir=/export,upperdir=/layer/upper,workdir=/layer/work"), "mount the overlay over the export");
    }

    private static void Become()
    {
        CopyFiles();
        foreach (string directory in (string[])["dev", "proc", "sys"])
        {
            GuestException.ThrowIf(Call.Mount("", "/" + directory, "/root/" + directory, Move), $"move /{directory} to the root");
        }

        GuestException.ThrowIf(Call.ChangeDirectory("/root"), "enter the root");
        GuestException.ThrowIf(Call.Mount("", ".", "/", Move), "move the root");
        GuestException.ThrowIf(Call.ChangeRoot("."), "change the root");
        GuestException.ThrowIf(Call.ChangeDirectory("/"), "enter the root");
        Call.Mount("devpts", "devpts", "/dev/pts", Linux.MS_NOSUID | Linux.MS_NOEXEC, "ptmxmode=0666,mode=0620,gid=5");
        Call.Mount("tmpfs", "tmpfs", "/dev/shm", NoSuidNoDevNoExec, "mode=1777");
        Call.Mount("tmpfs", "tmpfs", "/run", Linux.MS_NOSUID | Linux.MS_NODEV, "mode=0755");
        Call.Mount("tmpfs", "tmpfs", "/tmp", Linux.MS_NOSUID | Linux.MS_NODEV, "mode=1777");
    }

    /// <summary>What the initial root has in /etc, into the layer: hosts and resolvers. A link that is there is no way to somewhere else.</summary>
    private static void CopyFiles()
    {
        const int regular = 0x1A4; // 0644
        Call.MakeDirectory("/root/etc");
        foreach (string name in Call.List("/etc"))
        {
            string target = "/root/etc/" + name;
            Call.Remove(target);
            int file = Call.Open(target, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL, regular);
            GuestException.ThrowIf(file < 0 ? -file : 0, $"write /etc/{name}");
            Call.Write(file, Call.ReadFile("/etc/" + name) ?? []);
            Kernel.Close(file);
        }
    }

    /// <summary>nfs(5). Not noacl: the overlay asks for the access control lists of what is below. Hard: whoever reads waits for a server that
    /// is away. The server may be on its way just now, so the first mount is tried for a while.</summary>
    private static void MountExport(string server, int number, string export, string place, int flags, string more)
    {
        const int attempts = 120, refused = 13;
        string port = number.ToString(CultureInfo.InvariantCulture);
        string options = $"vers=3,proto=tcp,nolock,hard,port={port},mountport={port},mountproto=tcp,mountvers=3,addr={server}{more}";
        for (int attempt = 1; ; attempt++)
        {
            int errno = Call.Mount("nfs", $"{server}:/{export}", place, flags, options);
            if (errno == 0)
            {
                return;
            }

            if (errno is refused or Linux.ENOENT or Linux.EPERM || attempt == attempts)
            {
                string reason = errno is refused or Linux.EPERM or Linux.ENOENT ? "the server refuses the export" : "the server does not answer";
                throw new GuestException($"cannot mount the root from {server} port {port}: {reason} (errno {errno})");
            }

            Thread.Sleep(1000);
        }
    }
}
