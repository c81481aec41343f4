namespace Zones.Wire;

/// <summary>Numbers of the kernel's interface on x86-64 (asm/unistd_64.h, linux/mount.h, linux/sched.h, …).</summary>
internal static class Linux
{
    // System calls.
    public const ushort Read = 0, Write = 1, Close = 3, Stat = 4, Fstat = 5, Lstat = 6, Poll = 7, Lseek = 8, Mmap = 9,
        Munmap = 11, RtSigaction = 13, RtSigprocmask = 14, Ioctl = 16, Pread64 = 17, Pwrite64 = 18, Writev = 20, Access = 21,
        Dup = 32, Getpid = 39, Socket = 41, Connect = 42, Sendto = 44, Recvfrom = 45, Sendmsg = 46, Recvmsg = 47, Shutdown = 48,
        Bind = 49, Listen = 50, Getsockname = 51, Socketpair = 53, Setsockopt = 54, Getsockopt = 55, Clone = 56, Execve = 59,
        Wait4 = 61, Kill = 62, Fcntl = 72, Flock = 73, Fsync = 74, Fdatasync = 75, Ftruncate = 77, Chdir = 80, Fchdir = 81, Rename = 82,
        Mkdir = 83, Rmdir = 84, Link = 86, Unlink = 87, Fchmod = 91, Fchown = 93, Umask = 95, Geteuid = 107, Getegid = 108,
        Getppid = 110, Setsid = 112, Getgroups = 115, Setgroups = 116, Setresuid = 117, Setresgid = 119, Setfsuid = 122,
        Setfsgid = 123, Capget = 125, Capset = 126, RtSigtimedwait = 128, Statfs = 137, Fstatfs = 138, Setpriority = 141,
        SchedSetscheduler = 144, PivotRoot = 155, Prctl = 157, Chroot = 161, Sync = 162, Mount = 165, Umount2 = 166, Reboot = 169,
        Sethostname = 170, Fsetxattr = 190, Fgetxattr = 193, Flistxattr = 196, SchedSetaffinity = 203, Getdents64 = 217,
        ExitGroup = 231, EpollWait = 232, EpollCtl = 233, Waitid = 247, Keyctl = 250, IoprioSet = 251, InotifyAddWatch = 254,
        InotifyRmWatch = 255, Openat = 257, Mkdirat = 258, Mknodat = 259, Fchownat = 260, Newfstatat = 262, Unlinkat = 263,
        Renameat = 264, Linkat = 265, Symlinkat = 266, Readlinkat = 267, Fchmodat = 268, Unshare = 272, Utimensat = 280,
        Accept4 = 288, Eventfd2 = 290, EpollCreate1 = 291, Dup3 = 292, Pipe2 = 293, InotifyInit1 = 294, Prlimit64 = 302,
        NameToHandleAt = 303, OpenByHandleAt = 304, Syncfs = 306, Setns = 308, FinitModule = 313, Renameat2 = 316, Seccomp = 317,
        Getrandom = 318, MemfdCreate = 319, Bpf = 321, Execveat = 322, CopyFileRange = 326, Preadv2 = 327, Statx = 332,
        PidfdSendSignal = 424, OpenTree = 428, MoveMount = 429, Fsopen = 430, Fsconfig = 431, Fsmount = 432, PidfdOpen = 434,
        Clone3 = 435, CloseRange = 436, Openat2 = 437, PidfdGetfd = 438, Faccessat2 = 439, MountSetattr = 442;

    // Error numbers.
    public const int EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, EBADF = 9, EAGAIN = 11,
        ENOMEM = 12, EACCES = 13, EBUSY = 16, EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22,
        EMFILE = 24, ENOSPC = 28, EROFS = 30, EPIPE = 32, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40, ENODATA = 61, EOPNOTSUPP = 95,
        ETIMEDOUT = 110;

    // clone3(2) and unshare(2).
    public const ulong CLONE_PARENT = 0x8000, CLONE_NEWNS = 0x20000, CLONE_NEWCGROUP = 0x02000000, CLONE_NEWUTS = 0x04000000,
        CLONE_NEWIPC = 0x08000000, CLONE_NEWUSER = 0x10000000, CLONE_NEWPID = 0x20000000, CLONE_NEWNET = 0x40000000,
        CLONE_PIDFD = 0x1000, CLONE_CLEAR_SIGHAND = 0x1_0000_0000, CLONE_INTO_CGROUP = 0x2_0000_0000;

    // open(2).
    public const int AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, AT_SYMLINK_NOFOLLOW = 0x100, AT_RECURSIVE = 0x8000,
        O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NOCTTY = 0x100, O_TRUNC = 0x200, O_APPEND = 0x400,
        O_NONBLOCK = 0x800, O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_CLOEXEC = 0x80000, O_PATH = 0x200000;

    // Mounts.
    public const int MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32, MS_BIND = 4096, MS_REC = 16384,
        MS_PRIVATE = 1 << 18, MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8, OPEN_TREE_CLONE = 1, MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40,
        MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_NOSUID = 2, MOUNT_ATTR_NODEV = 4, MOUNT_ATTR_NOEXEC = 8, MOUNT_ATTR_IDMAP = 0x100000,
        FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    // openat2(2).
    public const ulong RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_BENEATH = 8, RESOLVE_IN_ROOT = 0x10;

    // prctl(2), seccomp(2), keyctl(2), capabilities(7).
    public const int PR_SET_PDEATHSIG = 1, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_CAPBSET_DROP = 24, PR_SET_CHILD_SUBREAPER = 36,
        PR_SET_NO_NEW_PRIVS = 38, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4, SECCOMP_SET_MODE_FILTER = 1,
        KEYCTL_JOIN_SESSION_KEYRING = 1;
    public const uint CapabilityVersion3 = 0x20080522;

    // Sockets and terminals.
    public const int AF_UNIX = 1, AF_INET = 2, AF_NETLINK = 16, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_SEQPACKET = 5, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800,
        SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_CMSG_CLOEXEC = 0x40000000, MSG_NOSIGNAL = 0x4000, MSG_DONTWAIT = 0x40, MSG_TRUNC = 0x20, MSG_CTRUNC = 0x8, MSG_PEEK = 2,
        SO_PEERCRED = 17, SO_RCVTIMEO = 20, SO_SNDTIMEO = 21, SO_SNDBUFFORCE = 32, SIOCSIFFLAGS = 0x8914, TIOCSCTTY = 0x540E, TIOCSWINSZ = 0x5414, TIOCSPTLCK = 0x40045431,
        TIOCGPTPEER = 0x5441, IFF_UP = 1, IFF_RUNNING = 0x40;

    // Signals and waiting.
    public const int SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGTERM = 15, SIGCHLD = 17, SIGPWR = 30, WNOHANG = 1;
}
