using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>Makes the private root of a sparse zone: Debian's directories, links to what is shared, and an /etc from an allow-list,
/// without a user, key or secret of the host. Files belong to the zone's own ids on disk.</summary>
internal sealed unsafe class Skeleton
{
    private const uint Directory755 = 0x1ED;
    private const long LargestFile = 1 << 20;

    /// <summary>Directories with modes as Debian's base-files gives them.</summary>
    private static readonly (string Path, uint Mode)[] Directories =
    [
        ("boot", 0x1ED), ("dev", 0x1ED), ("etc", 0x1ED), ("etc/profile.d", 0x1ED), ("etc/ld.so.conf.d", 0x1ED), ("etc/skel", 0x1ED), ("etc/ssl", 0x1ED),
        ("home", 0x1ED), ("media", 0x1ED), ("mnt", 0x1ED), ("opt", 0x1ED), ("proc", 0x16D), ("root", 0x1C0), ("run", 0x1ED), ("srv", 0x1ED),
        ("sys", 0x16D), ("tmp", 0x3FF), ("var", 0x1ED), ("var/cache", 0x1ED), ("var/lib", 0x1ED), ("var/local", 0x5FD), ("var/log", 0x1ED),
        ("var/mail", 0x5FD), ("var/opt", 0x1ED), ("var/spool", 0x1ED), ("var/tmp", 0x3FF),
    ];

    /// <summary>Files of the source's /etc that say something of the operating system and nothing of the host.</summary>
    private static readonly string[] Copied =
    [
        "ld.so.cache", "ld.so.conf", "nsswitch.conf", "protocols", "services", "host.conf", "gai.conf", "locale.alias", "locale.conf",
        "profile", "bash.bashrc", "inputrc", "login.defs", "shells", "debian_version", "lsb-release", "issue", "mime.types", "localtime",
        "timezone", "magic", "magic.mime",
    ];

    /// <summary>Users and groups of Debian's base-passwd; passwords are locked.</summary>
    private const string Users = """
        root:x:0:0:root:/root:/bin/sh
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        bin:x:2:2:bin:/bin:/usr/sbin/nologin
        sys:x:3:3:sys:/dev:/usr/sbin/nologin
        sync:x:4:65534:sync:/bin:/bin/sync
        games:x:5:60:games:/usr/games:/usr/sbin/nologin
        man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
        lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
        mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
        news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
        uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
        proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
        www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
        backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
        list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
        irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """;

    private const string Groups = """
        root:x:0:
        daemon:x:1:
        bin:x:2:
        sys:x:3:
        adm:x:4:
        tty:x:5:
        disk:x:6:
        lp:x:7:
        mail:x:8:
        news:x:9:
        uucp:x:10:
        man:x:12:
        proxy:x:13:
        kmem:x:15:
        dialout:x:20:
        fax:x:21:
        voice:x:22:
        cdrom:x:24:
        floppy:x:25:
        tape:x:26:
        sudo:x:27:
        audio:x:29:
        dip:x:30:
        www-data:x:33:
        backup:x:34:
        operator:x:37:
        list:x:38:
        irc:x:39:
        src:x:40:
        shadow:x:42:
        utmp:x:43:
        video:x:44:
        sasl:x:45:
        plugdev:x:46:
        staff:x:50:
        games:x:60:
        users:x:100:
        nogroup:x:65534:

        """;

    private readonly SafeFd _root;
    private readonly string _path;
    private readonly uint _owner;

    private Skeleton(SafeFd root, string path, uint owner)
    {
        _root = root;
        _path = path;
        _owner = owner;
    }

    /// <summary>Makes the root at <paramref name="path"/>, which must not exist; its parent is this program's own and private.</summary>
    /// <param name="path">Where.</param>
    /// <param name="spec">The definition.</param>
    /// <param name="shared">What is shared.</param>
    /// <param name="owner">First id of the zone outside, 0 without a user namespace.</param>
    /// <exception cref="ZoneResourceException">Names the file and the errno.</exception>
    public static void Build(string path, ZoneSpec spec, SharedRoot shared, uint owner)
    {
        Check("make the private root", path, ControlMkdir(path));
        using SafeFd root = Kernel.Open(path, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out int errno)
            ?? throw Failure("open the private root", path, errno);
        Skeleton skeleton = new(root, path, owner);
        skeleton.Own(".");
        foreach ((string directory, uint mode) in Directories)
        {
            skeleton.MakeDirectory(directory, mode);
        }

        foreach (string directory in shared.Directories)
        {
            skeleton.MakeMountPoint(directory);
        }

        foreach ((string name, string target) in shared.Links)
        {
            skeleton.Link(name, target);
        }

        skeleton.Configure(spec, shared.Source);
    }

    /// <summary>Puts into the new private layer of a whole zone what is not in the shared root.</summary>
    /// <param name="upper">The layer's directory.</param>
    /// <param name="spec">The definition.</param>
    /// <param name="owner">First id of the zone outside, 0 without a user namespace.</param>
    /// <exception cref="ZoneResourceException">Names the file and the errno.</exception>
    public static void Complement(string upper, ZoneSpec spec, uint owner)
    {
        if (spec.Hostid is not null)
        {
            using SafeFd root = Kernel.Open(upper, Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out int errno)
                ?? throw Failure("open the private layer", upper, errno);
            Skeleton skeleton = new(root, upper, owner);
            skeleton.MakeDirectory("etc", Directory755);
            skeleton.WriteHostid(spec);
        }
    }

    private void WriteHostid(ZoneSpec spec)
    {
        if (spec.Hostid is { } hostid)
        {
            // gethostid(3) reads four bytes in this machine's order.
            WriteBytes("etc/hostid", BitConverter.GetBytes(Convert.ToUInt32(hostid, 16)), 0x1A4, 0);
        }
    }

    private void Configure(ZoneSpec spec, string source)
    {
        string etc = source.TrimEnd('/') + "/etc";
        foreach (string name in IsDirectory(etc) ? Copied : [])
        {
            CopyFile(etc, "etc/" + name, name);
        }

        foreach (string directory in (string[])["profile.d", "ld.so.conf.d", "skel"])
        {
            if (IsDirectory(etc) && IsDirectory($"{etc}/{directory}"))
            {
                foreach (string file in Directory.EnumerateFiles($"{etc}/{directory}"))
                {
                    CopyFile(etc, $"etc/{directory}/{Path.GetFileName(file)}", $"{directory}/{Path.GetFileName(file)}");
                }
            }
        }

        string hostname = spec.Hostname ?? spec.Zone;
        Write("etc/passwd", Users);
        Write("etc/group", Groups);
        Write("etc/shadow", string.Concat(Users.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(':')] + ":*:19000:0:99999:7:::\n")), 0x1A0 /* 0640 */, 42);
        Write("etc/gshadow", string.Concat(Groups.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(':')] + ":*::\n")), 0x1A0, 42);
        Write("etc/hostname", hostname + "\n");
        Write("etc/hosts", $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t{hostname}\n");
        Write("etc/resolv.conf", "# made for this zone; name servers come with a network\n");
        Write("etc/machine-id", "");
        Write("etc/fstab", "");
        WriteHostid(spec);
        Link("etc/mtab", "../proc/self/mounts");
        Link("etc/os-release", "../usr/lib/os-release");
        Link("var/run", "/run");
        Link("var/lock", "/run/lock");
    }

    /// <summary>Whether it is a directory itself: a link in a root that somebody else made may lead to what is the host's.</summary>
    private static bool IsDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private void CopyFile(string etc, string target, string name)
    {
        string source = $"{etc}/{name}";
        FileStatus? found = FileStatus.Of(source);
        if (found is { IsLink: true } && new FileInfo(source).LinkTarget is { } link)
        {
            Link(target, link);
        }
        else if (found is { IsRegular: true, Length: <= LargestFile } && Kernel.Open(source, Linux.O_RDONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK, out _) is { } opened)
        {
            using SafeFd file = opened;
            byte[] content = new byte[found.Value.Length];
            fixed (byte* start = content)
            {
                long read = Kernel.Call(Linux.Read, file.Number, (long)start, content.Length);
                Check("read", source, read, "/");
                WriteBytes(target, content.AsSpan(0, (int)read), (found.Value.Mode & 0x1ED) | 0x100, 0);
            }
        }
    }

    private void Write(string path, string text, uint mode = 0x1A4 /* 0644 */, uint group = 0) => WriteBytes(path, Encoding.UTF8.GetBytes(text), mode, group);

    private void WriteBytes(string path, ReadOnlySpan<byte> content, uint mode, uint group)
    {
        fixed (byte* name = Name(path), start = content)
        {
            long fd = Kernel.Call(Linux.Openat, _root.Number, (long)name, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_NOFOLLOW | Linux.O_CLOEXEC, mode);
            Check("make", path, fd);
            using SafeFd file = new((int)fd);
            for (int written = 0; written < content.Length;)
            {
                // A disk that fills takes a part first and says so at the next attempt.
                long count = Kernel.Call(Linux.Write, file.Number, (long)(start + written), content.Length - written);
                Check("write", path, count);
                written += (int)count;
            }

            Check("set the mode of", path, Kernel.Call(Linux.Fchmod, file.Number, mode));
            Check("set the owner of", path, Kernel.Call(Linux.Fchown, file.Number, _owner, _owner + group));
        }
    }

    private void MakeDirectory(string path, uint mode)
    {
        fixed (byte* name = Name(path))
        {
            Check("make", path, Kernel.Call(Linux.Mkdirat, _root.Number, (long)name, mode));
            if (mode != Directory755)
            {
                // The umask does not count for what Debian gives to everybody.
                Check("set the mode of", path, Kernel.Call(Linux.Fchmodat, _root.Number, (long)name, mode));
            }
        }

        Own(path);
    }

    private void MakeMountPoint(string directory)
    {
        string relative = directory.TrimStart('/');
        for (int slash = relative.IndexOf('/'); ; slash = relative.IndexOf('/', slash + 1))
        {
            string part = slash < 0 ? relative : relative[..slash];
            fixed (byte* name = Name(part))
            {
                long made = Kernel.Call(Linux.Mkdirat, _root.Number, (long)name, Directory755);
                if (made == 0)
                {
                    Own(part);
                }
                else if (made != -Linux.EEXIST)
                {
                    Check("make", part, made);
                }
            }

            if (slash < 0)
            {
                return;
            }
        }
    }

    private void Link(string path, string target)
    {
        fixed (byte* name = Name(path), to = Name(target))
        {
            Check("link", path, Kernel.Call(Linux.Symlinkat, (long)to, _root.Number, (long)name));
        }

        Own(path);
    }

    private void Own(string path)
    {
        fixed (byte* name = Name(path))
        {
            Check("set the owner of", path, Kernel.Call(Linux.Fchownat, _root.Number, (long)name, _owner, _owner, Linux.AT_SYMLINK_NOFOLLOW));
        }
    }

    private void Check(string what, string path, long result) => Check(what, path, result, _path);

    private static void Check(string what, string path, long result, string root = "")
    {
        if (result < 0)
        {
            throw Failure(what, root.Length > 0 ? Path.Combine(root, path) : path, (int)-result);
        }
    }

    private static ZoneResourceException Failure(string what, string path, int errno) =>
        new($"{path}: cannot {what} it: {KernelError.Describe(errno)}{(errno == Linux.ENOSPC ? "; make room and install again" : "")}", "root") { Path = path, Errno = errno };

    private static long ControlMkdir(string path)
    {
        fixed (byte* name = Name(path))
        {
            return Kernel.Call(Linux.Mkdir, (long)name, Directory755);
        }
    }

    private static byte[] Name(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
